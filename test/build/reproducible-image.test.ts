import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../infra/build/sha256.ts';
import { cacheFolder } from '../../infra/image/inputs.ts';
import { sharedLibraries, systemdStub } from '../../infra/image/libraries.ts';
import { tinyPe } from '../image/tiny-pe.ts';
import { required } from '../support/required.ts';
import { elsewhere, repository, runElsewhere } from './elsewhere.ts';

/** Undefined where all are in the cache, or could be brought there. */
function withoutPackages(): string | undefined {
  try {
    sharedLibraries(undefined);
    systemdStub(undefined);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const isPc = process.platform === 'linux' && process.arch === 'x64';
const pc = required.condition('linux-x64', isPc, 'run the tests on a PC with Linux: an image is made of its Node');
const faketime = required.tool('faketime');
const fault = isPc ? withoutPackages() : 'there is no image for this machine';
const packages = required.obtainable('packages of Debian, pinned', fault === undefined, fault ?? '');
const files = ['initramfs', 'uki', 'expected'] as const;

/**
 * The image of the sources in `root`, written to a folder. It is compressed less than that of a release, and its kernel is no
 * kernel: an image is put together in the same way around any (of the real one, docs/image.md says what was compared).
 */
const script = (root: string): readonly string[] => [
  '--input-type=module-typescript',
  '--eval',
  `import { writeFileSync, readFileSync } from 'node:fs';
   import { join } from 'node:path';
   import { bundle } from ${JSON.stringify(join(root, 'infra/build/bundle.ts'))};
   import { runtime } from ${JSON.stringify(join(root, 'infra/build/runtime.ts'))};
   import { unifiedImageOf } from ${JSON.stringify(join(root, 'infra/image/image.ts'))};
   const [kernel, inputs, out] = process.argv.slice(1);
   const image = unifiedImageOf(readFileSync(kernel), {
     bundle: (await bundle()).bytes,
     node: runtime(${JSON.stringify(root)}).bytes,
     version: '0.0.0-test',
     level: 1,
     inputs,
   });
   writeFileSync(join(out, 'initramfs'), image.initramfs);
   writeFileSync(join(out, 'uki'), image.file);
   writeFileSync(join(out, 'expected'), JSON.stringify(image.expected));`,
];

describe.skipIf(pc.missing || faketime.missing || packages.missing)('an image made here and one made elsewhere', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-imaged-'));
  const place = elsewhere();
  const [here, there, kernel] = [join(folder, 'here'), join(folder, 'there'), join(folder, 'kernel')];
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    place.dispose();
  });

  beforeAll(() => {
    chmodSync(folder, 0o755);
    writeFileSync(kernel, tinyPe());
    // Whoever runs the other may not look into a home: the packages are where both can read them.
    const inputs = join(folder, 'inputs');
    mkdirSync(inputs);
    const cached = join(cacheFolder(), 'inputs');
    for (const name of readdirSync(cached).filter((file) => /^(?:lib|systemd-boot).*\.deb$/.test(file)))
      writeFileSync(join(inputs, name), readFileSync(join(cached, name)));
    // A cache of its own for each, and nothing in it: what one packed, the other packs again.
    mkdirSync(here);
    execFileSync(process.execPath, [...script(repository), kernel, inputs, here], {
      cwd: repository,
      stdio: 'pipe',
      env: { ...process.env, PINATA_CACHE: join(here, 'cache') },
    });
    runElsewhere(place, faketime.path, [...script(place.root), kernel, inputs, there], {
      writable: [there],
      environment: { PINATA_CACHE: join(there, 'cache') },
    });
  });

  test.each(files)('%s has the same bytes', (name) => {
    const [one, other] = [readFileSync(join(here, name)), readFileSync(join(there, name))];
    expect(one.length).toBeGreaterThan(100);
    expect(sha256(other)).toBe(sha256(one));
  });

  test('each was packed for itself', () => {
    const packed = (made: string): readonly string[] => readdirSync(join(made, 'cache', 'compressed'));
    expect(packed(here)).toHaveLength(1);
    expect(packed(there)).toEqual(packed(here));
  });
});
