import { resolve } from 'node:path';
import { startVitest } from 'vitest/node';
import { CountingReporter } from './reporter.ts';

export interface Suite {
  /** Which files there are, from the root of the repository. */
  readonly include: readonly string[];
  /** A test of it is given up on after so long. */
  readonly milliseconds: number;
  readonly atOnce: number;
  /** Picks the files that have one of these in their names; all of them without. */
  readonly words: readonly string[];
}

/** Runs what is too long, or needs too much, for `npm test`. The exit status: 1 where a test failed, or none was found. */
export async function runSuite({ include, milliseconds, atOnce, words }: Suite): Promise<number> {
  const run = await startVitest('test', [...words], {
    config: false,
    root: resolve(import.meta.dirname, '../..'),
    watch: false,
    include: [...include],
    testTimeout: milliseconds,
    hookTimeout: milliseconds,
    maxWorkers: atOnce,
    reporters: [new CountingReporter()],
  });
  const modules = run.state.getTestModules();
  const failed = run.state.getCountOfFailedTests() > 0 || run.state.getUnhandledErrors().length > 0;
  const passed = modules.length > 0 && modules.every((module) => module.ok());
  await run.close();
  // The reporter has found a test that may not be skipped.
  const isRefused = process.exitCode === 1;
  return failed || !passed || isRefused ? 1 : 0;
}
