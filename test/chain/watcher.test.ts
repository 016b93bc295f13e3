import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { startChainWatcher } from '../../service/host/chain-watcher.ts';
import { until } from '../nodes/litecoind.ts';
import { sampleVault } from '../site/sample-view.ts';
import { explorer, type ModelState, mined, modelChain, sent, transaction } from './model.ts';

/* The host's side of it, against an explorer of a model chain, with its websocket beside it. */

/** The explorer's REST interface, and a websocket (RFC 6455) that says what it is told to. */
async function serve(state: () => ModelState, address: string) {
  const asked: string[] = [];
  const heard: string[] = [];
  const ask = explorer(state, address, asked);
  const sockets: Duplex[] = [];
  const server = createServer((request, response) => {
    ask(`http://x${request.url}`).then(
      ({ status, body }) => response.writeHead(status).end(body),
      () => response.destroy(),
    );
  });
  server.on('upgrade', (request, socket) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.on('error', () => undefined);
    socket.on('data', (frame: Buffer) => heard.push(unmasked(frame)));
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    );
    sockets.push(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('it listens on no port');
  const say = (text: string): void => {
    for (const socket of sockets) socket.write(Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]));
  };
  return { host: `127.0.0.1:${bound.port}`, asked, heard, say };
}

/** The first frame, which is short and masked, as a client's are. */
function unmasked(frame: Buffer): string {
  const mask = frame.subarray(2, 6);
  const length = (frame[1] ?? 0) & 0x7f;
  return Buffer.from(frame.subarray(6, 6 + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0))).toString();
}

test('a websocket that says "look now" brings the next look forward; what it says of the coins is not read', async () => {
  const { address } = sampleVault;
  let state = modelChain();
  const { host, heard, say } = await serve(() => state, address);
  let now = 1_800_000_000;
  const watcher = startChainWatcher({
    wallet: { ...sampleVault, network: 'regtest' },
    urls: [`http://${host}/api`, `ws://${host}/api/v1/ws`],
    clock: { seconds: () => now, monotonic: () => performance.now() },
    entropy: (length) => randomBytes(length),
    log: () => undefined,
  });
  onTestFinished(() => watcher.stop());
  await until('it has looked', () => Promise.resolve(watcher.document.verdict === 'unfunded'));
  await until('it has said what to track', () => Promise.resolve(heard.join().includes('want')));
  state = mined(sent(state, transaction({ pays: [1_000_000] })));
  now += 15; // a minute would be the usual
  say('{"address-transactions":[{"txid":"no"}]}');
  await until('it has looked again', () => Promise.resolve(watcher.document.verdict === 'live'), 30_000);
  expect(watcher.document).toMatchObject({ support: 'single', balance: { confirmed: 1_000_000 } });
});

test('what cannot be a source is told to the log, and nothing else is disturbed', async () => {
  const told: string[] = [];
  const watcher = startChainWatcher({
    wallet: sampleVault,
    urls: ['ws://[::1'],
    clock: { seconds: () => 1_800_000_000, monotonic: () => performance.now() },
    entropy: (length) => randomBytes(length),
    log: (event) => told.push(event),
  });
  onTestFinished(() => watcher.stop());
  expect(told).toEqual(['chain_watch_failed']);
  await until('it has judged', () => Promise.resolve(watcher.revision > 0));
  expect(watcher.document.verdict).toBe('stale');
});
