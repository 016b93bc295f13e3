import { join } from 'node:path';
import type { Clock } from './clock.ts';
import { DiskSegments } from './disk-segments.ts';
import { openDataFolder } from './folder.ts';
import type { Log } from './log.ts';
import { MemorySegments } from './memory-segments.ts';
import { SegmentedTraceStore } from './segmented-trace-store.ts';
import type { Configuration } from './settings.ts';
import { closeDatabase, diskDatabase, memoryDatabase } from './trace-database.ts';
import { type IndexBounds, TraceIndex } from './trace-index.ts';
import { TraceQueue } from './trace-queue.ts';
import { catchUp, isAhead, repair } from './trace-recovery.ts';
import type { TraceStore } from './trace-store.ts';
import { Unstartable } from './unstartable.ts';
import { VisitorFootprints } from './visitor-footprints.ts';
import { keepRegisters, readIfThere, visitorsKey } from './visitors-key.ts';

/* Opens the store of traces: in a folder of `--data`, or in memory where there is none. */

export interface TraceStoreOptions {
  readonly configuration: Pick<Configuration, 'data' | 'traceMebibytes' | 'tracesPerSecond' | 'breachDelayHours'>;
  readonly clock: Clock;
  readonly entropy: (length: number) => Uint8Array;
  readonly log: Log;
  /** Of text, on disk, before it is compressed; 8 MiB without it. */
  readonly segmentBytes?: number;
}

const mebibyte = 1024 * 1024;
const hour = 3_600_000;
const queued = { attempts: 4096, bytes: 16 * mebibyte, attemptsPerVisitor: 20_000 } as const;

const onDisk = {
  segmentBytes: 8 * mebibyte,
  segmentMilliseconds: Number.POSITIVE_INFINITY,
  bounds: { attempts: undefined, greetings: 10_000, certificates: 4096 } satisfies IndexBounds,
} as const;

const inMemory = {
  segmentBytes: 4 * mebibyte,
  segmentMilliseconds: 300_000,
  budgetBytes: 48 * mebibyte,
  bounds: { attempts: 50_000, greetings: 1000, certificates: 256 } satisfies IndexBounds,
} as const;

export const openTraceStore = (options: TraceStoreOptions): Promise<TraceStore> =>
  options.configuration.data === undefined
    ? Promise.resolve(memoryTraceStore(options))
    : openDiskStore(options, options.configuration.data).catch((error: unknown) => {
        throw unopenable(error, join(options.configuration.data ?? '', 'traces'));
      });

/** A disk that is full or broken: said in so many words, before anybody is let in. What is not the disk's doing is a defect of ours. */
function unopenable(error: unknown, folder: string): unknown {
  if (error instanceof Unstartable || !(error instanceof Error) || !('code' in error)) return error;
  return new Unstartable(
    `--data: the traces in ${JSON.stringify(folder)} cannot be opened (${String(error.code)}); make room on that disk, or see ` +
      'what is wrong with the folder: without --data the piñata keeps its traces in memory',
  );
}

export function memoryTraceStore(options: TraceStoreOptions): TraceStore {
  const { bounds, ...limits } = inMemory;
  return new SegmentedTraceStore({
    ...common(options, options.entropy(32)),
    ...limits,
    keepVisitors: () => undefined,
    segments: new MemorySegments(),
    index: new TraceIndex(memoryDatabase(), bounds),
  });
}

async function openDiskStore(options: TraceStoreOptions, data: string): Promise<TraceStore> {
  const { configuration, entropy, log } = options;
  const { bounds, ...limits } = onDisk;
  const folder = join(data, 'traces');
  openDataFolder(data, folder);
  const path = join(folder, 'index.sqlite');
  const opened = diskDatabase(path); // first: it is the lock of the whole folder
  const segments = new DiskSegments(folder);
  const lost = await repair(segments);
  if (lost > 0) log('traces_repaired', { bytesCutOff: lost });
  let index = new TraceIndex(opened.database, bounds);
  let { fresh } = opened;
  if (isAhead(index, segments)) {
    closeDatabase(opened.database);
    index = new TraceIndex(diskDatabase(path, 'anew').database, bounds);
    fresh = true;
  }
  const registers = join(folder, 'visitors.registers');
  const kept = fresh ? readIfThere(registers) : undefined;
  if (kept !== undefined) index.restoreLife(kept);
  const entered = catchUp(index, segments);
  if (entered > 0) log('traces_indexed', { attempts: entered });
  const store = new SegmentedTraceStore({
    ...common(options, visitorsKey(join(folder, 'visitors.key'), entropy)),
    ...limits,
    ...(options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes }),
    budgetBytes: configuration.traceMebibytes * mebibyte,
    segments,
    index,
    keepVisitors: (bytes) => keepRegisters(registers, bytes),
  });
  const last = segments.list.at(-1);
  if (last !== undefined && segments.isPlain(last.id)) await store.resume(last);
  return store;
}

const common = ({ configuration, clock, entropy, log }: TraceStoreOptions, lifeKey: Uint8Array) => ({
  clock,
  log,
  breachDelayMilliseconds: configuration.breachDelayHours * hour,
  queue: new TraceQueue(
    { ...queued, attemptsPerSecond: configuration.tracesPerSecond },
    new VisitorFootprints(lifeKey, entropy),
  ),
});
