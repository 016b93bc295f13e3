import type { Child } from './child.ts';
import type { Credentials } from './credentials.ts';
import type { Outcome } from './figure.ts';
import type { Effort, Sample } from './interleave.ts';
import { repeat } from './load.ts';

/** What each benchmark is given. */
export interface Run {
  readonly credentials: Credentials;
  /** Where child processes read the same credentials. */
  readonly credentialsPath: string;
  /** A quick run shows that the benchmark works; its figures are too coarse to be kept. */
  readonly quick: boolean;
}

export interface Benchmark {
  readonly id: string;
  readonly title: string;
  run(run: Run): Promise<Outcome>;
}

/** `rounds` within `budgetMs`, or the fewest that give a figure at all. */
export const effort = ({ quick }: Run, rounds: number, budgetMs: number): Effort =>
  quick ? { rounds: 2, budgetMs: 1000 } : { rounds, budgetMs };

/** The size of a batch, or a tenth of it. */
export const batch = ({ quick }: Run, count: number): number => (quick ? Math.ceil(count / 10) : count);

export const serverScript = (name: string): URL => new URL(`./server/${name}.ts`, import.meta.url);

/**
 * CPU microseconds of a server per operation that the parent puts to it. Kernels count CPU time in ticks of some
 * milliseconds: `count` operations should take a hundred of them or more.
 */
export const cpuPer =
  (child: Child, count: number, operation: () => Promise<void>): Sample =>
  async () => {
    const before = await child.cpu();
    await repeat(count, operation);
    return ((await child.cpu()) - before) / count;
  };
