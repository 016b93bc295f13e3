import type { OwnChain } from './own-chain.ts';

export interface Filled {
  readonly page: string;
  readonly chain: Pick<OwnChain, 'explorers' | 'node'>;
  readonly address: string;
  readonly blockSeconds: number;
  /** Of the piñata's TLS server. */
  readonly port: string;
}

/** BIP-173's own example, on regtest: for coins that are worth nothing any address will do. */
const anybody = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

/** What there is now, and what can be done with it. Each start of a piñata has another wallet, unless it keeps one. */
export function invitation({ page, chain, address, blockSeconds, port }: Filled): string {
  const [explorer = ''] = chain.explorers;
  const blocks = blockSeconds > 0 ? `a block each ${blockSeconds} s, and one at Enter` : 'a block at Enter';
  const vaults = chain.node.name === 'bcoin' ? '\nbcoin knows no taproot: of a vault it takes no spend.' : '';
  return `
A chain of this machine alone: ${chain.node.name}, ${blocks}. 50 coins of it, worth nothing, lie at
${address}. It is gone when this ends.${vaults}

Three things to try:
  look at it     ${page}
                 npx btc-pinata status ${address} ${chain.explorers.map((url) => `--chain ${url}`).join(' ')}
  prove it       npx btc-pinata challenge 127.0.0.1
  take it        end the piñata and this; begin again with the first as: npm start -- --test-credentials /tmp/pinata-test
                 openssl s_client -connect 127.0.0.1:${port} -alpn pinata/1 -cert /tmp/pinata-test/client.pem \\
                   -key /tmp/pinata-test/client-key.pem -quiet </dev/null 2>/dev/null > released
                 npx btc-pinata claim released --to ${anybody} \\
                   --chain ${explorer} --fee-rate 10 --broadcast
                 and the page says so: first that it is being taken, six blocks later that it is spent
`;
}

export const nobodyAnswers = (host: string, port: number): string =>
  `no piñata answers at ${host}:${port}: start one, with \`npm start\` in another terminal.`;

export const withoutNode = (name: string, error: unknown): string =>
  `no chain of its own: ${name}: ${error instanceof Error ? error.message : String(error)}
The page goes on without, and nothing is known of the coins. Install litecoind (apt-get install litecoind) or Bitcoin Core, or
let \`npx btc-pinata esplora\` make an explorer of a node that you have, and start this again.`;
