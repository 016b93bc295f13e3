import { Unstartable } from './unstartable.ts';

/** `length` bytes of the kernel's generator, in a buffer of their own. */
export function entropy(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

/**
 * Fail-hard at start: a generator that repeats itself, or gives one value, is the end of every key made from it. It is no
 * test of quality, which only the kernel can answer for (features.md H2).
 */
export function assertEntropy(draw: (length: number) => Uint8Array = entropy): void {
  const drawn = Array.from({ length: 4 }, () => draw(64));
  const distinct = new Set(drawn.map((bytes) => bytes.join()));
  const values = new Set(drawn.flatMap((bytes) => [...bytes]));
  // 256 fair bytes hold 162 values on average; fewer than 100 come about less than once in 10^30 draws.
  if (distinct.size !== drawn.length || values.size < 100) {
    throw new Unstartable('the random number generator of this system repeats itself: no key can be made');
  }
  for (const bytes of drawn) bytes.fill(0);
}
