import { defineConfig } from 'vitest/config';
import { CountingReporter } from '../support/reporter.ts';

/** `npm run test:story`: minutes on a machine that has nothing else to do, so that it is no part of `npm test`. */
export default defineConfig({
  test: { include: ['test/cloud/*.story.ts'], testTimeout: 3_600_000, reporters: [new CountingReporter()] },
});
