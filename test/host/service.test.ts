import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { probeAlert } from '../../service/bounty/endpoints.ts';
import { freePort } from '../support/free-port.ts';
import { liveService } from './live-service.ts';
import { dial, eventually, firstBytes, join as joinSockets, readAll } from './relay.ts';

const days = (count: number): number => count * 86_400;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'pinata-service-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

async function dialled(port: number, localAddress?: string): Promise<Socket> {
  const socket = await dial(port, localAddress === undefined ? {} : { localAddress });
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** The port of a listener of the test's own, and the connections that came to it. */
async function listener(): Promise<{ readonly port: number; readonly came: Socket[] }> {
  const came: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    came.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of came) socket.destroy();
    server.close();
  });
  const bound = server.address();
  return { port: typeof bound === 'object' && bound !== null ? bound.port : 0, came };
}

/** All in one thread, and the bounty's doors in two others. */
const threadings = [{ threads: [] }, { threads: ['--threads', '2'] }];

describe('rotation in a running service', () => {
  test.each(threadings)(
    'takes over on the page, in the folders and for new sessions, and drops nobody, $threads',
    async ({ threads }) => {
      const data = folder();
      const credentials = folder();
      const live = await liveService(['--data', data, '--test-credentials', credentials, ...threads]);
      const { ports } = live.service;
      const before = await live.status();
      const first = readFileSync(join(credentials, 'client.pem'), 'utf8');
      // In the middle of a handshake, and in the middle of a request.
      const client = await dialled(ports.reverse);
      const server = await dialled(ports.server);
      server.write(await firstBytes(client));
      const answer = await firstBytes(server);
      const visitor = await dialled(ports.http);
      visitor.write('GET /healthz HTTP/1.1\r\nHost: x\r\n');
      await eventually(live.status, ({ connections }) => connections.open >= 3);

      live.clock.pass(days(60) + 1);
      await eventually(live.log, (log) => log.includes('rotated generation=2'));
      const after = await live.status();
      expect(after.generation).toBe(before.generation + 1);
      expect(after.caSha256).not.toBe(before.caSha256);
      expect(after.siteCaSha256).not.toBe(before.siteCaSha256);
      const certificates = await live.get('/certificates.pem');
      for (const sha256 of [before.caSha256, before.siteCaSha256, after.caSha256, after.siteCaSha256]) {
        expect(certificates).toContain(sha256);
      }
      expect(readFileSync(join(credentials, 'client.pem'), 'utf8')).not.toBe(first);
      expect(readdirSync(join(data, 'certificates'))).toEqual(['generation-000001.json', 'generation-000002.json']);

      visitor.write('Connection: close\r\n\r\n');
      expect(String(await readAll(visitor))).toMatch(/^HTTP\/1\.1 200 /);
      client.write(answer);
      await joinSockets(client, server);
      await live.counted('success.short_circuit', 2);
      expect((await live.status()).successes).toMatchObject({ paired: 2, unpaired: 0 });
      // Two ends succeeded, and it was one bridge.
      expect(JSON.parse(await live.get('/pairs.json'))).toMatchObject({ total: 1, pairs: [{ client: 'reverse' }] });
    },
  );

  test('is not due a second too early', async () => {
    const live = await liveService();
    live.clock.pass(days(60) - 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await live.status()).generation).toBe(1);
  });

  test('that cannot be written down does not happen, is logged, and is tried again', async () => {
    const data = folder();
    const live = await liveService(['--data', data]);
    const before = await live.status();
    // The disk that takes no more: where the next generation is to be written there is a folder.
    const obstacle = join(data, 'certificates', 'generation-000002.json.new');
    mkdirSync(obstacle);
    live.clock.pass(days(60) + 1);
    await eventually(live.log, (log) => log.split('rotation_failed').length > 3);
    expect(await live.status()).toMatchObject({ generation: 1, caSha256: before.caSha256 });
    expect(live.log()).not.toContain('rotated');

    rmdirSync(obstacle);
    await eventually(live.log, (log) => log.includes('rotated generation=2'));
    const after = await live.status();
    expect(after.generation).toBe(2);
    await live.service.stop();
    const next = await liveService(['--data', data]);
    expect((await next.status()).generation).toBe(3);
    const certificates = await next.get('/certificates.pem');
    for (const { caSha256 } of [before, after]) expect(certificates).toContain(caSha256);
  });

  test('what an earlier process published is still published, and numbers go on', async () => {
    const data = folder();
    const earlier = await liveService(['--data', data]);
    const { caSha256 } = await earlier.status();
    await earlier.service.stop();
    const live = await liveService(['--data', data]);
    expect((await live.status()).generation).toBe(2);
    expect(await live.get('/certificates.pem')).toContain(caSha256);
    for (const name of readdirSync(join(data, 'certificates'))) {
      expect(readFileSync(join(data, 'certificates', name), 'utf8')).not.toMatch(/PRIVATE|secret/);
    }
  });

  test('a file in the folder that we did not write is refused by name', async () => {
    const data = folder();
    await (await liveService(['--data', data])).service.stop();
    writeFileSync(join(data, 'certificates', 'generation-000009.json'), '{"number":9}');
    await expect(liveService(['--data', data])).rejects.toThrow(/generation-000009\.json is not a generation/);
  });
});

describe.each(threadings)('limits, $threads', ({ threads }) => {
  test('one prefix can take its share and no more; others and the page are not touched', async () => {
    const live = await liveService([...threads, '--connections-per-prefix', '3']);
    const { ports } = live.service;
    const held = await Promise.all([1, 2, 3].map((host) => dialled(ports.server, `127.0.7.${host}`)));
    await eventually(live.status, ({ connections }) => connections.byPort.server === 3);
    const refused = await dialled(ports.reverse, '127.0.7.4');
    expect(await readAll(refused)).toHaveLength(0);
    await live.counted('rate_limited', 1);
    const other = await dialled(ports.server, '127.0.8.1');
    other.write('please give key');
    expect((await new Promise<Buffer>((resolve) => other.once('data', resolve)))[0]).toBe(21);
    const visitor = await dialled(ports.http, '127.0.7.5');
    visitor.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(String(await readAll(visitor))).toMatch(/^HTTP\/1\.1 200 /);
    // Who leaves makes room.
    for (const socket of held) socket.destroy();
    await live.counted('empty', 3);
    const late = await dialled(ports.server, '127.0.7.6');
    late.write('please');
    expect((await new Promise<Buffer>((resolve) => late.once('data', resolve)))[0]).toBe(21);
  });

  test('the house is full for everybody at one point, and the page still answers', async () => {
    const live = await liveService([...threads, '--connections', '4']);
    const { ports } = live.service;
    for (let i = 1; i <= 4; i += 1) await dialled(ports.server, `127.0.${i}.1`);
    await eventually(live.status, ({ connections }) => connections.byPort.server === 4);
    expect(await readAll(await dialled(ports.server, '127.0.9.1'))).toHaveLength(0);
    expect(await live.get('/healthz')).toBeTruthy();
  });

  /** Of four networks, as many as there are places, who say nothing. */
  const crowdAt = async (port: number): Promise<readonly Socket[]> =>
    Promise.all(Array.from({ length: 80 }, (_, i) => dialled(port, `127.${20 + (i % 4)}.1.${1 + (i >> 2)}`)));
  const full = ['--connections', '80', '--connections-per-prefix', '20'];
  const shownOut = (crowd: readonly Socket[]): number => crowd.filter(({ readableEnded }) => readableEnded).length;

  test('where all places are taken a newcomer has that of one of those who have most', async () => {
    const live = await liveService([...threads, ...full]);
    const { ports } = live.service;
    const crowd = await crowdAt(ports.server);
    for (const socket of crowd) socket.resume();
    await eventually(live.status, ({ connections }) => connections.byPort.server === 80);
    const honest = await dialled(ports.server, '127.90.1.1');
    honest.write('please give key');
    expect((await firstBytes(honest))[0]).toBe(21);
    await eventually(
      () => shownOut(crowd),
      (count) => count === 1,
    );
    await live.counted('rate_limited', 1);
    await live.counted('record.not_tls', 1);
    expect((await live.status()).connections.byCategory['internal.exception'] ?? 0).toBe(0);
  });

  test('so has one of the page', async () => {
    const live = await liveService([...threads, ...full]);
    const crowd = await crowdAt(live.service.ports.http);
    for (const socket of crowd) socket.resume();
    // Who asks comes behind them, and in the place of one.
    await live.counted('rate_limited', 1);
    await eventually(
      () => shownOut(crowd),
      (count) => count === 1,
    );
  });

  test('handshakes have a rate by prefix; silence costs nothing of it', async () => {
    const live = await liveService([...threads, '--handshakes-per-second', '1']);
    const { ports } = live.service;
    for (let i = 0; i < 12; i += 1) (await dialled(ports.server, '127.0.5.1')).end();
    await live.counted('empty', 12);
    const answers: number[] = [];
    // One a second comes back: the more are tried, the slower a machine may be.
    for (let i = 0; i < 40; i += 1) {
      const socket = await dialled(ports.server, '127.0.5.1');
      socket.end('no TLS at all');
      answers.push((await readAll(socket)).length);
    }
    expect(answers.slice(0, 10)).toEqual(new Array(10).fill(7));
    expect(answers.filter((length) => length === 0).length).toBeGreaterThanOrEqual(3);
    const elsewhere = await dialled(ports.server, '127.0.6.1');
    elsewhere.end('no TLS at all');
    expect(await readAll(elsewhere)).toHaveLength(7);
  });

  test('a handshake has a deadline, whatever trickles in', async () => {
    const live = await liveService([...threads, '--handshake-seconds', '1']);
    const begun = performance.now();
    const socket = await dialled(live.service.ports.server);
    const trickle = setInterval(() => socket.write(Uint8Array.of(3)), 100);
    onTestFinished(() => clearInterval(trickle));
    socket.write(Uint8Array.of(22));
    // It would never come if a byte put it off.
    await new Promise((resolve) => socket.once('data', resolve));
    clearInterval(trickle);
    expect(performance.now() - begun).toBeGreaterThan(990);
    await live.counted('timeout', 1);
  });
});

describe.each(threadings)('a dial-back, $threads', ({ threads }) => {
  test('closes at once, calls back with a ClientHello, and both connections are counted', async () => {
    const { port, came } = await listener();
    const live = await liveService([...threads, '--dialback-target-port', String(port)]);
    const trigger = await dialled(live.service.ports.dialback);
    expect(await readAll(trigger)).toHaveLength(0);
    await eventually(
      () => came.length,
      (count) => count === 1,
    );
    const [call] = came;
    const hello = await new Promise<Buffer>((resolve) => call?.once('data', resolve));
    expect([hello[0], hello[5]]).toEqual([22, 1]);
    call?.end('please give key');
    await live.counted('dialback.triggered', 1);
    await live.counted('record.not_tls', 1);
    expect((await live.status()).connections.byPort).toMatchObject({ dialback: 2 });
  });

  // One loop has both ends: what is said beyond the limit is a write or two. Of two threads nobody can say so.
  const ofOneThread = threads.length === 0 ? test : () => undefined;
  ofOneThread('listens to its caller for 64 KiB and no more', async () => {
    const { port, came } = await listener();
    const live = await liveService([...threads, '--dialback-target-port', String(port)]);
    const talker = await dialled(live.service.ports.dialback);
    const gone = new Promise<void>((resolve) => talker.once('close', () => resolve()));
    const say = (): void => {
      if (!talker.destroyed) talker.write(new Uint8Array(16 * 1024), () => setTimeout(say, 20));
    };
    say();
    await gone;
    // Without a limit it listens for 2 s.
    expect(talker.bytesWritten).toBeLessThan(512 * 1024);
    await eventually(
      () => came.length,
      (count) => count === 1,
    );
  });

  test('that nobody answers is told apart', async () => {
    const live = await liveService([...threads, '--dialback-target-port', String(await freePort())]);
    await readAll(await dialled(live.service.ports.dialback));
    await live.counted('connectback.refused', 1);
  });

  test.each([
    ['whole', (word: Uint8Array) => [word]],
    ['byte by byte', (word: Uint8Array) => [...word].map((byte) => Uint8Array.of(byte))],
  ])('for who says beforehand that he is a probe: both calls are counted as one, said %s', async (_, cut) => {
    const live = await liveService([...threads, '--dialback-target-port', String(await freePort())]);
    const trigger = await dialled(live.service.ports.dialback);
    for (const piece of cut(probeAlert)) trigger.write(piece);
    expect(await readAll(trigger)).toHaveLength(0);
    trigger.end();
    await live.counted('probe', 2);
    const { byPort, byCategory } = (await live.status()).connections;
    expect([byPort.dialback, byCategory['dialback.triggered'] ?? 0, byCategory['connectback.refused'] ?? 0]).toEqual([
      2, 0, 0,
    ]);
  });

  test('for who is nearly a probe is counted as anybody', async () => {
    const live = await liveService([...threads, '--dialback-target-port', String(await freePort())]);
    const trigger = await dialled(live.service.ports.dialback);
    trigger.end(probeAlert.subarray(0, 6));
    await readAll(trigger);
    await live.counted('dialback.triggered', 1);
    await live.counted('connectback.refused', 1);
  });

  test('goes to no address of this machine or its network, unless that is allowed', async () => {
    const { port, came } = await listener();
    const live = await liveService([...threads, '--dialback-target-port', String(port), '--no-allow-private-dialback']);
    await readAll(await dialled(live.service.ports.dialback));
    await live.counted('connectback.blocked', 1);
    expect(came).toHaveLength(0);
  });

  test('is allowed to loopback by default only where everything listened on is loopback', async () => {
    const { port, came } = await listener();
    const live = await liveService([...threads, '--dialback-target-port', String(port), '--listen', '0.0.0.0']);
    await readAll(await dialled(live.service.ports.dialback));
    await live.counted('connectback.blocked', 1);
    expect(came).toHaveLength(0);
  });

  test('has a rate by prefix', async () => {
    const { port, came } = await listener();
    const live = await liveService([...threads, '--dialback-target-port', String(port), '--dialbacks-per-minute', '2']);
    for (let i = 0; i < 4; i += 1) await readAll(await dialled(live.service.ports.dialback));
    await live.counted('rate_limited', 2);
    await eventually(
      () => came.length,
      (count) => count === 2,
    );
  });
});
