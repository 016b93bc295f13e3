import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { TranscriptRecord } from '../../service/bounty/correlator.ts';
import type { Place } from '../../service/bounty/places.ts';
import { type CorrelatorMemory, SharedCorrelator } from '../../service/bounty/shared-correlator.ts';
import {
  type BucketsMemory,
  type PlacesMemory,
  SharedTokenBuckets,
  sharedPlaces,
} from '../../service/bounty/shared-limits.ts';

/* One of several threads that use the same memory at once. */

export type CrowdTask =
  | {
      readonly type: 'correlator';
      readonly memory: CorrelatorMemory;
      readonly each: number;
      readonly told: SharedArrayBuffer;
    }
  | {
      readonly type: 'places';
      readonly memory: PlacesMemory;
      readonly each: number;
      readonly inside: SharedArrayBuffer;
    }
  | { readonly type: 'buckets'; readonly memory: BucketsMemory; readonly each: number };

export interface CrowdReport {
  /** What succeeded. */
  readonly done: number;
  readonly looked: number;
  /** What was not there, and had been entered. */
  readonly missed: number;
  /** That were inside at once, as one of them saw it. */
  readonly most: number;
}

/** Each thread enters records of its own. */
export const numberedRecord = (thread: number, number: number): TranscriptRecord => ({
  role: 'server',
  generation: 'g1',
  point: 'server_finished',
  hash: Uint8Array.from({ length: 32 }, (_, i) => (i < 4 ? (number >> (8 * i)) & 0xff : thread)),
});

const threads = 3;
const abandoned = (): never => {
  throw new Error('a lock was abandoned');
};

function enterAndLook(
  { memory, each, told }: Extract<CrowdTask, { type: 'correlator' }>,
  thread: number,
): Partial<CrowdReport> {
  const correlator = new SharedCorrelator(memory, abandoned);
  const entered = new Int32Array(told);
  const mostOwn = memory.capacity / threads - 50;
  let [done, looked, missed] = [0, 0, 0];
  for (let number = 0; number < each; number++) {
    const remembered = correlator.enter(numberedRecord(thread, number), 0);
    if (remembered) done += 1;
    // While there is room for all, whatever is told of was remembered.
    if (remembered && number < mostOwn) Atomics.store(entered, thread, number + 1);
    const other = (thread + 1) % threads;
    const theirs = Atomics.load(entered, other);
    if (theirs === 0) continue;
    looked += 1;
    if (!correlator.has(numberedRecord(other, theirs - 1), 0)) missed += 1;
  }
  return { done, looked, missed };
}

function comeAndGo(
  { memory, each, inside }: Extract<CrowdTask, { type: 'places' }>,
  thread: number,
): Partial<CrowdReport> {
  const places = sharedPlaces(memory, abandoned);
  const count = new Int32Array(inside);
  const mine: Place[] = [];
  let [done, most] = [0, 0];
  for (let turn = 0; turn < each; turn++) {
    const place = places.enter({ prefix: `p${(turn + thread) % 5}`, network: `n${(turn + thread) % 2}` });
    if (place !== undefined) {
      done += 1;
      // Counted after a place was taken, and before it is given back.
      most = Math.max(most, Atomics.add(count, 0, 1) + 1);
      mine.push(place);
      place.stands('silent', {
        yieldUp: () => {
          Atomics.sub(count, 0, 1);
          mine.splice(mine.indexOf(place), 1);
        },
      });
    }
    if (mine.length > 2) leaveFirst();
  }
  while (mine.length > 0) leaveFirst();
  return { done, most };

  function leaveFirst(): void {
    Atomics.sub(count, 0, 1);
    mine.shift()?.leave();
  }
}

function take({ memory, each }: Extract<CrowdTask, { type: 'buckets' }>): Partial<CrowdReport> {
  const buckets = new SharedTokenBuckets(memory, abandoned);
  const done = Array.from({ length: each }, (_, turn) => buckets.take(`k${turn % 4}`, turn)).filter(Boolean).length;
  return { done };
}

if (!isMainThread && workerData?.memory !== undefined) {
  const task: CrowdTask & { readonly thread: number } = workerData;
  const report =
    task.type === 'correlator'
      ? enterAndLook(task, task.thread)
      : task.type === 'places'
        ? comeAndGo(task, task.thread)
        : take(task);
  parentPort?.postMessage({ done: 0, looked: 0, missed: 0, most: 0, ...report });
}
