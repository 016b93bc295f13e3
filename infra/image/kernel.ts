import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CannotBuild } from '../build/cannot-build.ts';
import { filesOf } from './debian-package.ts';
import { cacheFolder, debianInputs, debianPackage } from './inputs.ts';
import { kernelEdit, kernelVariables, patchedSource } from './kernel-source.ts';

/* The kernel, built from Debian's source with a configuration of our own, once for each configuration, source and compiler. */

const fragment = fileURLToPath(new URL('kernel.config', import.meta.url));
const sourceArchive = 'usr/src/linux-source-6.1.tar.xz';
const sourceFolder = 'linux-source-6.1';

export interface KernelOptions {
  /** Where Debian's packages are looked for first. */
  readonly inputs?: string | undefined;
  /** Of the one-file kernel: the initramfs that it carries. Without one it takes that of a UKI. */
  readonly initramfs?: Uint8Array;
  readonly say?: (line: string) => void;
}

/** The compiler and the linker decide what comes out, as the source does. */
export function toolchain(): readonly string[] {
  const first = (tool: string) => {
    const { stdout, error } = spawnSync(tool, ['--version'], { encoding: 'utf8' });
    if (error !== undefined) {
      const packages = 'gcc make flex bison bc libelf-dev libssl-dev zstd xz-utils';
      throw new CannotBuild(`${tool} does not run (${error.message}); apt-get install ${packages}`);
    }
    return stdout.split('\n', 1)[0] ?? '';
  };
  return ['gcc', 'ld', 'zstd'].map(first);
}

/** By which a built kernel is kept, hex. */
export const kernelKey = (tools: readonly string[] = toolchain()): string =>
  createHash('sha256')
    .update(
      [
        debianInputs['linux-source-6.1'].sha256,
        JSON.stringify([kernelVariables, kernelEdit]),
        ...tools,
        ...wantedLines(readFileSync(fragment, 'utf8')),
      ].join('\n'),
    )
    .digest('hex');

const kept = (key: string): string => join(cacheFolder(), `kernel-${key.slice(0, 16)}`);

/** The kernel as it was built before, or undefined. */
export function keptKernel(key: string = kernelKey()): Uint8Array | undefined {
  const path = join(kept(key), 'bzImage');
  return existsSync(path) ? readFileSync(path) : undefined;
}

/** Throws a `CannotBuild` for what is missing. Seven minutes of a processor; with `initramfs`, after that, one or two. */
export function buildKernel({ inputs, initramfs, say = () => undefined }: KernelOptions = {}): Uint8Array {
  const key = kernelKey();
  const before = initramfs === undefined ? keptKernel(key) : undefined;
  if (before !== undefined) return before;
  const folder = kept(key);
  const source = unpackedSource(folder, inputs, say);
  const out = join(folder, 'out');
  configure(source, out);
  if (initramfs !== undefined) embed(source, out, initramfs);
  say('compiling');
  make(source, out, [`-j${availableParallelism()}`, 'bzImage']);
  const kernel = readFileSync(join(out, 'arch/x86/boot/bzImage'));
  if (initramfs === undefined) {
    writeFileSync(join(folder, 'bzImage.new'), kernel);
    renameSync(join(folder, 'bzImage.new'), join(folder, 'bzImage'));
  }
  return kernel;
}

function unpackedSource(folder: string, inputs: string | undefined, say: (line: string) => void): string {
  const source = join(folder, sourceFolder);
  if (existsSync(source)) return source;
  const archive = filesOf(debianPackage('linux-source-6.1', inputs), [sourceArchive]).get(sourceArchive);
  say('unpacking the source');
  mkdirSync(folder, { recursive: true });
  const unfinished = mkdtempSync(join(folder, 'unpacking-'));
  execFileSync('tar', ['-xJf', '-', '-C', unfinished], { input: archive });
  patchedSource(join(unfinished, sourceFolder));
  renameSync(join(unfinished, sourceFolder), source);
  rmSync(unfinished, { recursive: true });
  return source;
}

function configure(source: string, out: string): void {
  mkdirSync(out, { recursive: true });
  make(source, out, ['allnoconfig'], { KCONFIG_ALLCONFIG: fragment });
  const lines = new Set(readFileSync(join(out, '.config'), 'utf8').split('\n'));
  const ignored = wantedLines(readFileSync(fragment, 'utf8')).filter((line) => !lines.has(line));
  if (ignored.length > 0) {
    throw new Error(`this kernel does not take ${ignored.join(', ')}: what it depends on is off, or renamed`);
  }
}

/** Of kernel.config: what is to stand in .config word for word. */
export const wantedLines = (text: string): readonly string[] =>
  text.split('\n').filter((line) => /^(?:CONFIG_\w+=|# CONFIG_\w+ is not set$)/.test(line));

/** The name is part of the build: Linux takes a `.cpio.zst` as it is. */
function embed(source: string, out: string, initramfs: Uint8Array): void {
  const path = join(out, 'initramfs.cpio.zst');
  writeFileSync(path, initramfs);
  const configuration = join(out, '.config');
  const text = readFileSync(configuration, 'utf8').replace(/^CONFIG_INITRAMFS_SOURCE=.*$/m, '');
  writeFileSync(configuration, `${text}\nCONFIG_INITRAMFS_SOURCE="${path}"\n`);
  make(source, out, ['olddefconfig']);
}

function make(source: string, out: string, words: readonly string[], variables: NodeJS.ProcessEnv = {}): void {
  const { PATH } = process.env;
  const { status, stderr } = spawnSync('make', ['-s', '-C', source, `O=${out}`, 'ARCH=x86_64', ...words], {
    // Nothing of the surroundings: what make passes on, a compiler reads.
    env: { PATH, ...kernelVariables, ...variables },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`make ${words.join(' ')} failed:\n${stderr.slice(-4000)}`);
}
