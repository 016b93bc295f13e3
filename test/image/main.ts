import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { CannotBuild } from '../../infra/build/cannot-build.ts';
import { buildKernel, keptKernel } from '../../infra/image/kernel.ts';
import { sharedLibraries, systemdStub } from '../../infra/image/libraries.ts';
import { runSuite } from '../support/suite.ts';
import { suiteWords } from '../support/suite-words.ts';

const usage = {
  command: 'npm run test:image',
  about: `Installs what is missing, builds the kernel if the cache has none, and boots the image in qemu. Half an hour, and
eight minutes for the kernel, once. Exit status 3: not tested, since an input is missing.`,
  options: {
    '--install': 'stops when the programs are there',
    '--kernel': 'stops when there is a kernel',
    '--sample': 'boots it twice, as CI does',
  },
};

/** What has to be there -> the Debian package it comes in. */
const needed: Readonly<Record<string, string>> = {
  '/usr/bin/qemu-system-x86_64': 'qemu-system-x86',
  '/usr/bin/swtpm': 'swtpm',
  '/usr/bin/swtpm_setup': 'swtpm-tools',
  '/usr/share/OVMF/OVMF_CODE_4M.fd': 'ovmf',
  '/usr/bin/xz': 'xz-utils',
};
const neededByKernel: Readonly<Record<string, string>> = {
  '/usr/bin/gcc': 'gcc',
  '/usr/bin/make': 'make',
  '/usr/bin/flex': 'flex',
  '/usr/bin/bison': 'bison',
  '/usr/bin/bc': 'bc',
  '/usr/bin/zstd': 'zstd',
  '/usr/include/libelf.h': 'libelf-dev',
  '/usr/include/openssl/ssl.h': 'libssl-dev',
};
const notTested = 3;

function install(programs: Readonly<Record<string, string>>): void {
  const missing = Object.entries(programs).flatMap(([path, name]) => (existsSync(path) ? [] : [name]));
  if (missing.length === 0) return;
  const root = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  for (const words of [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing],
  ]) {
    const [program = '', ...rest] = [...root, ...words];
    const { status } = spawnSync(program, rest, { stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) throw new CannotBuild(`apt-get did not install ${missing.join(' ')}`);
  }
}

async function main(argv: readonly string[]): Promise<number> {
  const asked = suiteWords(usage, argv);
  if (typeof asked === 'number') return asked;
  try {
    install({ ...needed, ...neededByKernel });
    if (asked.has('--install')) return 0;
    sharedLibraries(undefined);
    systemdStub(undefined);
    if (keptKernel() === undefined) buildKernel({ say: (line) => console.error(`kernel: ${line} ...`) });
  } catch (error) {
    if (!(error instanceof CannotBuild)) throw error;
    console.error(`NOT TESTED: the measured image was not booted: ${error.message}`);
    return notTested;
  }
  if (asked.has('--kernel')) return 0;
  // One machine at a time: each is a program that computes every instruction of another.
  return runSuite({
    words: asked.has('--sample') ? ['test/image/uki.boot.ts'] : asked.words,
    include: ['test/image/*.boot.ts'],
    milliseconds: 900_000,
    atOnce: 1,
  });
}

process.exitCode = await main(process.argv.slice(2));
