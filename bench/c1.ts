import { type Benchmark, batch } from './benchmark.ts';
import { outcomeOf } from './child.ts';
import { against } from './figure.ts';
import { median, quantile } from './measure.ts';
import type { VerdictSamples } from './tasks/verdict.ts';

const transactions = 10_000;

/** What became of the coins, of an address that somebody has filled with dust. */
export const c1: Benchmark = {
  id: 'C1',
  title: 'verdict over an address of 10 000 transactions: CPU time',
  async run(run) {
    const script = new URL('./tasks/verdict.ts', import.meta.url);
    const { verdicts } = await outcomeOf<VerdictSamples>(script, [String(transactions), String(batch(run, 100))]);
    return {
      comparisons: [against('at the median', median(verdicts), 'ms', { atMost: 50 })],
      method:
        'CPU time of the process, all its threads, for one verdict from what two sources say of an address with 10 000 ' +
        'transactions, a tenth of them spends: comparison, spends, funds, donations. Nothing is kept from one to the next.',
      details: {
        'the first, before anything is compiled, ms': Number((verdicts[0] ?? 0).toFixed(1)),
        'upper decile, ms': Number(quantile(verdicts, 0.9).toFixed(1)),
      },
      notes: [],
    };
  },
};
