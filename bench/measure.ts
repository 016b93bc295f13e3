/* Statistics of paired samples: nothing here measures or prints. */

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear interpolation between the two nearest ranks. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (sorted.length - 1) * q;
  const below = sorted[Math.floor(rank)];
  const above = sorted[Math.ceil(rank)];
  if (below === undefined || above === undefined) {
    throw new Error('a quantile of no values was asked for: the benchmark made no sample, look at its budget');
  }
  return below + (above - below) * (rank - Math.floor(rank));
}

export interface Ratio {
  readonly median: number;
  /** Half of the rounds lie between these: how far the figure can be trusted on this machine today. */
  readonly quartiles: readonly [number, number];
}

/**
 * The ratio of two sides measured in turn, round by round. Each round gives a ratio of its own, and the median of those
 * is taken: what slows the machine for some seconds slows both halves of a round and leaves its ratio alone.
 */
export function pairedRatio(numerators: readonly number[], denominators: readonly number[]): Ratio {
  const ratios = numerators.map((numerator, round) => {
    const denominator = denominators[round];
    if (denominator === undefined || denominator <= 0) {
      throw new Error(
        `round ${round} has no positive denominator (${denominator}): the sides were not measured in turn`,
      );
    }
    return numerator / denominator;
  });
  return { median: median(ratios), quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)] };
}
