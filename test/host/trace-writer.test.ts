import { expect, it } from 'vitest';
import { entropy } from '../../service/host/entropy.ts';
import type { LogValue } from '../../service/host/log.ts';
import { MemorySegments } from '../../service/host/memory-segments.ts';
import { SegmentedTraceStore } from '../../service/host/segmented-trace-store.ts';
import { memoryDatabase } from '../../service/host/trace-database.ts';
import { TraceIndex } from '../../service/host/trace-index.ts';
import { TraceQueue } from '../../service/host/trace-queue.ts';
import { VisitorFootprints } from '../../service/host/visitor-footprints.ts';
import { attempt, StoreClock } from './trace-store.ts';

/* A disk that is full, slow, or gone for a while: nobody waits for it, and what was counted is never lost. */

class BadDisk extends MemorySegments {
  /** Rejects what is written. */
  broken = false;
  /** What is written waits for it. */
  slow: Promise<void> = Promise.resolve();

  override async write(journal: Uint8Array, bodies: Uint8Array): Promise<void> {
    await this.slow;
    if (this.broken) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    await super.write(journal, bodies);
  }
}

function openStore(queued = 4096) {
  const [disk, clock, logged] = [new BadDisk(), new StoreClock(), [] as string[]];
  const index = new TraceIndex(memoryDatabase(), { attempts: undefined, greetings: 10, certificates: 10 });
  const log = (event: string, { code }: Readonly<Record<string, LogValue>> = {}): void => {
    logged.push(code === undefined ? event : `${event} ${code}`);
  };
  const bounds = { attempts: queued, bytes: 1 << 24, attemptsPerSecond: 1_000_000, attemptsPerVisitor: 1_000_000 };
  const store = new SegmentedTraceStore({
    ...{ segments: disk, index, clock, log, segmentBytes: 1 << 20, segmentMilliseconds: 300_000 },
    ...{ budgetBytes: 1 << 26, breachDelayMilliseconds: 0, keepVisitors: () => undefined },
    queue: new TraceQueue(bounds, new VisitorFootprints(entropy(32), entropy)),
  });
  const come = (count: number): void => {
    for (let i = 0; i < count; i += 1) attempt(store, clock);
  };
  return { store, disk, index, logged, come };
}

it('a disk that takes nothing is tried again, and said once; all that waited is written then', async () => {
  const { store, disk, logged, come } = openStore();
  come(100);
  await store.flush();
  disk.broken = true;
  come(100);
  await expect(store.flush()).rejects.toThrow('cannot be written');
  come(100);
  await expect(store.flush()).rejects.toThrow('cannot be written');
  expect(logged).toEqual(['traces_unwritten ENOSPC']);
  expect(store.summary()).toMatchObject({ connections: 100, attempts: 100 });
  disk.broken = false;
  await store.flush();
  expect(logged).toEqual(['traces_unwritten ENOSPC', 'traces_written_again']);
  expect(store.summary()).toMatchObject({ connections: 300, attempts: 300, sampledAway: 0 });
  expect(store.newest({ limit: 200 }).map(({ number }) => number)).toEqual(
    Array.from({ length: 200 }, (_, i) => 300 - i),
  );
  await store.close();
});

it('an index that takes nothing is given the same once more, and the segments are not', async () => {
  const { store, disk, index, come } = openStore();
  come(5); // one batch
  index.database.exec('PRAGMA query_only = ON');
  await expect(store.flush()).rejects.toThrow('cannot be written');
  const { bodies } = disk.openLength;
  expect(store.summary()).toMatchObject({ connections: 0, attempts: 0 });
  index.database.exec('PRAGMA query_only = OFF');
  await store.flush();
  expect(store.summary()).toMatchObject({ connections: 5, attempts: 5 });
  expect(store.summary().visitors.server).toBe(1);
  expect(disk.openLength.bodies).toBe(bodies);
  expect(store.attempt(5)?.body).toMatchObject({ number: 5 });
  await store.close();
});

it('nobody waits for a slow disk: what is too much is counted, and not recorded', async () => {
  const { store, disk, come } = openStore(100);
  let goOn: () => void = () => undefined;
  disk.slow = new Promise((resolve) => {
    goOn = resolve;
  });
  come(1);
  const written = store.flush();
  come(500);
  expect(store.summary().connections).toBe(0);
  goOn();
  await written;
  const { connections, attempts, sampledAway, byCategory } = store.summary();
  expect([connections, attempts + sampledAway, byCategory.eof]).toEqual([501, 501, 501]);
  expect(attempts).toBeGreaterThanOrEqual(100);
  expect(attempts).toBeLessThanOrEqual(101);
  await store.close();
});

it('closes over a disk that takes nothing', async () => {
  const { store, disk, logged, come } = openStore();
  disk.broken = true;
  come(10);
  await store.close();
  expect(logged).toEqual(['traces_unwritten ENOSPC']);
});
