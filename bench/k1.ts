import { type Benchmark, batch } from './benchmark.ts';
import { outcomeOf } from './child.ts';
import { against } from './figure.ts';
import type { Leakage } from './tasks/constant-time.ts';

/** Nothing that is proven, and a warning where the source says one thing and the compiler another. */
export const k1: Benchmark = {
  id: 'K1',
  title: "time under one secret against time under random secrets, Welch's t",
  async run(run) {
    const script = new URL('./tasks/constant-time.ts', import.meta.url);
    const subjects = await outcomeOf<readonly Leakage[]>(script, [String(batch(run, 50_000))]);
    const ours = subjects.filter(({ control }) => !control);
    return {
      comparisons: ours.map(({ name, t }) => against(name, t, 't', { atMost: 4.5 })),
      method:
        "Dudect's: single operations on our own arithmetic, in random order under a fixed secret of few bits and under random " +
        'ones; the largest |t| of all of them and of the fastest 99 to 30 %. Above 4.5 times probably differ, above 10 they do.',
      details: Object.fromEntries(
        subjects.flatMap(({ name, t, microseconds, samples, control }) => [
          [`${name}, median µs of ${samples}`, Math.round(microseconds * 10) / 10],
          ...(control ? [[`${name}, |t|`, Math.round(t * 10) / 10] as const] : []),
        ]),
      ),
      notes: [],
    };
  },
};
