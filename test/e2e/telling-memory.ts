import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/*
 * Preloaded into the service by a test (`node --import`): on SIGUSR2 it says on standard error what the process holds once
 * all that can be is collected. The service has no such door of its own, and refuses --expose-gc on its command line.
 */

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

async function tell(): Promise<void> {
  for (let i = 0; i < 4; i += 1) {
    collect();
    // What the closing of handles lets go is garbage one turn of the loop later.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo().length;
  process.stderr.write(`holds ${JSON.stringify({ bytes: heapUsed + external, resources })}\n`);
}

process.on('SIGUSR2', () => void tell());
