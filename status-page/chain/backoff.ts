import type { SourceFailure } from './facts.ts';

/** Seconds between looks at a source that answers. Explorers keep answers for ten seconds or more themselves. */
export const lookEvery = 60;
/** Seconds for which what a source said of the address holds, if its tip stays and nobody says otherwise. */
export const addressFresh = 120;

const first = 30;
const longest = 1800;

/**
 * Seconds until a source is asked again after so many failures in a row: doubling, and between half and all of it by
 * `random` (0 to 1), so that those who were refused together do not come back together. What the server asks for is obeyed up
 * to an hour. Answers that a block
 * tore apart are asked for again soon, and our own limit is no fault of the source.
 */
export function waitAfter(failure: SourceFailure, failures: number, random: number): number {
  if (failure.reason === 'torn' && failures < 3) return 5;
  if (failure.reason === 'allowance') return addressFresh;
  const limit = Math.min(longest, first * 2 ** Math.min(failures - 1, 10));
  const own = limit * (0.5 + 0.5 * random);
  return Math.ceil(Math.max(own, Math.min(failure.retryAfter ?? 0, 3600)));
}
