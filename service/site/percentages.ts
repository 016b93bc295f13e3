/** Hundredths of a percent. */
const whole = 10_000;

/**
 * Shares of a whole with two decimals which sum to exactly 100.00, by largest remainder; of equal remainders the earlier gets
 * it. With nothing to share every one is 0.00.
 */
export function percentages(counts: readonly number[]): readonly string[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return counts.map(() => '0.00');
  const exact = counts.map((count) => (count / total) * whole);
  const shares = exact.map(Math.floor);
  const left = whole - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1;
  return shares.map((share) => (share / 100).toFixed(2));
}
