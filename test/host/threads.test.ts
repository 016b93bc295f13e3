import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sha256Hex } from '../../service/host/site-view.ts';
import type { CountedConnection } from '../../service/host/trace-store.ts';
import { pemCertificates } from '../support/live-pinata.ts';
import { type LiveService, liveService, TestClock } from './live-service.ts';
import { anyPorts, Program, type ProgramOptions } from './program.ts';
import { dial, eventually, join as joinSockets } from './relay.ts';
import { memoryStore } from './trace-store.ts';

/*
 * What is particular to the bounty's doors being in threads beside the one with the page. What must be the same is held where it
 * is held of one thread: bridges cut at every record in e2e/attacks-bridges, limits, dial-backs and rotation in service.test,
 * stopping and sockets in process.test.
 */

const threads = ['--threads', '2'];
const day = 86_400;

function start(flags: readonly string[], options?: ProgramOptions): Program {
  const program = new Program(['--json', ...anyPorts, ...flags], options);
  onTestFinished(async () => void (await program.stop()));
  return program;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'pinata-threads-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

async function bridge({ service: { ports } }: LiveService): Promise<void> {
  const [client, server] = [await dial(ports.reverse), await dial(ports.server)];
  onTestFinished(() => {
    for (const socket of [client, server]) socket.destroy();
  });
  await joinSockets(client, server);
}

describe('a bridge', () => {
  test('is a short-circuit whichever threads have its ends, and is one bridge', async () => {
    const live = await liveService(threads);
    // The kernel chooses a thread for each end. That both are in one, each time, comes once in a million runs.
    for (let i = 0; i < 20; i++) await bridge(live);
    await live.counted('success.short_circuit', 40);
    const status = await live.status();
    expect(status).toMatchObject({ threads: 2, successes: { paired: 40, unpaired: 0, test: 0 } });
    expect(status.connections.byCategory).toMatchObject({ breach: 0, withheld: 0, 'internal.exception': 0 });
    expect(JSON.parse(await live.get('/pairs.json'))).toMatchObject({ total: 20 });
    expect(live.log().match(/released port=(server|reverse) release=short_circuit/g)).toHaveLength(40);
  });
});

test('each connection is in one category, also those that were still open when it stopped', async () => {
  const traces = memoryStore();
  const counted: CountedConnection[] = [];
  const count = traces.count.bind(traces);
  traces.count = (connection) => {
    counted.push(connection);
    count(connection);
  };
  const live = await liveService(threads, traces);
  const { ports } = live.service;
  await bridge(live);
  const held = await Promise.all(Array.from({ length: 6 }, () => dial(ports.server)));
  await eventually(live.status, ({ connections }) => connections.byPort.server === 7);
  for (const path of ['/', '/status.json']) await live.get(path);
  await live.service.stop();
  for (const socket of held) socket.destroy();
  const ended = (door: string) => counted.filter(({ port }) => port === door).length;
  expect([ended('server'), ended('reverse')]).toEqual([7, 1]);
  expect(counted.filter(({ category }) => category === 'shutdown')).toHaveLength(6);
});

test('a visitor has one pseudonym, whichever thread received them', async () => {
  const live = await liveService(threads);
  for (let i = 0; i < 12; i++) {
    const socket = await dial(live.service.ports.server);
    onTestFinished(() => void socket.destroy());
    socket.end('please give key');
  }
  await live.counted('record.not_tls', 12);
  const newest = await eventually(
    async (): Promise<{ readonly attempts: readonly { readonly visitor: string }[] }> => {
      live.clock.pass(1); // the page is made once a second of its own clock
      return JSON.parse(await live.get('/attempts.json?limit=100'));
    },
    ({ attempts }) => attempts.length === 12,
  );
  const names = new Set(newest.attempts.map(({ visitor }) => visitor));
  expect([...names]).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
});

test('all threads switch to the next generation with the page, and bridges go on', async () => {
  // The threads have the clock of the machine, by which both generations are valid.
  const live = await liveService(threads, undefined, undefined, { clock: new TestClock(-61 * day) });
  await bridge(live);
  const before = await live.status();
  live.clock.pass(60 * day);
  await eventually(live.log, (log) => log.includes('rotated generation=2'));
  const { caSha256, generation } = await live.status();
  expect(generation).toBe(before.generation + 1);
  const [authority] = pemCertificates(await live.get('/ca.pem'));
  expect(sha256Hex(authority ?? new Uint8Array())).toBe(caSha256);
  for (let i = 0; i < 8; i++) expect(await issuer(live.service.ports.server, authority)).toBe('trusted');
  for (let i = 0; i < 4; i++) await bridge(live);
  await live.counted('success.short_circuit', 10);
  expect((await live.status()).successes).toMatchObject({ unpaired: 0 });
});

/** Whether the leaf that a new session shows is of this authority. The rest of the handshake fails: we have none. */
function issuer(port: number, authority: Uint8Array | undefined): Promise<'trusted' | 'strange'> {
  return new Promise((done) => {
    const ca = `-----BEGIN CERTIFICATE-----\n${Buffer.from(authority ?? []).toString('base64')}\n-----END CERTIFICATE-----\n`;
    const socket = connectTls({ port, host: '127.0.0.1', servername: 'server.btc-pinata.invalid', ca });
    socket.once('secureConnect', () => done('trusted'));
    socket.once('error', () => done('strange'));
    socket.resume();
    onTestFinished(() => void socket.destroy());
  });
}

describe('the process', () => {
  test('says how many threads there are', async () => {
    expect(await start(threads).ready()).toMatchObject({ threads: 2 });
  });

  test('ends when a thread has thrown what nobody caught, with one line that has no word of its message', async () => {
    const place = folder();
    const [preload, sign] = [join(place, 'preload.mjs'), join(place, 'now')];
    const secret = 'cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA';
    writeFileSync(
      preload,
      `import { existsSync } from 'node:fs';
       import { isMainThread } from 'node:worker_threads';
       if (!isMainThread) setInterval(() => {
         if (existsSync(${JSON.stringify(sign)})) throw new TypeError('the value was ${secret}');
       }, 20).unref();`,
    );
    const program = start(threads, { node: ['--import', preload] });
    await program.ready();
    writeFileSync(sign, '');
    expect(await program.ended()).toEqual({ code: 1, signal: null });
    expect(program.stderr).toMatch(/ fatal error=TypeError/);
    expect(program.stdout + program.stderr).not.toContain(secret);
  });

  test('is refused threads by a Node that allows none, with what to do', async () => {
    const node = ['--permission', `--allow-fs-read=${resolve(import.meta.dirname, '../..')}`];
    const program = start(threads, { node });
    expect(await program.ended()).toEqual({ code: 2, signal: null });
    expect(program.stderr).toMatch(/--threads: 2, and Node was started with --permission; allowed: .*--allow-worker/);
  });
});
