import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TokenBuckets } from '../../service/bounty/limits.ts';

describe('token buckets', () => {
  test('let a burst through, then the rate, and are full again after a pause', () => {
    const buckets = new TokenBuckets({ burst: 3, perSecond: 2, keys: 10 });
    const takes = (now: number, times: number) => Array.from({ length: times }, () => buckets.take('a', now));
    expect(takes(0, 4)).toEqual([true, true, true, false]);
    expect(takes(499, 1)).toEqual([false]);
    expect(takes(1000, 3)).toEqual([true, true, false]);
    expect(takes(60_000, 4)).toEqual([true, true, true, false]);
  });

  test('one key does not take from another', () => {
    const buckets = new TokenBuckets({ burst: 1, perSecond: 1, keys: 10 });
    expect([buckets.take('a', 0), buckets.take('a', 0), buckets.take('b', 0)]).toEqual([true, false, true]);
  });

  test('those beyond the number of keys share one bucket, and those within keep theirs', () => {
    const buckets = new TokenBuckets({ burst: 2, perSecond: 1, keys: 2 });
    for (const key of ['a', 'b']) buckets.take(key, 0);
    expect(['c', 'd', 'e'].map((key) => buckets.take(key, 0))).toEqual([true, true, false]);
    expect(buckets.take('a', 0)).toBe(true);
    expect(buckets.size).toBe(2);
  });

  test('who was used last is looked at last, however often in a row: a bucket that is full again makes room', () => {
    const buckets = new TokenBuckets({ burst: 3, perSecond: 1, keys: 2 });
    for (const key of ['a', 'b', 'b', 'a', 'a']) buckets.take(key, 0);
    // At 2000 the bucket of b is full and goes; that of a is not.
    expect(['c', 'c', 'c', 'c'].map((key) => buckets.take(key, 2000))).toEqual([true, true, true, false]);
    expect(buckets.size).toBe(2);
    expect(buckets.take('d', 2000)).toBe(true); // the shared one was not touched
    expect([buckets.take('a', 2000), buckets.take('a', 2000), buckets.take('a', 2000)]).toEqual([true, true, false]);
  });

  test('never more keys than allowed, never more tokens than burst and rate give', () => {
    const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), wait: fc.nat(400) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const buckets = new TokenBuckets({ burst: 4, perSecond: 5, keys: 3 });
        const granted = new Map<string, number>();
        let now = 0;
        for (const { key, wait } of steps) {
          now += wait;
          const had = buckets.has(key, now);
          expect(buckets.has(key, now)).toBe(had);
          const { size } = buckets;
          const taken = buckets.take(key, now);
          expect(taken).toBe(had);
          expect(buckets.size).toBeGreaterThanOrEqual(size);
          if (taken) granted.set(key, (granted.get(key) ?? 0) + 1);
          expect(buckets.size).toBeLessThanOrEqual(3);
        }
        // A key may have had a bucket of its own and a part of the shared one.
        for (const count of granted.values()) expect(count).toBeLessThanOrEqual(2 * (4 + (now / 1000) * 5) + 1e-9);
      }),
    );
  });

  test('a clock that stands still or goes back gives nothing', () => {
    const buckets = new TokenBuckets({ burst: 1, perSecond: 1000, keys: 1 });
    expect([buckets.take('a', 100), buckets.take('a', 100), buckets.take('a', 0)]).toEqual([true, false, false]);
  });
});
