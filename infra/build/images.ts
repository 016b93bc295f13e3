import { bytesToHex } from '@noble/hashes/utils.js';
import type { ExpectedPcrs } from '../../service/attest/expected-pcrs.ts';
import type { Banks } from '../../service/attest/pcr.ts';
import { type Bank, type Measurement, type Register, registers } from '../../service/attest/release.ts';
import { type ImageInputs, oneFileImage, unifiedImage } from '../image/image.ts';
import { debianInputs } from '../image/inputs.ts';
import { toolchain } from '../image/kernel.ts';
import type { Built } from './artefacts.ts';
import { sha256 } from './sha256.ts';

/* The measured image in both its forms, what they consist of, and what a machine reports that booted one of them. */

export const imageNames = {
  initramfs: 'btc-pinata-initramfs.cpio.zst',
  kernel: 'btc-pinata-kernel',
  uki: 'btc-pinata-uki.efi',
  oneFile: 'btc-pinata.efi',
} as const;

export interface Images extends Built {
  readonly measurements: readonly Measurement[];
}

/** Throws a `CannotBuild` for what is missing. Ten minutes of a processor, unless the kernel was built before. */
export function images(request: ImageInputs): Images {
  const unified = unifiedImage(request);
  const oneFile = oneFileImage(request);
  const file = (name: string, bytes: Uint8Array) => ({ name, bytes, executable: false });
  return {
    artefacts: [
      file(imageNames.initramfs, unified.initramfs),
      file(imageNames.kernel, unified.kernel),
      file(imageNames.uki, unified.file),
      file(imageNames.oneFile, oneFile.file),
    ],
    inputs: [
      ...Object.values(debianInputs).map(({ name, version, sha256: hash }) => ({
        name: `deb ${name}`,
        version,
        sha256: hash,
      })),
      // Which compiler and linker: they say so themselves, and their packages are Debian's.
      ...toolchain().map((tool) => ({ name: `tool ${tool}`, sha256: sha256(tool) })),
    ],
    measurements: [measurement(imageNames.uki, unified.expected), measurement(imageNames.oneFile, oneFile.expected)],
  };
}

function measurement(output: string, expected: ExpectedPcrs): Measurement {
  const bank = (name: Bank): Readonly<Record<Register, string>> => {
    const value = (register: Register): string => bytesToHex(banksOf(expected, register)[name]);
    const [p4, p7, p9, p11, p12] = registers;
    return { [p4]: value(p4), [p7]: value(p7), [p9]: value(p9), [p11]: value(p11), [p12]: value(p12) };
  };
  return { output, pcrs: { sha256: bank('sha256'), sha384: bank('sha384') } };
}

const banksOf = (expected: ExpectedPcrs, register: Register): Banks => expected[register];
