import { networkNames } from '../../service/bitcoin/network.ts';

/* What --help prints of the three verbs that move coins. */

const sweepUsage = `  --to ADDRESS            where all of it goes: an address of a wallet of your own, of the same network
  --fee-rate N            satoshis a virtual byte (twice what the next block costs, 10 at least and 1000 at most,
                          and no more than a tenth of what is moved)
  --network NAME          ${networkNames.join(', ')}: for a key of a test network that comes alone
  --descriptor DESC       the public descriptor of the wallet, as the piñata's statement has it
  --wallet FILE           a file that holds that descriptor: /attestation.json, or what wallet show printed
  --chain URL             the Esplora REST API that knows the coins and takes the transaction (of mempool.space)
  --utxo TXID:VOUT:SATS   spend this output; once for each. No server is asked for anything then, unless
                          --chain names one, or for --broadcast
  --unconfirmed           spend outputs that are in no block yet too: whoever sent them can still take them back
  --out FILE              write the raw transaction there, as hex
  --broadcast             send it. Nothing is sent without this
  --json                  one line of JSON`;

export const claimUsage = `Usage: btc-pinata claim FILE --to ADDRESS [options]

What a winner runs. FILE holds what the piñata released, whole, or its line of WIF alone; - is the standard input. Looks up
what the wallet holds, builds the transaction that moves all of it, and shows it. Sends it only when told.

${sweepUsage}

Exit status: 0 it was done; 1 it was not, and why is said; 2 wrong usage.`;

export const refundUsage = `Usage: btc-pinata refund KEYFILE --wallet FILE --to ADDRESS [options]

The operator's way out of a vault, by its leaf: open from the block after the refund height on, unless somebody won before.
KEYFILE holds the refund key as a line of WIF (btc-pinata refund-key new), readable by its owner alone; - is the standard
input. Before the height it says how long to wait and sends nothing: the transaction can be made, and kept.

${sweepUsage}

Exit status: 0 it was done; 1 it was not, and why is said; 2 wrong usage; 3 it is too early.`;

export const refundKeyUsage = `Usage: btc-pinata refund-key new FILE --network NAME
       btc-pinata refund-key show FILE

The operator's own key, which a vault pays back to. new makes one, writes it to FILE as a line of WIF that its owner alone
can read, and prints the public key that run takes as --refund-key. show prints that of a file again. Keep a copy of FILE
away from the machine that runs the piñata: nothing else can make the refund.

  --network NAME   mainnet, testnet4, signet or regtest
  --json           one line of JSON

Exit status: 0 it was done; 1 it was not, and why is said; 2 wrong usage.`;
