import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runSuite } from '../support/suite.ts';
import { suiteWords } from '../support/suite-words.ts';
import { buildEngine, builtEngine } from './build-engine.ts';

const usage = {
  command: 'npm run test:pulumi',
  about: `Builds the engine of Pulumi if the cache has none (ten minutes, once), and runs the program on it against stand-ins of both
clouds: a quarter of an hour. PINATA_PULUMI_PLUGINS is a folder with the clouds' own plugins, which are stand-ins without.
Exit status 3: not tested, since there is no engine.`,
  options: {
    '--if-built': 'builds no engine',
    '--sample': 'the life of a deployment alone, as CI runs it',
  },
};

const notTested = 3;

async function main(argv: readonly string[]): Promise<number> {
  const asked = suiteWords(usage, argv);
  if (typeof asked === 'number') return asked;
  const isBuilt = existsSync(join(builtEngine(), 'bin', 'pulumi'));
  const why = isBuilt
    ? undefined
    : asked.has('--if-built')
      ? 'the cache has none, and building one takes ten minutes: `npm run test:pulumi` does it'
      : buildEngine((line) => console.error(line));
  if (why !== undefined) {
    console.error(`NOT TESTED: the program was not run on a real engine of Pulumi: ${why}`);
    return notTested;
  }
  return runSuite({
    words: asked.has('--sample') ? ['life.pulumi.ts'] : asked.words,
    include: ['test/vps/*.pulumi.ts'],
    milliseconds: 3_600_000,
    atOnce: 2,
  });
}

process.exitCode = await main(process.argv.slice(2));
