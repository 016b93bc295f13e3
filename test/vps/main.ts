import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runSuite } from '../support/suite.ts';
import { buildEngine, builtEngine } from './build-engine.ts';

/*
 * `npm run test:pulumi`: builds the engine of Pulumi if the cache has none, and runs the program on it against stand-ins of
 * both clouds. `-- --if-built` does not build; `--sample` is the life of a deployment alone, as CI runs it; a word picks the
 * files that have it in their names. PINATA_PULUMI_PLUGINS is a folder with the clouds' own plugins, which are stand-ins without.
 * Exit status 3: not tested, since there is no engine.
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
  return runSuite({
    words: words.includes('--sample') ? ['life.pulumi.ts'] : words.filter((word) => !word.startsWith('--')),
    include: ['test/vps/*.pulumi.ts'],
    milliseconds: 3_600_000,
    atOnce: 2,
  });
}

process.exitCode = await main(process.argv.slice(2));
