import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../../infra/build/bundle.ts';
import { runtime } from '../../infra/build/runtime.ts';
import { sha256 } from '../../infra/build/sha256.ts';
import { imageInitramfs } from '../../infra/image/image.ts';
import { gatherPackages } from '../../infra/image/inputs.ts';
import { buildKernel } from '../../infra/image/kernel.ts';
import { elsewhere, runElsewhere } from '../build/elsewhere.ts';
import { suiteWords } from '../support/suite-words.ts';

const asked = suiteWords(
  {
    command: 'npm run test:kernel',
    about: `The kernel and the one-file kernel, here (from the cache, if they are there) and from nothing in other surroundings: another
folder of another depth, user, umask, host name, home, time zone, language and year. A quarter of an hour of a processor.
Exit status 1: they are not the same.`,
    options: {},
  },
  process.argv.slice(2),
);
if (typeof asked === 'number') process.exit(asked);

const say = (line: string): void => console.error(`${line} ...`);
const folder = mkdtempSync(join(tmpdir(), 'pinata-kernel-'));
chmodSync(folder, 0o755);
const [inputs, initramfs] = [join(folder, 'inputs'), join(folder, 'initramfs')];

/** Around a program that is none: what is linked in is the same for both, and other tests hold it against another's. */
function standIn(): Uint8Array {
  const program = new TextEncoder().encode('// no program\n');
  return imageInitramfs({ bundle: program, node: runtime(repository).bytes, version: '0.0.0-test', level: 1 });
}

const script = (root: string): readonly string[] => [
  '--input-type=module-typescript',
  '--eval',
  `import { readFileSync, writeFileSync } from 'node:fs';
   import { join } from 'node:path';
   import { buildKernel } from ${JSON.stringify(join(root, 'infra/image/kernel.ts'))};
   const [inputs, initramfs, out] = process.argv.slice(1);
   writeFileSync(join(out, 'kernel'), buildKernel({ inputs }));
   writeFileSync(join(out, 'one-file'), buildKernel({ inputs, initramfs: readFileSync(initramfs) }));`,
];

const place = elsewhere();
try {
  gatherPackages(inputs, undefined);
  writeFileSync(initramfs, standIn());
  for (const path of [inputs, initramfs, ...readdirSync(inputs).map((name) => join(inputs, name))])
    chmodSync(path, 0o755);
  const here = {
    kernel: buildKernel({ say: (line) => say(`here: ${line}`) }),
    'one-file': buildKernel({ initramfs: readFileSync(initramfs), say: (line) => say(`here, in one file: ${line}`) }),
  };
  say('elsewhere: both, from nothing');
  const [out, cache] = [join(place.top, 'out'), join(place.top, 'cache', 'of', 'another', 'depth')];
  runElsewhere(place, 'faketime', [...script(place.root), inputs, initramfs, out], {
    writable: [out, join(place.top, 'cache')],
    environment: { PINATA_CACHE: cache },
  });
  for (const [name, bytes] of Object.entries(here)) {
    const there = readFileSync(join(out, name));
    const same = Buffer.compare(bytes, there) === 0;
    console.log(
      `${same ? 'same   ' : 'DIFFERS'}  ${sha256(bytes)}  ${name}${same ? '' : `, elsewhere ${sha256(there)}`}`,
    );
    if (!same) process.exitCode = 1;
  }
} finally {
  place.dispose();
  rmSync(folder, { recursive: true, force: true });
}
