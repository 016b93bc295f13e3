import { join } from 'node:path';
import { runSuite } from '../support/suite.ts';
import { suiteWords } from '../support/suite-words.ts';

const usage = {
  command: 'npm run test:story',
  about: `Whole lives of deployments on an emulated AWS (docs/deploy.md): minutes each, on a machine that has nothing else to do. What is
missing for one of them is said at the end.`,
  options: { '--sample': 'one life, on EC2, as CI lives it' },
};

async function main(argv: readonly string[]): Promise<number> {
  const asked = suiteWords(usage, argv);
  if (typeof asked === 'number') return asked;
  return runSuite({
    words: asked.has('--sample') ? ['life-on-ec2'] : asked.words,
    include: ['test/cloud/*.story.ts'],
    milliseconds: 3_600_000,
    atOnce: 1,
  });
}

process.chdir(join(import.meta.dirname, '../..'));
process.exitCode = await main(process.argv.slice(2));
