import { type Interval, range } from './interval.ts';

/* The bounds that field25519.ts states in its docstring, as ranges. */

export const weights = [0, 22, 43, 64, 85, 107, 128, 149, 170, 192, 213, 234, 255] as const;

const limbs = (bound: (weight: number, next: number, index: number) => number): Interval[] =>
  weights.slice(0, 12).map((weight, index) => {
    const most = bound(weight, weights[index + 1] ?? 0, index);
    return range(-most, most, weight);
  });

/** What every product, square and decoded element is: half of the next weight, and 2^35 more in limb 1. */
export const carried = (): Interval[] => limbs((_, next, index) => 2 ** (next - 1) + (index === 1 ? 2 ** 35 : 0));

/** The sum of so many carried ones, each of either sign. */
export const loose = (count: number): Interval[] =>
  limbs((_, next, index) => count * (2 ** (next - 1) + (index === 1 ? 2 ** 35 : 0)));
