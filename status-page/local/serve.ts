import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { checkedKey, type Store } from '../poller/store.ts';
import { assetType, responseHeaders } from '../site/index.ts';

/** On a port of the loopback. Rejects with an Error for people. */
export async function listenOn(server: Server, wanted: number): Promise<number> {
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Error(`another program listens on 127.0.0.1:${wanted}; name a free port with --port, or 0 for any`);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : wanted;
}

/** The objects below `public/`, to whoever is on this machine. */
export function createStatusServer(store: Store): Server {
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
