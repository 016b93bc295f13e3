import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { CannotBuild } from '../build/cannot-build.ts';
import { buildKernel, kernelKey, toolchain } from './kernel.ts';

const usage = `npm run build:kernel [-- --inputs DIR]
The kernel of the measured image, into the cache (PINATA_CACHE): eight minutes of a processor, and 2 GB of disk.

  --inputs DIR   where Debian's packages are looked for first, each known by its SHA-256`;

const values = parsed();
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

function parsed() {
  try {
    const { values: found } = parseArgs({
      options: { inputs: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (found.help !== true) return found;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`npm run build:kernel: ${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exit(2);
  }
}
