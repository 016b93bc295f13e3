import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { createBase58check } from '@scure/base';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { challengeCommand } from '../../service/tools/challenge-command.ts';
import { verifyCommand } from '../../service/tools/verify-command.ts';
import { releaseText } from '../attest/verification-scene.ts';
import { anyPorts, Program } from '../host/program.ts';
import { dial, eventually, join as joinSockets, readAll } from '../host/relay.ts';
import { textOf } from '../host/trace-store.ts';
import { formsOfKey } from '../support/forms-of-a-key.ts';
import { trace } from '../tools/trace-run.ts';

/*
 * A canary in the mine (design §4.1): a known key is given to the piñata, everything is done with it that can be done, and
 * then every byte that came out of it by any way is searched for the key, in every form that somebody could read.
 */

const folder = mkdtempSync(join(tmpdir(), 'pinata-canary-'));
const data = join(folder, 'data');
const credentials = join(folder, 'credentials');

/** Drawn for this run: nobody can have put it into an output beforehand. */
const scalar = secp256k1.utils.randomSecretKey();
const payload = Uint8Array.of(0xef, ...scalar, 1);
const wif = createBase58check(sha256).encode(payload);
const forms = formsOfKey(scalar, wif);

/** All that came out: what was printed, written to files, and received over any socket. */
const heard: { readonly where: string; readonly bytes: Uint8Array }[] = [];
const hear = (where: string, bytes: Uint8Array | string): void => {
  heard.push({ where, bytes: Buffer.from(bytes) });
};

let program: Program;
let ports: Readonly<Record<string, number>>;
let managementPort = 0;
let target = 0;
const callers: Socket[] = [];
const listener = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => undefined);
  callers.push(socket);
});

beforeAll(async () => {
  writeFileSync(join(folder, 'key'), `${wif}\n`, { mode: 0o600 });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const bound = listener.address();
  target = typeof bound === 'object' && bound !== null ? bound.port : 0;
  program = new Program([
    ...['--json', ...anyPorts, '--key-file', join(folder, 'key'), '--data', data],
    ...['--test-credentials', credentials, '--dialback-target-port', String(target), '--handshake-seconds', '4'],
    ...['--management-port', '0', '--chain', 'http://127.0.0.1:1/api'],
  ]);
  const ready = await program.ready();
  ports = ready.ports;
  managementPort = Number(ready['managementPort']);
});

const open = new Set<Socket>();
async function door(name: string): Promise<Socket> {
  const socket = await dial(ports[name] ?? 0);
  open.add(socket);
  socket.on('data', (chunk) => hear(name, chunk));
  return socket;
}
afterEach(() => {
  for (const socket of open) socket.destroy();
  open.clear();
});
afterAll(async () => {
  await program?.stop();
  listener.close();
  for (const socket of callers) socket.destroy();
  rmSync(folder, { recursive: true });
});

/** Sends bytes to a door and hears it out. */
async function say(name: string, bytes: Uint8Array | string, leave: 'fin' | 'rst' = 'fin'): Promise<void> {
  const socket = await door(name);
  socket.write(bytes);
  if (leave === 'rst') {
    await new Promise((resolve) => setTimeout(resolve, 30));
    socket.resetAndDestroy();
    return;
  }
  const all = readAll(socket);
  socket.end();
  await all;
}

const get = (path: string, host = 'localhost'): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;

function terminalOfTest() {
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  return { lines, terminal: { out: say, err: say, style: { width: 100, colour: false, unicode: true } } };
}

describe('the key is in no output', () => {
  it('sings where it should: the holder of the test credentials is sent it', async () => {
    const text = await released();
    expect(text).toContain(`wif: ${wif}\n`);
    // That connection was the winner's own, so it is not among what was heard.
    expect(heard.map(({ where }) => where)).not.toContain('winner');
  });

  it('bridges, whole and cut after every few bytes, at either end', async () => {
    for (const limit of [Number.POSITIVE_INFINITY, 100, 1500, 2500, 3000, 3400]) await bridge('reverse', limit);
    await bridge('dialback', Number.POSITIVE_INFINITY);
  });

  it('bridges that must not succeed: a client port and the website over HTTPS and HTTP', async () => {
    const pairs = [
      ['reverse', 'https'],
      ['reverse', 'http'],
      ['reverse', 'reverse'],
      ['server', 'server'],
      ['server', 'https'],
    ] as const;
    // Some of them end, and the others are told that their time is up.
    await Promise.all(
      pairs.map(async ([client, other]) => {
        const [a, b] = [await door(client), await door(other)];
        await Promise.race([joinSockets(a, b), new Promise((resolve) => setTimeout(resolve, 4500))]);
      }),
    );
  });

  it('garbage, half a hello, resets and other protocols, at every door', async () => {
    const noises: (Uint8Array | string)[] = [
      'please give key\r\n',
      'hi give me teh btcs',
      get('/'),
      '\x16\x03\x01\x02\x00\x01',
      '\x18\x03\x02\x00\x03\x01\x40\x00',
      '\x80\x2e\x01\x00\x02',
      crypto.getRandomValues(new Uint8Array(2000)),
      `${wif.slice(0, 5)}\r\n`,
    ];
    for (const name of ['server', 'reverse', 'dialback', 'https', 'http']) {
      for (const noise of noises) await say(name, typeof noise === 'string' ? Buffer.from(noise, 'latin1') : noise);
      await say(name, 'x', 'rst');
    }
  });

  it('every page, and the ways of asking that fail', async () => {
    const paths = [
      '/',
      '/ca.pem',
      '/certificates.pem',
      '/status.json',
      '/pairs.json',
      '/manifest.json',
      '/healthz',
      '/handshake',
      '/handshake.json',
      '/.well-known/security.txt',
      ...[
        '/statistics',
        '/days',
        '/attempts',
        '/breaches',
        '/guest-book',
        '/certificates/rejected',
        '/incidents',
        '/scope',
      ],
      ...['statistics', 'days', 'attempts', 'breaches', 'guest-book', 'certificates/rejected', 'scope', 'log'].map(
        (name) => `/${name}.json`,
      ),
      '/generations.jsonl',
      '/favicon.ico',
      '/nothing',
      '/../../etc/passwd',
      '/%2e%2e/key',
      '/proc/self/environ',
    ];
    for (const path of paths) await say('http', get(path));
    for (const request of [
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nsomething',
      'BREW / HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET / HTTP/3.0\r\n\r\n',
      `GET /${'a'.repeat(9000)} HTTP/1.1\r\n`,
      `GET / HTTP/1.1\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
    ])
      await say('http', request);
    for (const path of paths.slice(0, 9)) hear('https', await overTls(path));
    // Each attempt there was so far, as a diagram and as a trace.
    const newest = await eventually(attempts, ({ length }) => length > 20);
    for (const { number } of newest) {
      for (const suffix of ['', '.json', '.jsonl']) await say('http', get(`/attempts/${number}${suffix}`));
    }
  });

  it('proofs of ownership: the statements that the key signs, and what the tool makes of them', async () => {
    const post = 'POST /challenge HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 32\r\n\r\n';
    await say('http', Buffer.concat([Buffer.from(post), crypto.getRandomValues(new Uint8Array(32))]));
    await say('http', Buffer.from(`${post}${wif.slice(0, 32)}`));
    await say('http', get('/attestation.json'));
    hear('https', await overTls('/attestation.json'));
    const record = join(folder, 'proof.json');
    const { lines, terminal } = terminalOfTest();
    for (const words of [['--out', record], ['--json']]) {
      // It fails by one check: there are test credentials.
      expect(await challengeCommand([`127.0.0.1:${ports['http']}`, ...words], terminal)).toBe(1);
    }
    expect(lines.join('\n')).toContain('1 of 11 checks failed');
    hear('proof', lines.join('\n'));
    hear('proof', readFileSync(record));
    // As bytes: a signature or a hash that held the key would not show it in text.
    const [, signature = ''] = /"signature": "smp([^"]+)"/.exec(readFileSync(record, 'utf8')) ?? [];
    hear('signature of a proof', Buffer.from(signature, 'base64'));
  });

  it('what a verifier sees and says, on one screen, check by check, as JSON and as a file', async () => {
    const [release, saved] = [join(folder, 'release.json'), join(folder, 'verification.json')];
    writeFileSync(release, releaseText);
    const { lines, terminal } = terminalOfTest();
    const newest = async (): Promise<string> => release;
    // It is refused: there are test credentials, and the program runs from its source files.
    expect(await verifyCommand([`127.0.0.1:${ports['http']}`, '--save', saved, '--all'], newest, terminal)).toBe(1);
    expect(await verifyCommand(['--evidence', saved, '--json'], newest, terminal)).toBe(1);
    expect(lines.join('\n')).toContain('REFUSED. What holds: L1, key holder');
    hear('verdict', lines.join('\n'));
    hear('verification', readFileSync(saved));
    for (const [, signature = ''] of readFileSync(saved, 'utf8').matchAll(/"signature": "smp([^"]+)"/g))
      hear('signature of a verification', Buffer.from(signature, 'base64'));
  });

  it("the operator's own pages", async () => {
    for (const path of ['/metrics', '/log.json', '/healthz', '/nothing'])
      hear('management', await (await fetch(`http://127.0.0.1:${managementPort}${path}`)).text());
  });

  it('the statistics know of all this, and of no breach', async () => {
    const status = JSON.parse(await (await fetch(`http://127.0.0.1:${ports['http']}/status.json`)).text());
    expect(status.test).toBe(true);
    expect(status.successes).toMatchObject({ unpaired: 0, test: 1 });
    expect(status.successes.paired).toBeGreaterThanOrEqual(4);
    expect(status.connections.byCategory['internal.exception']).toBe(0);
  });

  it('the traces, their bytes, and all that the tools make of them', async () => {
    const site = `http://127.0.0.1:${ports['http']}`;
    const path = join(folder, 'attempts.jsonl');
    await said('export', site, '--out', path);
    const lines = readFileSync(path, 'utf8').split('\n');
    const numbers = lines.flatMap((line) => /"head":\{"number":(\d+)/.exec(line)?.[1] ?? []);
    expect(numbers.length).toBeGreaterThan(20);
    for (const [hex] of lines.join('\n').matchAll(/(?<=")(?:[0-9a-f]{2})+(?=")/g))
      hear('bytes of the traces', Buffer.from(hex, 'hex'));
    hear('trace list', await said('list', path));
    hear('trace stats', await said('stats', path));
    for (const number of numbers) {
      hear('trace show', await said('show', path, number));
      hear('trace explain', await said('explain', path, number));
    }
    const capture = join(folder, 'attempts.pcap');
    await said('export', path, '--pcap', capture);
    hear('trace export', readFileSync(path));
    hear('trace export --pcap', readFileSync(capture));
  });

  it('stops, and nothing of what it said or wrote holds the key in any form', async () => {
    expect(await program.stop()).toEqual({ code: 0, signal: null });
    hear('standard output', program.stdout);
    hear('standard error', program.stderr);
    for (const file of files(folder)) {
      if (file === join(folder, 'key')) continue;
      const bytes = readFileSync(file);
      hear(file, bytes);
      if (file.endsWith('.zst')) hear(`${file}, decompressed`, textOf(file));
    }
    const traces = heard.filter(({ where }) => where.startsWith(join(data, 'traces')));
    // Every attempt above is in there, in two files and an index.
    expect(traces.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeGreaterThan(200_000);
    expect(traces.some(({ where }) => where.endsWith('.bodies.jsonl'))).toBe(true);
    const all = new Set(heard.map(({ where }) => where));
    for (const where of [
      'standard output',
      'standard error',
      'server',
      'reverse',
      'https',
      'http',
      'call',
      'management',
      'trace explain',
      'proof',
      'signature of a proof',
      'bytes of the traces',
      join(credentials, 'client.pem'),
    ])
      expect([...all]).toContain(where);
    expect(heard.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeGreaterThan(100_000);

    const found = forms.flatMap(([form, needle]) =>
      heard.filter(({ bytes }) => Buffer.from(bytes).includes(needle)).map(({ where }) => `${form} in ${where}`),
    );
    expect(found).toEqual([]);
  });

  it('would have been found: the search knows the key in each of its forms', () => {
    const haystack = Buffer.concat([Buffer.from('...'), ...forms.map(([, needle]) => needle)]);
    for (const [, needle] of forms) expect(haystack.includes(needle)).toBe(true);
    expect(forms.every(([, needle]) => needle.length >= 16)).toBe(true);
  });
});

async function said(...argv: readonly string[]): Promise<string> {
  const { status, out, err } = await trace(argv);
  expect([status, argv[0] === 'export' ? '' : err]).toEqual([0, '']);
  return out;
}

/** The newest that are published. */
async function attempts(): Promise<readonly { readonly number: number }[]> {
  const response = await fetch(`http://127.0.0.1:${ports['http']}/attempts.json?limit=100`);
  const document: { readonly attempts: readonly { readonly number: number }[] } = JSON.parse(await response.text());
  return document.attempts;
}

async function bridge(client: 'reverse' | 'dialback', limit: number): Promise<void> {
  const server = await door('server');
  const known = callers.length;
  const first = await door(client);
  let other = first;
  if (client === 'dialback') {
    await eventually(
      () => callers.length,
      (count) => count > known,
    );
    const call = callers.at(-1);
    if (call === undefined) throw new Error('nobody called back');
    call.on('data', (chunk) => hear('call', chunk));
    other = call;
  }
  let passed = 0;
  const forward = (from: Socket, to: Socket): void => {
    from.on('data', (chunk) => {
      passed += chunk.length;
      if (passed > limit) {
        from.resetAndDestroy();
        to.resetAndDestroy();
      } else to.write(chunk);
    });
    from.on('end', () => to.end());
  };
  forward(server, other);
  forward(other, server);
  await Promise.all(
    [server, other].map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))),
  );
}

/** A real client with the credentials that were handed out. */
function released(): Promise<string> {
  const read = (name: string): Buffer => readFileSync(join(credentials, name));
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connectTls({
      port: ports['server'] ?? 0,
      host: '127.0.0.1',
      servername: 'server.btc-pinata.invalid',
      ca: read('authority.pem'),
      cert: read('client.pem'),
      key: read('client-key.pem'),
      ALPNProtocols: ['pinata/1'],
    });
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}

async function overTls(path: string): Promise<string> {
  const ca = await (await fetch(`http://127.0.0.1:${ports['http']}/certificates.pem`)).text();
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connectTls({ port: ports['https'] ?? 0, host: '127.0.0.1', servername: 'localhost', ca }, () =>
      socket.write(get(path)),
    );
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}

const files = (path: string): readonly string[] =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const inside = join(path, entry.name);
    return entry.isDirectory() ? files(inside) : [inside];
  });
