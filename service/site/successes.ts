import type { AttemptHead } from '../trace/index.ts';
import type { SiteView } from './view.ts';

/** How many of the latest of each kind are named. */
const newest = 10;

export interface Successes {
  /** In the whole life of the archive. */
  readonly counts: { readonly breaches: number; readonly shortCircuits: number; readonly test: number };
  readonly breaches: readonly AttemptHead[];
  readonly shortCircuits: readonly AttemptHead[];
  readonly test: readonly AttemptHead[];
}

/** What ended with the bait going out, by what it was (design §4.2). */
export function successes({ archive }: SiteView): Successes {
  const { byCategory } = archive.summary();
  const latest = (category: 'breach' | 'success.short_circuit' | 'success.test'): readonly AttemptHead[] =>
    archive.newest({ category, limit: newest });
  return {
    counts: {
      breaches: byCategory['breach'] ?? 0,
      shortCircuits: byCategory['success.short_circuit'] ?? 0,
      test: byCategory['success.test'] ?? 0,
    },
    breaches: latest('breach'),
    shortCircuits: latest('success.short_circuit'),
    test: latest('success.test'),
  };
}
