import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { chainNetworks, publicSources } from '../chain/index.ts';
import { FolderStore } from '../poller/folder-store.ts';
import { type RunReport, run } from '../poller/run.ts';
import { type Settings, watchedSchema } from '../poller/settings.ts';
import { checkedKey, type Store } from '../poller/store.ts';
import { buildAssets } from '../site/build.ts';
import { assetType, responseHeaders } from '../site/index.ts';

/*
 * `npm run status`: the page of the piñata that runs on this machine, by the code that runs in the cloud. A poller on a timer,
 * its objects in a folder, and a small server of the loopback for them.
 */

const usage = `Usage: npm run status -- [options]

Watches the piñata that runs here, and shows its status page on the loopback.

  --host HOST          where the piñata is (127.0.0.1)
  --http-port N        and its ports (8080, 8443, 10000, 10001, 10002), each
  --https-port N --server-port N --dialback-port N --reverse-port N
  --network NAME       of its wallet (regtest)
  --chain URL          an explorer to ask, several times for several. If you do not say: on regtest the one that
                       \`btc-pinata esplora\` makes of your node, at http://127.0.0.1:3002/api; else the public ones
  --interval SECONDS   between two looks (60)
  --data FOLDER        where the objects are kept (.tmp/status)
  --port N             of the page (8088)
  --once               look once, print what came of it, and end`;

type Words = ReturnType<typeof words>;

const number = (name: string, text: string, least: number, most: number): number => {
  if (/^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new RangeError(`--${name} is ${JSON.stringify(text)}; allowed are whole numbers from ${least} to ${most}`);
};

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
      interval: text('60'),
      data: text('.tmp/status'),
      port: text('8088'),
    },
  }).values;
}

const usualSources = (network: string): readonly string[] =>
  network === 'regtest'
    ? ['http://127.0.0.1:3002/api']
    : chainNetworks.flatMap((known) => (known === network ? publicSources[known] : []));

/** Throws an Error that says which word is wrong. */
export function localSettings(values: Words): Settings {
  const port = (name: 'http' | 'https' | 'server' | 'dialback' | 'reverse'): number =>
    number(`${name}-port`, values[`${name}-port`], 1, 65_535);
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

/** The objects below `public/`, to whoever is on this machine. */
export function createStatusServer(store: Store) {
  return createServer((incoming, outgoing) => {
    answer(store, incoming.method ?? '', incoming.url ?? '/', outgoing).catch(() => outgoing.destroy());
  });
}

async function answer(store: Store, method: string, url: string, outgoing: ServerResponse): Promise<void> {
  const [path = '/'] = url.split('?');
  if (method !== 'GET' && method !== 'HEAD') return void outgoing.writeHead(405, { allow: 'GET, HEAD' }).end();
  let key: string;
  try {
    key = checkedKey(`public${path === '/' ? '/index.html' : path}`);
  } catch {
    return void outgoing.writeHead(404).end('There is nothing of that name.\n');
  }
  const stored = await store.get(key);
  if (stored === undefined) return void outgoing.writeHead(404).end('There is nothing of that name, or not yet.\n');
  outgoing.writeHead(200, {
    ...headersOf(stored.version),
    'content-type': typeOf(key),
    'content-length': stored.bytes.length,
  });
  outgoing.end(method === 'HEAD' ? undefined : stored.bytes);
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  jsonl: 'application/jsonl',
  txt: 'text/plain; charset=utf-8',
  xml: 'application/xml',
};
const typeOf = (key: string): string => types[key.slice(key.lastIndexOf('.') + 1)] ?? assetType(key);
/** As CloudFront has them, but for the one that would have browsers ask this machine by HTTPS. */
const headersOf = (version: string): Readonly<Record<string, string>> => {
  const policy = Object.entries(responseHeaders([])).filter(([name]) => name !== 'strict-transport-security');
  return { ...Object.fromEntries(policy), 'cache-control': 'no-cache', etag: version };
};

export const reportLine = ({ verdict, unknown }: RunReport): string => {
  const parts = Object.entries(unknown).map(([part, reason]) => `  ${part} is unknown: ${reason}`);
  return [`${new Date().toISOString()} ${verdict}`, ...parts].join('\n');
};

async function main(argv: readonly string[]): Promise<void> {
  const values = words(argv);
  if (values.help) return void process.stdout.write(`${usage}\n`);
  const settings = localSettings(values);
  const store = new FolderStore(resolve(values.data));
  const assets = await buildAssets();
  const clock = (): number => Math.floor(Date.now() / 1000);
  const poll = async (): Promise<void> => {
    process.stdout.write(`${reportLine(await run({ settings, store, assets, world: { clock } }))}\n`);
  };
  if (values.once) return poll();
  const server = createStatusServer(store);
  const wanted = number('port', values.port, 0, 65_535);
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Error(`another program listens on 127.0.0.1:${wanted}; name a free port with --port, or 0 for any`);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : values.port;
  process.stdout.write(`the status page is at http://127.0.0.1:${port}/\n`);
  for (;;) {
    await poll().catch((error: unknown) => process.stderr.write(`this look came to nothing: ${String(error)}\n`));
    await new Promise((done) => setTimeout(done, settings.interval * 1000));
  }
}

if (import.meta.main) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`npm run status: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  });
}
