import { bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/* RSAES-OAEP, RFC 8017 §7.1.1, with SHA-256 in both places: encryption to the public key of a TPM, whose other half never leaves it. */

export interface RsaModulus {
  readonly modulus: bigint;
  readonly exponent: bigint;
  readonly bits: number;
}

/**
 * `seed` is 32 random bytes. A TPM's label ends in a zero octet (TPM 2.0 Library, Part 1 §B.4), which is put behind `label`
 * here. Throws a RangeError where the message is too long for the key.
 */
export function encryptOaep(key: RsaModulus, label: string, message: Uint8Array, seed: Uint8Array): Uint8Array {
  const length = Math.ceil(key.bits / 8);
  const hashLength = sha256.outputLen;
  const room = length - message.length - 2 * hashLength - 2;
  if (room < 0) throw new RangeError(`${message.length} bytes are too many for RSA of ${key.bits} bits`);
  if (seed.length !== hashLength) throw new RangeError(`a seed of ${seed.length} bytes; ${hashLength} are wanted`);
  const labelHash = sha256(concatBytes(utf8ToBytes(label), Uint8Array.of(0)));
  const block = concatBytes(labelHash, new Uint8Array(room), Uint8Array.of(1), message);
  const maskedBlock = exclusiveOr(block, mgf1(seed, block.length));
  const maskedSeed = exclusiveOr(seed, mgf1(maskedBlock, hashLength));
  const encoded = bytesToNumberBE(concatBytes(maskedSeed, maskedBlock));
  return numberToBytesBE(power(encoded, key.exponent, key.modulus), length);
}

/** MGF1, RFC 8017 appendix B.2.1. */
function mgf1(seed: Uint8Array, length: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let counter = 0; counter * sha256.outputLen < length; counter++) {
    blocks.push(sha256(concatBytes(seed, numberToBytesBE(counter, 4))));
  }
  return concatBytes(...blocks).subarray(0, length);
}

const exclusiveOr = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((octet, i) => octet ^ (b[i] ?? 0));

/** Left-to-right square and multiply. What is raised is public to whoever calls this. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}
