/** `btc-pinata wallet --help`. */
export const walletUsage = `Usage: btc-pinata wallet new --data DIR [flags]
       btc-pinata wallet show --data DIR [--json]
       btc-pinata wallet recover --identity FILE COPY (--out FILE | --print)

new      makes a key and seals it in DIR, where \`btc-pinata run\` finds it; prints what everybody may know of it
  --network NETWORK            regtest, signet, testnet4 or mainnet (regtest)
  --wallet KIND                classic or vault; has to be said on every network but regtest
  --refund-key HEX             of a vault: the public key of a wallet of yours
  --refund-height HEIGHT       of a vault: no block up to this one can hold a refund
  --seal-passphrase-file FILE  seals under the passphrase in this file
  --seal-systemd-creds         seals by systemd-creds, for this machine alone
  --recovery age1...           of a classic wallet: writes a copy of the key, encrypted to this recipient, once. Every
                               statement of the piñata says that there is one
  --recovery-copy FILE         where to (DIR/wallet-recovery.age)
  --json                       prints JSON

show     prints what wallet.sealed says of the wallet, without opening it: address, descriptor, and how to fund it
  --json                       prints JSON

recover  decrypts a recovery copy to the text that a winner gets, which \`btc-pinata claim\` reads. Of a vault there is
         none: its recovery is the refund
  --identity FILE              an age identity file (AGE-SECRET-KEY-1...), readable by its owner alone
  --out FILE                   writes the text to a new file, for its owner alone
  --print                      prints it: the key will be on your screen

Exit status: 0 done, 1 it could not be done, 2 the command line was not understood.`;
