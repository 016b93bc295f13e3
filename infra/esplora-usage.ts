export const esploraUsage = `Usage: btc-pinata esplora --rpc URL (--cookie-file FILE | --rpc-user NAME --rpc-password-file FILE) [options]

Answers as a block explorer does (the REST interface of Esplora), out of your own bitcoind: for \`btc-pinata status\`, for
\`btc-pinata run --chain\`, and for any other program that reads it. The node needs txindex=1 (docs/chain.md).

  --rpc URL                 of the node, as http://127.0.0.1:8332
  --cookie-file FILE        the .cookie in the node's data directory
  --rpc-user NAME           with --rpc-password-file, where the node has a user of that name
  --rpc-password-file FILE  holds the password; it is no option itself, for every process could read it
  --listen ADDRESS          127.0.0.1 if you do not say: it needs no password, and makes the node work
  --port N                  3002 if you do not say; 0 takes any free one
  --from-height N           the first block to read for an address: 0 if you do not say. On mainnet, that at which the
                            address was born: the node has no index of addresses, so every block from there on is read

Prints the URL once it listens. Exit status: 0 it was told to stop; 1 it could not listen, or the node could not be asked;
2 wrong usage.`;
