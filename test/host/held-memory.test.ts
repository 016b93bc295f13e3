import type { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { type LiveService, liveService } from './live-service.ts';
import { dial, eventually } from './relay.ts';

/* What the service holds for those who stop in the middle of a hello, counted by the collector: resident memory lags behind. */

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

interface Held {
  readonly bytes: number;
  readonly objects: number;
}

async function held(): Promise<Held> {
  for (let i = 0; i < 3; i += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return { bytes: arrayBuffers, objects: heapUsed };
}

const count = 200;
/** 16 KiB of a ClientHello of that length, but for the last bytes. */
const half = Buffer.alloc(16_380);
half.set([22, 3, 1, 0x40, 0, 1, 0, 0x40, 0]);

/** So many come, stop in the middle, and go: what is held meanwhile. */
async function crowd({ service, status }: LiveService): Promise<Held> {
  const sockets: Socket[] = [];
  for (let i = 0; i < count; i += 1) {
    const socket = await dial(service.ports.server, { localAddress: `127.2.${i % 8}.1` });
    await new Promise<void>((resolve) => socket.write(half, () => resolve()));
    sockets.push(socket);
  }
  await eventually(status, ({ connections }) => connections.open >= count);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const during = await held();
  for (const socket of sockets) socket.destroy();
  await eventually(status, ({ connections }) => connections.open <= 1);
  return during;
}

it('is less than 40 KiB each, and nothing once they are gone', async () => {
  const live = await liveService();
  await crowd(live);
  await crowd(live);
  const before = await held();
  const during = await crowd(live);
  const after = await held();
  const each = (of: number): number => of / count / 1024;
  expect(each(during.bytes - before.bytes)).toBeGreaterThan(15);
  expect(each(during.bytes - before.bytes)).toBeLessThan(40);
  // Both ends of each connection are in this process.
  expect(each(during.objects - before.objects)).toBeLessThan(24);
  expect(each(after.bytes - before.bytes)).toBeLessThan(1);
  expect(each(after.objects - before.objects)).toBeLessThan(2);
});
