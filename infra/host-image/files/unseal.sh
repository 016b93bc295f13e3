#!/bin/sh
# The passphrase of the wallet: made here once and sealed by systemd-creds with a secret of the volume; unsealed into memory
# at each start. It goes through pipes and a file of /run alone.
set -eu
umask 077

say() { echo "btc-pinata: $*"; }
seal=/var/lib/btc-pinata-volume/seal
place=/run/btc-pinata-secrets

if [ ! -e "$seal/passphrase.cred" ]; then
  if [ -e /var/lib/btc-pinata/wallet.sealed ]; then
    say "the volume has a sealed wallet, and $seal/passphrase.cred, which opens it, is missing. Nothing is made in its place"
    exit 1
  fi
  export SYSTEMD_CREDENTIAL_SECRET="$seal/credential.secret"
  head --bytes=32 /dev/urandom | base64 --wrap=0 |
    systemd-creds encrypt --quiet --with-key=host --name=passphrase - "$seal/passphrase.cred.new"
  sync --file-system "$seal"
  mv "$seal/passphrase.cred.new" "$seal/passphrase.cred"
  sync --file-system "$seal"
  say "a passphrase was made here, and sealed on the volume"
fi
# A copy: where the ids differ, systemd-creds removes the secret that it was shown.
cp "$seal/credential.secret" "$place/credential.secret"
export SYSTEMD_CREDENTIAL_SECRET="$place/credential.secret"
status=0
systemd-creds decrypt --quiet --name=passphrase "$seal/passphrase.cred" "$place/passphrase" || status=$?
rm -f "$place/credential.secret"
if [ "$status" -ne 0 ]; then
  say "the passphrase on the volume could not be unsealed (systemd-creds: $status). Nothing was changed"
  exit 1
fi
chown btc-pinata:btc-pinata "$place/passphrase"
chmod 0400 "$place/passphrase"
