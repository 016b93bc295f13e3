import { join } from 'node:path';
import { runSuite } from '../support/suite.ts';

/*
 * `npm run test:story`: minutes on a machine that has nothing else to do, so that it is no part of `npm test`. A word picks the
 * files that have it in their names; `-- --sample` lives one life, on EC2, as CI does.
 */

const words = process.argv.slice(2);
process.chdir(join(import.meta.dirname, '../..'));
process.exitCode = await runSuite({
  words: words.includes('--sample') ? ['life-on-ec2'] : words,
  include: ['test/cloud/*.story.ts'],
  milliseconds: 3_600_000,
  atOnce: 1,
});
