/**
 * Shares of a whole with one decimal that sum to exactly 100.0, by largest remainder; of equal remainders the earlier is
 * rounded up. With nothing to share, each is 0.0. Exact: whole numbers throughout, for sums below 2^53 / 1000.
 */
export function percentages(counts: readonly number[]): readonly string[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return counts.map(() => '0.0');
  const tenths = counts.map((count) => Math.floor((count * whole) / total));
  const missing = whole - tenths.reduce((sum, share) => sum + share, 0);
  const byRemainder = counts
    .map((count, index) => ({ index, remainder: (count * whole) % total }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  const roundedUp = new Set(byRemainder.slice(0, missing).map(({ index }) => index));
  return tenths.map((share, index) => format(roundedUp.has(index) ? share + 1 : share));
}

/** Tenths of a percent. */
const whole = 1000;

const format = (tenths: number): string => `${Math.floor(tenths / 10)}.${tenths % 10}`;
