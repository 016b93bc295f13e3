import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/*
 * Loaded before the code of every measured process (`--import`): answers the questions of child.ts over IPC, so that the
 * code under measurement is the code as it ships, without a line for the benchmark in it.
 */
process.on('message', (question) => {
  if (question === 'cpu') {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  }
  if (question === 'memory') {
    collectGarbage();
    collectGarbage();
    process.send?.(process.memoryUsage.rss());
  }
});

// Whoever was to stop this process is gone: nothing of a benchmark outlives it.
process.on('disconnect', () => process.exit());

/** `--expose-gc` after the fact: the bounty refuses to start with that flag. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') {
    throw new Error('this Node does not let its garbage collector be called: memory cannot be measured');
  }
  collect();
}
