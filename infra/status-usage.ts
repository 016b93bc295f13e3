export const statusUsage = `Usage: btc-pinata status ADDRESS|HOST[:PORT] [--chain URL ...] [options]

Asks block explorers what became of the coins, and says what they agree on. Of a HOST it reads the address from
/status.json at PORT (8080), and then asks the explorers, not the host.

  --chain URL          an Esplora API, as https://mempool.space/api or what \`btc-pinata esplora\` prints; several times.
                       Without it: mempool.space and blockstream.info, as far as they have the network
  --network NAME       signet or testnet4 for an address that begins with tb1; of a HOST, what its wallet has to be on
  --bait TXID:VOUT     a coin that was announced as the bait, several times; without it the bait is what came in first
  --refund-height N    of a vault: from this block on the operator may take the coins back
  --json               one document instead of the table (docs/chain.md)

Exit status: 0 the coins are there; 1 the sources disagree, or none could be read; 2 wrong usage; 3 a spend was seen or
is confirmed, and not final; 4 they are gone: claimed, spent or refunded; 5 nothing ever came in.`;
