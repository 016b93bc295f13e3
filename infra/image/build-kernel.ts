import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { CannotBuild } from '../build/cannot-build.ts';
import { buildKernel, kernelKey, toolchain } from './kernel.ts';

/* `npm run build:kernel [-- --inputs DIR]`: the kernel of the measured image, into the cache. */

const { values } = parseArgs({ options: { inputs: { type: 'string' } } });
try {
  const tools = toolchain();
  for (const tool of tools) console.error(`with ${tool}`);
  const kernel = buildKernel({ inputs: values.inputs, say: (line) => console.error(`${line} ...`) });
  const sha256 = createHash('sha256').update(kernel).digest('hex');
  console.log(`${sha256}  bzImage  ${kernel.length} bytes (cache ${kernelKey(tools).slice(0, 16)})`);
} catch (error) {
  if (!(error instanceof CannotBuild)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
