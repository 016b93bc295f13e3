export const statusUsage = `Usage: btc-pinata status [ADDRESS|HOST[:PORT]|URL] [--chain URL ...] [options]

Asks block explorers what became of the coins, and says what they agree on. Of a HOST it reads the address from
/status.json at PORT (8080), and then asks the explorers, not the host. A URL is a status page: what it shows, how old
that is, whether its files are those of the release, and whether the explorers say the same.

Without any: the deployment of ./deployment.json, else the piñata on this machine (127.0.0.1:8080).

  --chain URL          an Esplora API, as https://mempool.space/api or what \`btc-pinata esplora\` prints; several times.
                       Without it: mempool.space and blockstream.info, as far as they have the network
  --no-explorers       of a page: show what it says, and ask nobody else
  --release FILE       of a page: the release.json whose files it should have; without it the newest of releases/
  --network NAME       signet or testnet4 for an address that begins with tb1; of the others, what the wallet has to be on
  --bait TXID:VOUT     a coin that was announced as the bait, several times; without it the bait is what came in first
  --refund-height N    of a vault: from this block on the operator may take the coins back
  --watch              go on until Ctrl-C: redrawn in place on a terminal, a line for each change elsewhere
  --json               one document instead of the table (docs/chain.md); with --watch one line for each change

Exit status: 0 the coins are there; 2 wrong usage; 10 a spend was seen or is confirmed, and not final; 11 claimed or
spent; 12 refunded to the operator; 13 nothing ever came in; 20 it is not known: nobody could be asked, or those who
were contradict each other. With --watch it is that of the last verdict.`;
