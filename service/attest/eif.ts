import { sha384 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';

/*
 * What an AWS Nitro Enclave would measure of the same kernel and files (AWS, "Nitro Enclaves cryptographic attestation",
 * PCR0 to PCR2). Nothing here runs in an enclave; the values are published so that somebody may.
 */

export interface EnclaveImage {
  readonly kernel: Uint8Array;
  readonly cmdline: Uint8Array;
  /** The first is that of the boot, the others of the application. */
  readonly ramdisks: readonly Uint8Array[];
}

export interface EnclavePcrs {
  readonly pcr0: Uint8Array;
  readonly pcr1: Uint8Array;
  readonly pcr2: Uint8Array;
}

/** Of the image file, 0 is all of it, 1 the kernel and the first ramdisk, 2 the application: each SHA-384, extended once from zero. */
export function enclavePcrs({ kernel, cmdline, ramdisks }: EnclaveImage): EnclavePcrs {
  const [first = new Uint8Array(), ...others] = ramdisks;
  return {
    pcr0: register([kernel, cmdline, ...ramdisks]),
    pcr1: register([kernel, cmdline, first]),
    pcr2: register(others),
  };
}

function register(parts: readonly Uint8Array[]): Uint8Array {
  const hash = sha384.create();
  for (const part of parts) hash.update(part);
  return sha384(concatBytes(new Uint8Array(48), hash.digest()));
}
