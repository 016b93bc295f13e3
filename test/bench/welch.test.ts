import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leakage, welch } from '../../bench/welch.ts';

test("Welch's t", () => {
  // Means 3 and 5, variances 2.5 and 10: the difference is two standard errors of (2.5 / 5 + 10 / 5) ** 0.5.
  expect(welch([1, 2, 3, 4, 5], [1, 3, 5, 7, 9])).toBeCloseTo(-2 / Math.sqrt(2.5), 12);
  expect(welch([7, 7], [7, 7])).toBe(0);
  expect(() => welch([1], [1, 2])).toThrow('two are the fewest');
});

/** Evenly from `from` on, in steps of 1/1000: times that vary, and the same ones on every run. */
const times = (count: number, from: number) =>
  Array.from({ length: count }, (_, i) => from + ((i * 7919) % count) / 1000);

test('two classes of the same times have no leakage, whatever their order', () => {
  expect(leakage(times(1000, 100), times(1000, 100).toReversed())).toBeCloseTo(0, 9);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 20 }), (values) => {
      expect(leakage(values, values.toReversed())).toBe(0);
    }),
  );
});

test('a small difference is found among many times, and one that some slow times would hide', () => {
  const slow = Array.from({ length: 20 }, (_, i) => 50_000 * (i + 1));
  expect(leakage(times(1000, 100), times(1000, 100.1))).toBeGreaterThan(7);
  const [first, second] = [
    [...times(1000, 100), ...slow],
    [...times(1000, 100.1), ...slow],
  ];
  expect(Math.abs(welch(first, second))).toBeLessThan(1);
  expect(leakage(first, second)).toBeGreaterThan(6);
});

test('classes that have no time in common are told apart', () => {
  expect(leakage(times(100, 100), times(100, 200))).toBeGreaterThan(100);
});
