import { defineConfig } from 'vitest/config';
import { CountingReporter } from './test/support/reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Paid only by what hangs: the slowest tests take most of a minute, and several on a machine that is busy.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
    // With protection keys V8 now and then ends a process ("Check failed: jit_page.has_value()", nodejs/node#64500).
    execArgv: ['--no-memory-protection-keys'],
    reporters: [new CountingReporter()],
  },
});
