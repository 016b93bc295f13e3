import { quantile } from './measure.ts';

/* Whether two classes of inputs take the same time: O. Reparaz, J. Balasch, I. Verbauwhede, "Dude, is my code constant time?", 2017. */

/** Welch's t: by how many standard errors the means differ. */
export function welch(first: readonly number[], second: readonly number[]): number {
  const [a, b] = [moments(first), moments(second)];
  const error = Math.sqrt(a.variance / a.count + b.variance / b.count);
  return error === 0 ? 0 : (a.mean - b.mean) / error;
}

function moments(values: readonly number[]): { count: number; mean: number; variance: number } {
  const count = values.length;
  if (count < 2) throw new Error(`${count} times were measured of a class of inputs: two are the fewest that vary`);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { count, mean, variance };
}

/** What is slower than this share of all was interrupted, for the most part; with 1, nothing is left out. */
const CROPS = [1, 0.99, 0.95, 0.9, 0.8, 0.7, 0.5, 0.3] as const;

/** The largest |t| of all crops that leave both classes. Above 4.5 the classes probably differ, above 10 they do. */
export function leakage(first: readonly number[], second: readonly number[]): number {
  const all = [...first, ...second];
  const values = CROPS.map((crop) => {
    const limit = quantile(all, crop);
    const [a, b] = [first, second].map((times) => times.filter((time) => time <= limit));
    return a === undefined || b === undefined || Math.min(a.length, b.length) < 2 ? 0 : Math.abs(welch(a, b));
  });
  return Math.max(...values);
}
