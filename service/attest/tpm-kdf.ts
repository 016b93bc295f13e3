import { hmac } from '@noble/hashes/hmac.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { type HashAlgorithm, hashes } from './tpm-constants.ts';
import { u8, u32 } from './tpm-wire.ts';

/** KDFa, TPM 2.0 Library, Part 1 §11.4.10.2: SP 800-108 in counter mode with HMAC. `bits` is a multiple of 8. */
export function kdfa(
  hash: HashAlgorithm,
  key: Uint8Array,
  label: string,
  contextU: Uint8Array,
  contextV: Uint8Array,
  bits: number,
): Uint8Array {
  const fixed = concatBytes(utf8ToBytes(label), u8(0), contextU, contextV, u32(bits));
  const blocks: Uint8Array[] = [];
  const { outputLen } = hashes[hash];
  for (let counter = 1; (counter - 1) * outputLen * 8 < bits; counter++) {
    blocks.push(hmac(hashes[hash], key, concatBytes(u32(counter), fixed)));
  }
  return concatBytes(...blocks).slice(0, bits / 8);
}
