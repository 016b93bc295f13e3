import { pairedRatio } from './measure.ts';

/** What a figure is held against (design: performance.md, "The bar"). */
export type Goal = { readonly atLeast: number } | { readonly atMost: number };

export type Unit = 'x' | '%' | 'ms' | 'µs' | 'KiB' | 'MiB' | 't';

/** One figure against one other side. */
export interface Comparison {
  readonly against: string;
  readonly figure: number;
  readonly unit: Unit;
  readonly goal: Goal;
  readonly met: boolean;
  /** The quartiles of the figure over the rounds of this run. */
  readonly spread?: readonly [number, number];
}

/** What a benchmark returns. A comparison that could not be made is a note, never a guess. */
export interface Outcome {
  readonly comparisons: readonly Comparison[];
  /** How it was measured, in a sentence or two. */
  readonly method: string;
  /** What the ratios were made of, and what else is worth knowing, with the unit in the key. */
  readonly details: Readonly<Record<string, number | string>>;
  readonly notes: readonly string[];
}

export const isMet = (figure: number, goal: Goal): boolean =>
  'atLeast' in goal ? figure >= goal.atLeast : figure <= goal.atMost;

/** A goal on one number. */
export function against(name: string, figure: number, unit: Unit, goal: Goal): Comparison {
  return { against: name, figure, unit, goal, met: isMet(figure, goal) };
}

/** A goal on `numerators / denominators`, measured in turn. */
export function ratioAgainst(
  name: string,
  numerators: readonly number[],
  denominators: readonly number[],
  goal: Goal,
): Comparison {
  const { median, quartiles } = pairedRatio(numerators, denominators);
  return { against: name, figure: median, unit: 'x', goal, met: isMet(median, goal), spread: quartiles };
}

/** The comparison that is furthest from its goal (or least beyond it) speaks for the whole. */
export function limiting(comparisons: readonly Comparison[]): Comparison | undefined {
  const margin = ({ figure, goal }: Comparison) =>
    'atLeast' in goal ? figure / goal.atLeast : goal.atMost / Math.max(figure, Number.MIN_VALUE);
  return comparisons.toSorted((a, b) => margin(a) - margin(b))[0];
}
