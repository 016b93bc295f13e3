#!/bin/sh
# Makes a stock Debian 12 into the host of a piñata, once. Run again after a failure it goes on where it stopped.
# Exit status 3: the release is not the one that was asked for, and nothing but another definition can help.
set -eu

say() { echo "btc-pinata: $*"; }
refused=3
home=/usr/lib/btc-pinata
export DEBIAN_FRONTEND=noninteractive

say "1/5 nobody logs in here: no ssh, no console, no password"
systemctl mask ssh.service ssh.socket 'getty@.service' 'serial-getty@.service' 'container-getty@.service' \
  console-getty.service autovt@.service getty@tty1.service debug-shell.service >/dev/null 2>&1 || true
systemctl stop --no-block ssh.service ssh.socket 'getty@*.service' 'serial-getty@*.service' console-getty.service || true
passwd --quiet --lock root
# A provider's first user, its password and whom it may become.
for user in $(awk -F: '$3 >= 1000 && $3 < 60000 { print $1 }' /etc/passwd); do
  passwd --quiet --lock "$user"
  usermod --expiredate 1 --shell /usr/sbin/nologin "$user"
done
rm -f /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys /etc/sudoers.d/90-cloud-init-users

say "2/5 packages"
missing=
for package in nftables curl ca-certificates unattended-upgrades e2fsprogs; do
  dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
# Whatever sets the clock is good, and one of them has to.
if ! [ -e /lib/systemd/system/systemd-timesyncd.service ] && ! [ -e /lib/systemd/system/chrony.service ]; then
  missing="$missing systemd-timesyncd"
fi
if [ -n "$missing" ]; then
  apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=5 update
  # shellcheck disable=SC2086 # names of packages, each a word
  apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=5 --no-install-recommends install $missing
fi
for package in openssh-server openssh-sftp-server; do
  if dpkg-query --show "$package" >/dev/null 2>&1; then
    apt-get -qq -y -o DPkg::Lock::Timeout=300 purge "$package" >/dev/null
  fi
done
rm -rf /etc/ssh/ssh_host_*
systemctl enable --quiet unattended-upgrades.service apt-daily.timer apt-daily-upgrade.timer

say "3/5 users, memory and firewall"
systemd-sysusers btc-pinata.conf
# No page of the key on a disk.
swapoff --all || true
sed --in-place '/^[^#].*[[:space:]]swap[[:space:]]/d' /etc/fstab
systemctl mask --quiet swap.target
sysctl --quiet --load=/etc/sysctl.d/80-btc-pinata.conf 2>/dev/null || say "not every setting of the kernel could be made here"
systemctl enable --quiet nftables.service
systemctl restart nftables.service
systemctl try-restart systemd-journald.service

say "4/5 release"
download="$home/release.tar.gz"
mkdir -p "$home/program"
if ! curl --fail --silent --show-error --location --proto '=http,https' --proto-redir '=http,https' --connect-timeout 20 \
  --max-time 900 --max-filesize 268435456 --output "$download" "$RELEASE_URL"; then
  say "the release could not be had from $RELEASE_URL; it is tried again"
  exit 1
fi
found=$(sha256sum "$download" | cut --delimiter=' ' --fields=1)
if [ "$found" != "$RELEASE_SHA256" ]; then
  rm -f "$download"
  say "REFUSED: what is at $RELEASE_URL has SHA-256 $found, and $RELEASE_SHA256 was asked for. Nothing of it was run."
  exit "$refused"
fi
tar --extract --gzip --no-same-owner --no-same-permissions --file "$download" --directory "$home"
rm -f "$download"
install --mode=0644 /etc/btc-pinata/configuration.json /etc/btc-pinata/sandbox.json "$home/program"
say "release $found"

say "5/5 start"
systemctl enable --quiet btc-pinata-volume.service btc-pinata-unseal.service btc-pinata-wallet.service \
  btc-pinata-report.service btc-pinata.service btc-pinata-dialler.socket btc-pinata-http.socket btc-pinata-https.socket \
  btc-pinata-server.socket btc-pinata-dialback.socket btc-pinata-reverse.socket
touch "$home/installed"
systemctl start --no-block btc-pinata-report.service
