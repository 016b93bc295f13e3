import { join } from 'node:path';
import { runSuite } from '../support/suite.ts';

/* `npm run test:package`: makes the package, publishes it in a registry of its own, and lets npm install it from there. */

process.chdir(join(import.meta.dirname, '../..'));
process.exitCode = await runSuite({
  words: process.argv.slice(2),
  include: ['test/package/*.npx.ts'],
  milliseconds: 900_000,
  atOnce: 1,
});
