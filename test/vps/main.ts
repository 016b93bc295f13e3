import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startVitest } from 'vitest/node';
import { repository } from '../../infra/build/bundle.ts';
import { CountingReporter } from '../support/reporter.ts';
import { buildEngine, builtEngine } from './build-engine.ts';

/*
 * `npm run test:pulumi`: builds the engine of Pulumi if the cache has none, and runs the program on it against stand-ins of
 * both clouds. `-- --if-built` does not build; a word picks the files that have it in their names. Exit status 3: not tested,
 * since there is no engine.
 */

const notTested = 3;

async function main(words: readonly string[]): Promise<number> {
  const isBuilt = existsSync(join(builtEngine(), 'bin', 'pulumi'));
  const why = isBuilt
    ? undefined
    : words.includes('--if-built')
      ? 'the cache has none, and building one takes ten minutes: `npm run test:pulumi` does it'
      : buildEngine((line) => console.error(line));
  if (why !== undefined) {
    console.error(`NOT TESTED: the program was not run on a real engine of Pulumi: ${why}`);
    return notTested;
  }
  const run = await startVitest(
    'test',
    words.filter((word) => !word.startsWith('--')),
    {
      config: false,
      root: repository,
      watch: false,
      include: ['test/vps/*.pulumi.ts'],
      testTimeout: 600_000,
      hookTimeout: 600_000,
      maxWorkers: 1,
      reporters: [new CountingReporter()],
    },
  );
  const failed = run.state.getCountOfFailedTests() > 0 || run.state.getUnhandledErrors().length > 0;
  const passed = run.state.getTestModules().every((module) => module.ok());
  await run.close();
  return failed || !passed ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
