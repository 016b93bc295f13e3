import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/* What is told to the build of the kernel beside its configuration. */

/** Of who built it, where and when, nothing gets into the kernel (Documentation/kbuild/reproducible-builds.rst). */
export const kernelVariables = {
  KBUILD_BUILD_TIMESTAMP: 'Thu Jan  1 00:00:00 UTC 1970',
  KBUILD_BUILD_USER: 'pinata',
  KBUILD_BUILD_HOST: 'pinata',
  KBUILD_BUILD_VERSION: '1',
  LC_ALL: 'C',
  TZ: 'UTC',
} as const;

/**
 * One line of Kconfig. A boot entry may hold `initrd=FILE`; the kernel's EFI stub would unpack that file over the initramfs
 * that was measured, and measure nothing of it but the words (PCR 9). The option that takes this out is not asked for on x86:
 * here it is.
 */
export const kernelEdit = {
  file: 'drivers/firmware/efi/Kconfig',
  from: 'bool "Enable the command line initrd loader" if !X86',
  to: 'bool "Enable the command line initrd loader"',
} as const;

/** Throws where the line is not as it was: another source than the one this was written for. */
export function patchedSource(folder: string): void {
  const path = join(folder, kernelEdit.file);
  const text = readFileSync(path, 'utf8');
  if (text.split(kernelEdit.from).length !== 2) throw new Error(`${path}: not once in it: ${kernelEdit.from}`);
  writeFileSync(path, text.replace(kernelEdit.from, kernelEdit.to));
}
