/** One measurement of one side: CPU microseconds for one operation, averaged over a batch. */
export type Sample = () => Promise<number> | number;

export interface Effort {
  /** No more rounds than this. */
  readonly rounds: number;
  /** No new round once this much wall time has gone by, so that a busy machine makes a run coarser and not longer. */
  readonly budgetMs: number;
}

const fewestRounds = 2;

/** A/B/A/B: every side once in each round, in the same order, until the rounds or the budget are used up. */
export async function interleave<Side extends string>(
  sides: Readonly<Record<Side, Sample>>,
  effort: Effort,
): Promise<Readonly<Record<Side, readonly number[]>>> {
  const names = Object.keys(sides) as Side[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Side, number[]>;
  const deadline = performance.now() + effort.budgetMs;
  for (let round = 0; round < effort.rounds; round++) {
    if (round >= fewestRounds && performance.now() > deadline) {
      break;
    }
    for (const name of names) {
      samples[name].push(await sides[name]());
    }
  }
  return samples;
}
