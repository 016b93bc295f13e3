import { expect, it } from 'vitest';
import { memoryDatabase } from '../../service/host/trace-database.ts';
import { TraceIndex, type WrittenAttempt } from '../../service/host/trace-index.ts';
import { TraceQueries } from '../../service/host/trace-queries.ts';
import type { FailureKey } from '../../service/trace/index.ts';
import { recorded } from './trace-store.ts';

/* What a flood may push out of an index, and what it may not. */

const bounds = { attempts: 20, greetings: 10, certificates: 10 };

function written(number: number, category: FailureKey): WrittenAttempt {
  const { head } = recorded({ category });
  return {
    head: { number, ...head, bodySha256: '00'.repeat(32) },
    text: '',
    body: { offset: 0, length: 0 },
    finds: { greeting: undefined, certificate: undefined },
  };
}

/** Ten attempts to a segment. */
function fill(index: TraceIndex, from: number, count: number, category: FailureKey): void {
  for (let number = from; number < from + count; number += 10) {
    index.apply({
      segment: Math.ceil(number / 10),
      day: '2027-01-15',
      journalEnd: 0,
      generations: [],
      counts: [],
      attempts: Array.from({ length: 10 }, (_, i) => written(number + i, category)),
    });
  }
}

it('the first breaches stay, and their segments, however many others come after them', () => {
  const index = new TraceIndex(memoryDatabase(), bounds);
  const queries = new TraceQueries(index);
  fill(index, 1, 100, 'eof');
  fill(index, 101, 10, 'breach');
  fill(index, 111, 500, 'rate_limited');
  const breaches = queries.newest({ limit: 100, category: 'breach' }).map(({ number }) => number);
  expect(breaches).toEqual([108, 107, 106, 105, 104, 103, 102, 101]);
  expect(queries.newest({ limit: 100 })).toHaveLength(20 + breaches.length);
  expect([10, 11, 12].map((segment) => queries.hasBreach(segment))).toEqual([false, true, false]);
});

it('who breaks in again and again fills no store: the first of them show how it is done', () => {
  const index = new TraceIndex(memoryDatabase(), bounds);
  const queries = new TraceQueries(index);
  fill(index, 1, 500, 'breach');
  expect(queries.newest({ limit: 100 })).toHaveLength(20 + 8);
  expect(queries.hasBreach(1)).toBe(true);
  expect(queries.hasBreach(50)).toBe(false);
});
