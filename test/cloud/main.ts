import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startVitest } from 'vitest/node';
import { CountingReporter } from '../support/reporter.ts';
import { hasCloud, installCloud } from './venv.ts';

/*
 * `npm run test:cloud`: installs the emulators of AWS if they are not there, and deploys to them. `-- --install` stops after the
 * first of these.
 */

async function main(words: readonly string[]): Promise<number> {
  await installCloud((line) => console.log(line));
  if (!hasCloud()) throw new Error('the emulators of AWS were installed, and are not there');
  if (words.includes('--install')) return 0;
  const folders = ['test/cdk', 'test/cloud'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => join(folder, name)),
  );
  const vitest = await startVitest('test', folders, { run: true, watch: false, reporters: [new CountingReporter()] });
  await vitest.close();
  return process.exitCode === undefined || process.exitCode === 0 ? 0 : 1;
}

process.chdir(join(import.meta.dirname, '../..'));
process.exitCode = await main(process.argv.slice(2));
