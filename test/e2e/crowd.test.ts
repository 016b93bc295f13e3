import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StatusDocument } from '../../service/site/documents.ts';
import { anyPorts, Program } from '../host/program.ts';
import { dial, eventually, readAll } from '../host/relay.ts';
import { required } from '../support/required.ts';

/*
 * Many at once, and nobody with good manners (design §4.6): whatever the others do, the page answers, every connection ends
 * in a category, and memory comes back.
 */

const proc = required.condition(
  '/proc',
  process.platform === 'linux',
  'the memory of another process is read from /proc, which Linux has',
);

let program: Program;
let ports: Readonly<Record<string, number>>;
beforeAll(async () => {
  program = new Program(['--json', ...anyPorts, '--handshake-seconds', '20', '--handshakes-per-second', '10000']);
  ports = (await program.ready()).ports;
});
const open = new Set<Socket>();
afterEach(() => {
  for (const socket of open) socket.destroy();
  open.clear();
});
afterAll(() => program?.stop());

/** From one of many prefixes: all of loopback is not one visitor. */
async function guest(door: string, prefix = 1): Promise<Socket> {
  const socket = await dial(ports[door] ?? 0, { localAddress: `127.1.${prefix}.1` });
  open.add(socket);
  socket.once('close', () => open.delete(socket));
  return socket;
}

async function guests(count: number, door: string): Promise<readonly Socket[]> {
  const arrived: Socket[] = [];
  while (arrived.length < count) {
    const wave = Math.min(250, count - arrived.length);
    arrived.push(...(await Promise.all(Array.from({ length: wave }, (_, i) => guest(door, 1 + (i % 8))))));
  }
  return arrived;
}

async function status(): Promise<StatusDocument> {
  const response = await fetch(`http://127.0.0.1:${ports['http']}/status.json`, { headers: { connection: 'close' } });
  return JSON.parse(await response.text());
}

/** How long the page takes, as one visitor sees it. */
async function pageMilliseconds(): Promise<number> {
  const begun = performance.now();
  const response = await fetch(`http://127.0.0.1:${ports['http']}/`, { headers: { connection: 'close' } });
  expect(response.status).toBe(200);
  expect((await response.text()).length).toBeGreaterThan(5000);
  return performance.now() - begun;
}

/** Everybody is gone but who asks. */
const alone = () => eventually(status, ({ connections }) => connections.open <= 1, 30_000);

const residentKiB = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${program.child.pid}/status`, 'utf8'))?.[1]);

const leave = (sockets: readonly Socket[]): void => {
  for (const socket of sockets) socket.destroy();
};

describe('a crowd', () => {
  it.skipIf(proc.missing)(
    'of 2000 who say nothing costs little, delays nobody, and leaves nothing behind',
    async () => {
      leave(await guests(200, 'server'));
      await alone();
      const before = residentKiB();
      const crowd = await guests(2000, 'server');
      await eventually(status, ({ connections }) => connections.open >= 2000);
      expect((residentKiB() - before) / crowd.length).toBeLessThan(16);
      expect(await pageMilliseconds()).toBeLessThan(1000);
      leave(crowd);
      const after = await alone();
      expect(after.connections.byCategory).toMatchObject({ empty: 2200, rate_limited: 0, 'internal.exception': 0 });
    },
  );

  it('of 300 who stop in the middle of a hello', async () => {
    const crowd = await guests(300, 'server');
    for (const socket of crowd) socket.write(Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1, 252));
    await eventually(status, ({ connections }) => connections.open >= 300);
    expect(await pageMilliseconds()).toBeLessThan(1000);
    leave(crowd);
    await alone();
  });

  it('of 60 who make us begin a handshake and walk away', async () => {
    const clients = await guests(60, 'reverse');
    const hellos = await Promise.all(
      clients.map((socket) => new Promise<Buffer>((resolve) => socket.once('data', resolve))),
    );
    const crowd = await guests(60, 'server');
    crowd.forEach((socket, i) => void socket.write(hellos[i] ?? ''));
    const answered = Promise.all(crowd.map((socket) => new Promise((resolve) => socket.once('data', resolve))));
    expect(await pageMilliseconds()).toBeLessThan(3000);
    await answered;
    leave([...clients, ...crowd]);
    await alone();
  });

  it('of 100 visitors who ask and never read', async () => {
    const crowd = await guests(100, 'http');
    const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(50);
    for (const socket of crowd) socket.pause().write(request);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await pageMilliseconds()).toBeLessThan(1500);
    leave(crowd);
    await alone();
  });

  it('of 100 visitors who spell a request letter by letter are told 408 in time', async () => {
    const crowd = await guests(100, 'http');
    for (const socket of crowd) socket.write('GET / HTTP/1.1\r\nHost: x\r\nX: ');
    const trickle = setInterval(() => {
      for (const socket of crowd) if (socket.writable) socket.write('a');
    }, 500);
    const begun = performance.now();
    const answers = await Promise.all(crowd.map(readAll));
    clearInterval(trickle);
    expect(performance.now() - begun).toBeGreaterThan(9000);
    expect(performance.now() - begun).toBeLessThan(14_000);
    for (const answer of answers) expect(String(answer)).toMatch(/^HTTP\/1\.1 408 /);
    leave(crowd);
    expect((await alone()).connections.byCategory['http.408']).toBe(100);
  });
});

describe('a bridge', () => {
  it.each(['FIN', 'RST'] as const)('ended by %s after any number of bytes harms nobody', async (by) => {
    const before = (await status()).connections;
    let ended = 0;
    for (let limit = 1; limit < 6500; limit += 271) {
      await cutBridge(limit, by);
      ended += 2;
    }
    const { connections, successes } = await alone();
    const total = (of: StatusDocument['connections']): number => of.byPort['server'] + of.byPort['reverse'];
    expect(total(connections) - total(before)).toBe(ended);
    expect(connections.byCategory).toMatchObject({ breach: 0, withheld: 0, 'internal.exception': 0 });
    expect(successes).toMatchObject({ unpaired: 0 });
    expect(await pageMilliseconds()).toBeLessThan(1000);
  });

  async function cutBridge(limit: number, by: 'FIN' | 'RST'): Promise<void> {
    const ends = [await guest('server', 20), await guest('reverse', 20)] as const;
    let passed = 0;
    const cut = (): void => {
      for (const socket of ends) {
        if (by === 'RST') socket.resetAndDestroy();
        else socket.end();
      }
    };
    for (const [from, to] of [ends, ends.toReversed()]) {
      from?.on('data', (chunk: Buffer) => {
        if (passed >= limit) return;
        const part = chunk.subarray(0, limit - passed);
        passed += part.length;
        to?.write(part);
        if (passed >= limit) cut();
      });
      from?.on('end', () => void to?.end());
    }
    await Promise.all(ends.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))));
  }
});

describe('memory', () => {
  it.skipIf(proc.missing)('is where it was after the same crowd came again and again', async () => {
    const round = async (): Promise<number> => {
      const noise = Buffer.alloc(40_000, 'please give key ');
      for (const door of ['server', 'reverse', 'https', 'http']) {
        const crowd = await guests(150, door);
        for (const socket of crowd) socket.write(noise);
        await new Promise((resolve) => setTimeout(resolve, 200));
        leave(crowd);
      }
      const big = await guests(100, 'server');
      for (const socket of big)
        socket.write(Buffer.concat([Uint8Array.of(22, 3, 1, 0x40, 0, 1, 0, 0x7f, 0), Buffer.alloc(16_380)]));
      leave(big);
      await alone();
      return residentKiB();
    };
    // V8's young generation and the allocator's arenas grow, in steps, to what a crowd needs, and stay. So the plateau may
    // come late, but it must come: if 40 000 bytes were kept of each connection, four rounds would add 100 MiB, always.
    const resident: number[] = [];
    const settled = (): boolean => {
      const [latest = 0, earlier = 0] = [resident.at(-1), resident.at(-5)];
      return resident.length > 8 && latest - earlier < 24 * 1024;
    };
    while (!settled() && resident.length < 24) resident.push(await round());
    expect(settled(), resident.join(' ')).toBe(true);
  });

  it('and nothing of all this was an exception of ours', async () => {
    const { connections, successes } = await status();
    expect(connections.byCategory['internal.exception']).toBe(0);
    expect(successes.unpaired).toBe(0);
    const sum = Object.values(connections.byCategory).reduce((total, count) => total + count, 0);
    expect(sum + connections.open).toBe(connections.total);
    expect(program.stderr).not.toMatch(/exception|fatal/);
  });
});
