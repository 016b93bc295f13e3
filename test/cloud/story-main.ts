import { join } from 'node:path';
import { startVitest } from 'vitest/node';
import { CountingReporter } from '../support/reporter.ts';

/* `npm run test:story`: minutes on a machine that has nothing else to do, so that it is no part of `npm test`. */

process.chdir(join(import.meta.dirname, '../..'));
const vitest = await startVitest('test', [], {
  run: true,
  watch: false,
  include: ['test/cloud/*.story.ts'],
  testTimeout: 3_600_000,
  reporters: [new CountingReporter()],
});
await vitest.close();
