import { join } from 'node:path';
import { runSuite } from '../support/suite.ts';

/* `npm run test:story`: minutes on a machine that has nothing else to do, so that it is no part of `npm test`. */

process.chdir(join(import.meta.dirname, '../..'));
process.exitCode = await runSuite({
  words: process.argv.slice(2),
  include: ['test/cloud/*.story.ts'],
  milliseconds: 3_600_000,
  atOnce: 1,
});
