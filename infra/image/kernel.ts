import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CannotBuild } from '../build/cannot-build.ts';
import { withLock } from './build-lock.ts';
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
export function buildKernel(options: KernelOptions = {}): Uint8Array {
  const { initramfs, say = () => undefined } = options;
  const key = kernelKey();
  const before = () => (initramfs === undefined ? keptKernel(key) : undefined);
  const kernel = before();
  if (kernel !== undefined) return kernel;
  const folder = kept(key);
  mkdirSync(folder, { recursive: true });
  const waiting = (): void => say('waiting for another build of this kernel');
  // Source and objects are shared: two at once would compile into one folder. Who waited may find that it is made.
  return withLock(join(folder, 'lock'), waiting, (lock) => before() ?? compiled(folder, lock, options));
}

function compiled(
  folder: string,
  lock: number,
  { inputs, initramfs, say = () => undefined }: KernelOptions,
): Uint8Array {
  const source = unpackedSource(folder, inputs, say);
  const out = join(folder, 'out');
  const make: Make = (words, variables = {}) => runMake(lock, ['-C', source, `O=${out}`, ...words], variables);
  configure(out, make);
  if (initramfs !== undefined) embed(out, initramfs, make);
  say('compiling');
  make([`-j${availableParallelism()}`, 'bzImage']);
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
  const unfinished = mkdtempSync(join(folder, 'unpacking-'));
  execFileSync('tar', ['-xJf', '-', '-C', unfinished], { input: archive });
  patchedSource(join(unfinished, sourceFolder));
  renameSync(join(unfinished, sourceFolder), source);
  rmSync(unfinished, { recursive: true });
  return source;
}

type Make = (words: readonly string[], variables?: NodeJS.ProcessEnv) => void;

function configure(out: string, make: Make): void {
  mkdirSync(out, { recursive: true });
  make(['allnoconfig'], { KCONFIG_ALLCONFIG: fragment });
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
function embed(out: string, initramfs: Uint8Array, make: Make): void {
  const path = join(out, 'initramfs.cpio.zst');
  writeFileSync(path, initramfs);
  const configuration = join(out, '.config');
  const text = readFileSync(configuration, 'utf8').replace(/^CONFIG_INITRAMFS_SOURCE=.*$/m, '');
  writeFileSync(configuration, `${text}\nCONFIG_INITRAMFS_SOURCE="${path}"\n`);
  make(['olddefconfig']);
}

function runMake(lock: number, words: readonly string[], variables: NodeJS.ProcessEnv): void {
  const { PATH } = process.env;
  const { status, stderr } = spawnSync('make', ['-s', 'ARCH=x86_64', ...words], {
    // Nothing of the surroundings: what make passes on, a compiler reads.
    env: { PATH, ...kernelVariables, ...variables },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    // A make whose build was killed goes on, and keeps the lock until it has ended.
    stdio: ['ignore', 'pipe', 'pipe', lock],
  });
  if (status !== 0) throw new Error(`make ${words.join(' ')} failed:\n${stderr.slice(-4000)}`);
}
