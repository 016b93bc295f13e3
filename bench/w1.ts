import { type Benchmark, batch } from './benchmark.ts';
import { outcomeOf } from './child.ts';
import { against } from './figure.ts';
import { median } from './measure.ts';
import type { ChallengeSamples } from './tasks/challenges.ts';

/** What a flood of challenges costs: one signature a second, and a tree over all who wait. */
export const w1: Benchmark = {
  id: 'W1',
  title: 'ownership proofs: CPU time of 1000 challenges under one signature',
  async run(run) {
    const script = new URL('./tasks/challenges.ts', import.meta.url);
    const { classic, vault, signature, found } = await outcomeOf<ChallengeSamples>(script, [String(batch(run, 50))]);
    const goal = { atMost: 100 };
    return {
      comparisons: [
        against('classic', median(classic) / 1000, 'ms', goal),
        against('vault', median(vault) / 1000, 'ms', goal),
      ],
      method:
        'CPU time of one thread to take 1000 challenges, hash the tree over them, and sign one statement; the median of the ' +
        'rounds of a process of its own.',
      details: {
        'of it the statement and its signature, µs': Math.round(median(signature)),
        'an answer with its path, µs': Math.round(median(found)),
      },
      notes: [],
    };
  },
};
