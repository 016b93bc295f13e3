import type { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { it } from 'vitest';
import { type LiveService, liveService } from './live-service.ts';
import { dial, eventually, readBy } from './relay.ts';

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

/** What is held once nothing more is given back: of those who came before, some may be garbage that is not known to be yet. */
async function settled(): Promise<Held> {
  let [least, unchanged] = [await held(), 0];
  while (unchanged < 10) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const now = await held();
    const less = now.bytes < least.bytes - 4096 || now.objects < least.objects - 65_536;
    unchanged = less ? 0 : unchanged + 1;
    least = { bytes: Math.min(least.bytes, now.bytes), objects: Math.min(least.objects, now.objects) };
  }
  return least;
}

const count = 200;
/** 16 KiB of a ClientHello of that length, but for the last bytes. */
const half = Buffer.alloc(16_380);
half.set([22, 3, 1, 0x40, 0, 1, 0, 0x40, 0]);

/** So many come, stop in the middle, and go; `meanwhile` is done when all they said has been read. */
async function crowd({ service, status }: LiveService, meanwhile: () => Promise<unknown> = held): Promise<void> {
  const sockets: Socket[] = [];
  for (let i = 0; i < count; i += 1) {
    const socket = await dial(service.ports.server, { localAddress: `127.2.${i % 8}.1` });
    await new Promise<void>((resolve) => socket.write(half, () => resolve()));
    sockets.push(socket);
  }
  await eventually(status, ({ connections }) => connections.open >= count);
  await readBy(service.ports.http);
  await meanwhile();
  for (const socket of sockets) socket.destroy();
  await eventually(status, ({ connections }) => connections.open <= 1);
}

it('is less than 40 KiB each, and nothing once they are gone', async () => {
  const live = await liveService();
  // The newest attempts are kept, up to a budget, in some hundred bytes each: their store is warm after a few crowds.
  for (let attempts = 0; attempts <= 1000; attempts += count) await crowd(live);
  const before = await settled();
  /** KiB for each of the crowd. */
  const more = async (): Promise<Held> => {
    const { bytes, objects } = await held();
    return { bytes: (bytes - before.bytes) / count / 1024, objects: (objects - before.objects) / count / 1024 };
  };
  // On a busy machine garbage may take a while to become some: what is kept stays, however often one looks. Both ends of each
  // connection are in this process.
  await crowd(live, () => eventually(more, ({ bytes, objects }) => bytes > 15 && bytes < 40 && objects < 24));
  await eventually(more, ({ bytes, objects }) => bytes < 1 && objects < 2);
});
