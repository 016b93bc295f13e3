import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { startChainWatcher } from '../../service/host/chain-watcher.ts';
import { openHintSocket } from '../../service/host/hint-socket.ts';
import { saysLook } from '../../status-page/chain/index.ts';
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

/** A websocket's server that writes `frames` for ever, or the bytes of a list once. */
async function talker(frames: Buffer | readonly Buffer[]) {
  const seen = { written: 0, sockets: [] as Duplex[], heard: [] as Buffer[] };
  const server = createServer();
  server.on('upgrade', (_, socket) => {
    seen.sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => seen.heard.push(bytes));
    socket.write('HTTP/1.1 101 x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
    if (!(frames instanceof Buffer)) {
      for (const part of frames) socket.write(part);
      return;
    }
    const talk = (): void => {
      while (!socket.destroyed) {
        seen.written += frames.length;
        if (!socket.write(frames)) return void socket.once('drain', talk);
      }
    };
    talk();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of seen.sockets) socket.destroy();
    server.close();
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('it listens on no port');
  return { url: `ws://127.0.0.1:${bound.port}/api/v1/ws`, seen };
}

const frame = (text: string, first = 0x81): Buffer => {
  const payload = Buffer.from(text);
  const long = Buffer.alloc(8);
  long.writeBigUInt64BE(BigInt(payload.length));
  return Buffer.concat([Uint8Array.of(first, 127), long, payload]);
};

function hinted(url: string, says: (message: string) => boolean = saysLook) {
  const told = { said: 0, closed: 0, heard: [] as string[] };
  const socket = openHintSocket({
    url,
    greeting: ['hello'],
    entropy: (length) => randomBytes(length),
    says: (message) => {
      told.heard.push(message);
      return says(message);
    },
    onSaid: () => {
      told.said += 1;
    },
    onClose: () => {
      told.closed += 1;
    },
  });
  onTestFinished(() => socket.close());
  return { told, socket };
}

test('a websocket that says "look now" without an end is read at our pace, asks once for what came together, and is hung up on', async () => {
  const { url, seen } = await talker(Buffer.concat(Array<Buffer>(2000).fill(frame('{"block":{}}'))));
  const { told, socket } = hinted(url);
  await until('it was told', () => Promise.resolve(told.said > 3));
  // One of a chunk is believed, and the others of it are not even parsed.
  expect(told.heard.length).toBe(told.said);
  socket.close();
  expect(told.closed).toBe(1);
  await until('the server sees the end', () => Promise.resolve(seen.sockets.every(({ destroyed }) => destroyed)));
  const { said } = told;
  await new Promise((resolve) => setImmediate(resolve));
  expect(told.said).toBe(said);
});

test('messages in parts, pings between them, and one that is too long to be looked at', async () => {
  const long = frame('x'.repeat(400_000));
  const { url, seen } = await talker([
    ...[frame('{"blo', 0x01), Buffer.from([0x89, 2, 0x68, 0x69]), frame('ck":', 0x00), frame('{}}', 0x80)],
    ...[long.subarray(0, 100_000), long.subarray(100_000), frame('{"no":1}'), frame('binary', 0x82)],
    frame('the end'),
  ]);
  const { told } = hinted(url, (message) => message === 'the end');
  await until('the last was heard', () => Promise.resolve(told.said === 1), 30_000);
  expect(told.heard).toEqual(['{"block":{}}', '{"no":1}', 'the end']);
  const pong = (bytes: Buffer) => bytes.includes(Buffer.from([0x8a, 0x82]));
  await until('the ping was answered', () => Promise.resolve(pong(Buffer.concat(seen.heard))));
});

test.each([
  ['a frame of an extension', Uint8Array.of(0xc1, 0)],
  ['a masked frame', Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0)],
  ['a ping that is too long', Uint8Array.of(0x89, 126, 1, 0)],
  ['a close', Uint8Array.of(0x88, 0)],
])('%s ends it', async (_, bytes) => {
  const { url } = await talker([Buffer.from(bytes)]);
  const { told } = hinted(url);
  await until('it has ended', () => Promise.resolve(told.closed === 1));
  expect(told.said).toBe(0);
});

test('a server that speaks no websocket, and one that is not there, end it; what is no URL of one is refused', async () => {
  const { host } = await serve(modelChain, sampleVault.address);
  const { told } = hinted(`ws://${host.replace(/\d+$/, '1')}/`);
  await until('it has ended', () => Promise.resolve(told.closed === 1));
  const plain = createServer((_, response) => response.end('hello'));
  plain.listen(0, '127.0.0.1');
  await once(plain, 'listening');
  onTestFinished(() => void plain.close());
  const bound = plain.address();
  const other = hinted(`ws://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}/`);
  await until('it has ended', () => Promise.resolve(other.told.closed === 1));
  expect(() => hinted('http://127.0.0.1/')).toThrow(TypeError);
});
