import type { Benchmark } from './benchmark.ts';
import { outcomeOf } from './child.ts';
import { against } from './figure.ts';
import { median } from './measure.ts';
import type { ReplaySamples } from './tasks/replay.ts';

/** A corpus of attempts, replayed by one core: a thousand failed ones a second. */
export const r1: Benchmark = {
  id: 'R1',
  title: 'replay of a failed attempt: CPU time',
  async run({ quick }) {
    const script = new URL('./tasks/replay.ts', import.meta.url);
    const { population, shares, byCategory } = await outcomeOf<ReplaySamples>(script, [quick ? '1' : '9']);
    const mean = median(population);
    return {
      comparisons: [against('of the population', mean, 'µs', { atMost: 1000 })],
      method:
        'CPU time of one thread to replay a recorded attempt, through decoding, state machine, path validation and ' +
        'signatures; failed attempts in the proportions that the article of 2015 gives, recorded from a live service.',
      details: {
        'attempts replayed a second a core': Math.round(1e6 / mean),
        ...Object.fromEntries(
          Object.entries(byCategory).map(([category, spent]) => [
            `${category} (${percent(shares, category)} %), CPU µs`,
            Math.round(spent),
          ]),
        ),
      },
      notes: [],
    };
  },
};

function percent(shares: ReplaySamples['shares'], category: string): string {
  const share = Object.entries(shares).find(([key]) => key === category)?.[1] ?? 0;
  return (share * 100).toFixed(1);
}
