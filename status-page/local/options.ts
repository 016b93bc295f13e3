import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { chainNetworks, publicSources } from '../chain/index.ts';
import { type Settings, watchedSchema } from '../poller/settings.ts';
import { type NodeName, nodeNames } from './regtest-node.ts';

export const usage = `Usage: npm run status -- [options]

Watches the piñata that runs here, and shows its status page on the loopback. On regtest it brings a chain of its own: a
node, worthless coins for the piñata's address, and a block now and then.

  --host HOST          where the piñata is (127.0.0.1)
  --http-port N        and its ports (8080, 8443, 10000, 10001, 10002), each
  --https-port N --server-port N --dialback-port N --reverse-port N
  --network NAME       of its wallet (regtest)
  --chain URL          an explorer to ask, several times for several. If you do not say: the public ones, and on regtest
                       the one that \`btc-pinata esplora\` makes of your node, at http://127.0.0.1:3002/api; where
                       nobody answers there, a node of its own
  --node NAME          which one: bitcoind, litecoind, or bcoin, which npm brings. If you do not say: the first of them
                       that is installed, else bcoin. none: no node, and nothing is known of the coins
  --block-seconds N    between two blocks of that node (60); 0: at Enter alone, which always makes one
  --interval SECONDS   between two looks (60)
  --data FOLDER        where the objects are kept: .tmp/status if you do not say, and with a chain of its own, which is gone
                       when it ends, a temporary folder that is gone as well
  --port N             of the page (8088); 0 takes any free one
  --once               look once, print what came of it, and end: no node is started for that`;

export type Words = ReturnType<typeof words>;

export function number(name: string, text: string, least: number, most: number): number {
  if (/^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new RangeError(`--${name} is ${JSON.stringify(text)}; allowed are whole numbers from ${least} to ${most}`);
}

export function words(argv: readonly string[]) {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  return parseArgs({
    args: [...argv],
    options: {
      help: { type: 'boolean', default: false },
      once: { type: 'boolean', default: false },
      host: text('127.0.0.1'),
      'http-port': text('8080'),
      'https-port': text('8443'),
      'server-port': text('10000'),
      'dialback-port': text('10001'),
      'reverse-port': text('10002'),
      network: text('regtest'),
      chain: { type: 'string', multiple: true, default: [] },
      node: { type: 'string' },
      'block-seconds': text('60'),
      interval: text('60'),
      data: { type: 'string' },
      port: text('8088'),
    },
  }).values;
}

/** Where `btc-pinata esplora` listens if nobody says otherwise. */
export const usualExplorer = { port: 3002, url: 'http://127.0.0.1:3002/api' } as const;

const usualSources = (network: string): readonly string[] =>
  network === 'regtest'
    ? [usualExplorer.url]
    : chainNetworks.flatMap((known) => (known === network ? publicSources[known] : []));

/** Undefined: whichever there is. Throws an Error that says what is allowed. */
export function wantedNode({ node, network, chain }: Words): NodeName | 'none' | undefined {
  if (node === undefined || node === 'none') return node;
  const known = nodeNames.find((name) => name === node);
  if (known === undefined) {
    throw new RangeError(`--node is ${JSON.stringify(node)}; allowed are ${nodeNames.join(', ')} and none`);
  }
  if (chain.length > 0)
    throw new RangeError('--node and --chain exclude each other: a chain of its own is asked alone');
  if (network !== 'regtest') throw new RangeError(`--node makes a regtest chain, and --network is ${network}`);
  return known;
}

/** Throws an Error that says which word is wrong. */
export function localSettings(values: Words): Settings {
  const port = (name: 'http' | 'https' | 'server' | 'dialback' | 'reverse'): number =>
    number(`${name}-port`, values[`${name}-port`], 1, 65_535);
  if (!URL.canParse(`http://${values.host.includes(':') ? `[${values.host}]` : values.host}/`))
    throw new RangeError(
      `--host is ${JSON.stringify(values.host)}; allowed are a name or an address; a port of it is said with --http-port and its like`,
    );
  const read = v.safeParse(watchedSchema, {
    network: values.network,
    host: values.host,
    ports: {
      http: port('http'),
      https: port('https'),
      server: port('server'),
      dialback: port('dialback'),
      reverse: port('reverse'),
    },
    name: 'the piñata on this machine',
    pageUrl: `http://127.0.0.1:${number('port', values.port, 0, 65_535)}`,
    sources: values.chain.length > 0 ? values.chain : usualSources(values.network),
    interval: number('interval', values.interval, 1, 86_400),
  });
  if (read.success) return read.output;
  const [issue] = read.issues;
  throw new RangeError(`${v.getDotPath(issue) ?? ''}: ${issue.message}`);
}
