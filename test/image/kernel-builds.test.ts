import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { required } from '../support/required.ts';

/* Several builds of the kernel in one cache, with a make that copies its configuration and says who was there. */

const linux = required.condition('Linux', process.platform === 'linux', 'run the tests on Linux');
const image = resolve(import.meta.dirname, '../../infra/image');

/** Takes its time in small steps; fails where another is at it. `begun` tells whoever waits for that. */
const make = (folder: string): string => `#!/bin/sh
for word in "$@"; do case "$word" in O=*) out="\${word#O=}";; esac; target="$word"; done
mkdir "$out/busy" || exit 1
echo "$target" >>'${folder}/made'
if [ "$target" = allnoconfig ]; then cp "$KCONFIG_ALLCONFIG" "$out/.config"; fi
while [ -e '${folder}/hold' ]; do sleep 0.05; done
if [ "$target" = bzImage ]; then
  mkdir -p "$out/arch/x86/boot"
  cat "$out/.config" "$out/initramfs.cpio.zst" >"$out/arch/x86/boot/bzImage" 2>/dev/null
fi
rmdir "$out/busy"
`;

function scene() {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-kernels-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [tools, cache] = [join(folder, 'tools'), join(folder, 'cache')];
  for (const made of [tools, cache]) mkdirSync(made);
  const program = (name: string, text: string): void => {
    writeFileSync(join(tools, name), text);
    chmodSync(join(tools, name), 0o755);
  };
  for (const name of ['gcc', 'ld', 'zstd']) program(name, `#!/bin/sh\necho ${name} of the test\n`);
  program('make', make(folder));
  const environment = { PATH: `${tools}:${process.env['PATH'] ?? ''}`, PINATA_CACHE: cache };
  const script = (text: string): readonly string[] => [
    '--input-type=module-typescript',
    '--eval',
    `import { buildKernel, kernelKey } from ${JSON.stringify(join(image, 'kernel.ts'))};
     const say = (line) => console.error(line);
     ${text}`,
  ];
  const node = async (text: string): Promise<string> =>
    (await promisify(execFile)(process.execPath, script(text), { env: environment })).stdout;
  const hold = join(folder, 'hold');
  return {
    node,
    start: (text: string) =>
      spawn(process.execPath, script(text), { env: environment, stdio: ['ignore', 'pipe', 'pipe'] }),
    /** The source lies there unpacked. */
    unpacked: async () => {
      const key = await node('process.stdout.write(kernelKey())');
      mkdirSync(join(cache, `kernel-${key.slice(0, 16)}`, 'linux-source-6.1'), { recursive: true });
    },
    hold: () => writeFileSync(hold, ''),
    release: () => rmSync(hold),
    made: () => (existsSync(join(folder, 'made')) ? readFileSync(join(folder, 'made'), 'utf8').trim().split('\n') : []),
  };
}

const build = (initramfs?: string): string =>
  `process.stdout.write(buildKernel({ say${initramfs === undefined ? '' : `, initramfs: Buffer.from('${initramfs}')`} }));`;

describe.skipIf(linux.missing)('builds of one kernel', () => {
  test('are one build, whoever asks for it at the same time', async () => {
    const { node, unpacked, made } = scene();
    await unpacked();
    const [one, other, third] = await Promise.all([node(build()), node(build()), node(build())]);
    expect(one).toContain('CONFIG_');
    expect([other, third]).toEqual([one, one]);
    expect(made()).toEqual(['allnoconfig', 'bzImage']);
  });

  test('with another initramfs each: one after the other, and each has its own', async () => {
    const { node, unpacked } = scene();
    await unpacked();
    const names = ['first', 'second', 'third'];
    const kernels = await Promise.all(names.map((name) => node(build(name))));
    expect(kernels.map((kernel) => names.filter((name) => kernel.endsWith(name)))).toEqual(names.map((name) => [name]));
  });

  test('one that was killed is in nobody’s way once its make has ended', async () => {
    const { start, unpacked, hold, release, made } = scene();
    await unpacked();
    hold();
    const killed = start(build());
    await expect.poll(made, { timeout: 60_000 }).toEqual(['allnoconfig']);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const next = start(build());
    onTestFinished(() => void next.kill('SIGKILL'));
    const [said]: Buffer[] = await once(next.stderr, 'data');
    expect(String(said)).toContain('waiting for another build of this kernel');
    expect(made()).toEqual(['allnoconfig']);
    release();
    const [kernel]: Buffer[] = await once(next.stdout, 'data');
    expect(String(kernel)).toContain('CONFIG_');
    expect(made()).toEqual(['allnoconfig', 'allnoconfig', 'bzImage']);
  });
});
