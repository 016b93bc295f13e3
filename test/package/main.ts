import { join } from 'node:path';
import { runSuite } from '../support/suite.ts';
import { suiteWords } from '../support/suite-words.ts';

const usage = {
  command: 'npm run test:package',
  about: `Makes the package that \`npm publish\` takes, puts it into a registry on loopback, lets npm install it from there, and uses it as a
stranger would: two minutes, and npm's own registry for what it depends on.`,
  options: {},
};

async function main(argv: readonly string[]): Promise<number> {
  const asked = suiteWords(usage, argv);
  if (typeof asked === 'number') return asked;
  return runSuite({ words: asked.words, include: ['test/package/*.npx.ts'], milliseconds: 900_000, atOnce: 1 });
}

process.chdir(join(import.meta.dirname, '../..'));
process.exitCode = await main(process.argv.slice(2));
