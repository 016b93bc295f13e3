import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startVitest } from 'vitest/node';
import { CountingReporter } from '../support/reporter.ts';
import { suiteWords } from '../support/suite-words.ts';
import { hasCloud, installCloud } from './venv.ts';

const usage = {
  command: 'npm run test:cloud',
  about: `Installs the emulators of AWS (Python) if they are not there, and deploys to them. Some minutes.`,
  options: { '--install': 'stops when they are there' },
};

async function main(argv: readonly string[]): Promise<number> {
  const asked = suiteWords(usage, argv);
  if (typeof asked === 'number') return asked;
  await installCloud((line) => console.log(line));
  if (!hasCloud()) throw new Error('the emulators of AWS were installed, and are not there');
  if (asked.has('--install')) return 0;
  const folders = ['test/cdk', 'test/cloud'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => join(folder, name))
      .filter((path) => asked.words.length === 0 || asked.words.some((word) => path.includes(word))),
  );
  const vitest = await startVitest('test', folders, { run: true, watch: false, reporters: [new CountingReporter()] });
  await vitest.close();
  return process.exitCode === undefined || process.exitCode === 0 ? 0 : 1;
}

process.chdir(join(import.meta.dirname, '../..'));
process.exitCode = await main(process.argv.slice(2));
