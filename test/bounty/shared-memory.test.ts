import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LocalCorrelator, type TranscriptRecord } from '../../service/bounty/correlator.ts';
import { TokenBuckets } from '../../service/bounty/limits.ts';
import { ownPlaces } from '../../service/bounty/places.ts';
import { correlatorMemory, SharedCorrelator } from '../../service/bounty/shared-correlator.ts';
import { bucketsMemory, placesMemory, SharedTokenBuckets, sharedPlaces } from '../../service/bounty/shared-limits.ts';
import { lockMemory, SharedLock } from '../../service/bounty/shared-lock.ts';
import { Crowd, visit } from './crowd.ts';
import { type CrowdReport, type CrowdTask, numberedRecord } from './shared-crowd.ts';

/* What threads share is what one thread has for itself: held by the same operations on both, and by threads that race. */

const seed = new Uint8Array(32).fill(7);
const abandoned = (): never => {
  throw new Error('a lock was abandoned');
};

describe('by the same operations in the same order', () => {
  test('a shared correlator remembers what a local one does', () => {
    const operation = fc.record({ of: fc.nat(40), wait: fc.nat(30), enters: fc.boolean() });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 150 }), (operations) => {
        const options = { lifetime: 100, capacity: 5 };
        const local = new LocalCorrelator(options);
        const shared = new SharedCorrelator(correlatorMemory(options, seed), abandoned);
        const entered = new Set<number>();
        let now = 0;
        for (const { of, wait, enters } of operations) {
          now += wait;
          const record = numberedRecord(0, of);
          // A transcript is entered once: our random is in it.
          if (enters && !entered.has(of)) {
            const remembered = local.enter(record, now);
            if (remembered) entered.add(of);
            expect(shared.enter(record, now)).toBe(remembered);
            expect(shared.size).toBe(local.size);
          }
          expect(shared.has(record, now)).toBe(local.has(record, now));
        }
      }),
    );
  });

  test('a shared correlator tells records apart by each of their parts', () => {
    const shared = new SharedCorrelator(correlatorMemory({ lifetime: 100, capacity: 10 }, seed), abandoned);
    const record = numberedRecord(0, 1);
    shared.enter(record, 0);
    const others: TranscriptRecord[] = [
      { ...record, role: 'client' },
      { ...record, generation: 'g2' },
      { ...record, point: 'client_finished' },
      { ...record, hash: record.hash.slice(0, 31) },
    ];
    expect([record, ...others].map((one) => shared.has(one, 0))).toEqual([true, ...others.map(() => false)]);
  });

  test('shared places are given to whom local ones are given, and taken from the same', () => {
    fc.assert(
      fc.property(fc.array(visit, { maxLength: 200 }), (visits) => {
        const options = { perPrefix: 3, perNetwork: 5, total: 9 };
        const local = new Crowd(ownPlaces(options));
        const shared = new Crowd(sharedPlaces(placesMemory(options, seed), abandoned));
        for (const one of visits) {
          expect(shared.visit(one)).toEqual(local.visit(one));
          expect(shared.places.taken).toBe(local.places.taken);
        }
      }),
    );
  });

  test('shared buckets let through whom local ones let through', () => {
    const operation = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), wait: fc.nat(700) });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
        const options = { burst: 3, perSecond: 2, keys: 3 };
        const local = new TokenBuckets(options);
        const shared = new SharedTokenBuckets(bucketsMemory(options, seed), abandoned);
        let now = 0;
        for (const { key, wait } of operations) {
          now += wait;
          expect(shared.has(key, now)).toBe(local.has(key, now));
          expect(shared.take(key, now)).toBe(local.take(key, now));
        }
      }),
    );
  });
});

test('whoever finds a lock that its holder never gave back is told, after a while', () => {
  const memory = lockMemory();
  new Int32Array(memory)[0] = 1;
  const lock = new SharedLock(memory, abandoned, { milliseconds: 1, times: 3 });
  expect(() => lock.holding(() => 1)).toThrow('abandoned');
});

test('a lock is given back by whoever throws inside', () => {
  const lock = new SharedLock(lockMemory(), abandoned);
  expect(() =>
    lock.holding(() => {
      throw new RangeError('inside');
    }),
  ).toThrow('inside');
  expect(lock.holding(() => 'free')).toBe('free');
});

describe('by threads that race', () => {
  const run = async (task: CrowdTask): Promise<readonly CrowdReport[]> => {
    const crowds = Array.from(
      { length: 3 },
      (_, thread) => new Worker(new URL('./shared-crowd.ts', import.meta.url), { workerData: { ...task, thread } }),
    );
    return Promise.all(
      crowds.map(async (crowd) => {
        const [report] = await once(crowd, 'message');
        return report;
      }),
    );
  };

  test('no record is missed by the thread that looks for it, none is lost, and none is one too many', async () => {
    const each = 2000;
    const memory = correlatorMemory({ lifetime: 1e9, capacity: 3 * each - 100 }, seed);
    const reports = await run({ type: 'correlator', memory, each, told: new SharedArrayBuffer(4 * 3) });
    // The last hundred found it full, whoever they were.
    expect(reports.reduce((sum, { done }) => sum + done, 0)).toBe(3 * each - 100);
    expect(reports.map(({ missed }) => missed)).toEqual([0, 0, 0]);
    // Where one thread is done before the others begin, it has nothing of theirs to look for.
    expect(reports.reduce((sum, { looked }) => sum + looked, 0)).toBeGreaterThan(0);
    expect(new SharedCorrelator(memory, abandoned).size).toBe(3 * each - 100);
  }, 120_000);

  test('there are never more inside than places, and all are free when everybody left', async () => {
    const memory = placesMemory({ perPrefix: 4, perNetwork: 6, total: 9 }, seed);
    const reports = await run({ type: 'places', memory, each: 3000, inside: new SharedArrayBuffer(4) });
    expect(Math.max(...reports.map(({ most }) => most))).toBeLessThanOrEqual(9);
    expect(reports.every(({ done }) => done > 0)).toBe(true);
    const places = sharedPlaces(memory, abandoned);
    expect(places.taken).toBe(0);
    const again = Array.from({ length: 10 }, (_, i) => places.enter({ prefix: `p${i}`, network: `n${i}` }));
    expect(again.filter((leave) => leave !== undefined).length).toBe(9);
  }, 120_000);

  test('no more is taken from a bucket than is in it', async () => {
    const memory = bucketsMemory({ burst: 1000, perSecond: 0, keys: 2 }, seed);
    const reports = await run({ type: 'buckets', memory, each: 2000 });
    // Two keys with a bucket each, and one for all the others.
    expect(reports.reduce((sum, { done }) => sum + done, 0)).toBe(3000);
  }, 120_000);
});
