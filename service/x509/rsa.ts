import { equalBytes } from '@noble/curves/utils.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';

/* Verification of RSA signatures, RFC 8017. No private operation is here, so that nothing need be constant-time. */

export interface RsaPublicKey {
  readonly modulus: bigint;
  readonly exponent: bigint;
  readonly bits: number;
}

type RsaHash = 'sha256' | 'sha384' | 'sha512';

const hashes = { sha256, sha384, sha512 } as const;

/** DER of DigestInfo up to the digest, its NULL present (§9.2, note 1). */
const digestInfo: Readonly<Record<RsaHash, Uint8Array>> = {
  sha256: hexToBytes('3031300d060960864801650304020105000420'),
  sha384: hexToBytes('3041300d060960864801650304020205000430'),
  sha512: hexToBytes('3051300d060960864801650304020305000440'),
};

/**
 * RSASSA-PKCS1-V1_5-VERIFY, §8.2.2: the encoded message is made anew and compared whole. Nothing is parsed, so that there
 * is no room for garbage, and a small exponent forges nothing (Bleichenbacher 2006). A DigestInfo without NULL is refused.
 */
export function verifyPkcs1(key: RsaPublicKey, hash: RsaHash, message: Uint8Array, signature: Uint8Array): boolean {
  const length = Math.ceil(key.bits / 8);
  const encoded = verificationPrimitive(key, signature, length);
  if (encoded === undefined) return false;
  const suffix = concatBytes(Uint8Array.of(0), digestInfo[hash], hashes[hash](message));
  const expected = new Uint8Array(length).fill(0xff);
  expected.set([0x00, 0x01]);
  expected.set(suffix, length - suffix.length); // 2048 bits leave room for more than the eight 0xff that §9.2 wants
  return equalBytes(encoded, expected);
}

/** RSASSA-PSS-VERIFY, §8.1.2, with MGF1 over the same hash; X.509 and TLS fix the salt's length to the hash's (RFC 9846 §4.2.3). */
export function verifyPss(
  key: RsaPublicKey,
  hash: RsaHash,
  message: Uint8Array,
  signature: Uint8Array,
  saltLength: number = hashes[hash].outputLen,
): boolean {
  const bits = key.bits - 1;
  if (signature.length !== Math.ceil(key.bits / 8)) return false;
  const encoded = verificationPrimitive(key, signature, Math.ceil(bits / 8));
  return encoded !== undefined && verifyPssEncoding(hash, message, encoded, bits, saltLength);
}

/** EMSA-PSS-VERIFY, §9.1.2, by its numbers. */
function verifyPssEncoding(
  hash: RsaHash,
  message: Uint8Array,
  encoded: Uint8Array,
  bits: number,
  saltLength: number,
): boolean {
  const digest = hashes[hash](message); // 2
  const hashLength = digest.length;
  if (encoded.length < hashLength + saltLength + 2) return false; // 3
  if (encoded.at(-1) !== 0xbc) return false; // 4
  const masked = encoded.subarray(0, encoded.length - hashLength - 1); // 5
  const h = encoded.subarray(masked.length, encoded.length - 1);
  const unused = 0xff & ~(0xff >> (8 * encoded.length - bits));
  if (((masked[0] ?? 0) & unused) !== 0) return false; // 6
  const block = mgf1(hash, h, masked.length).map((byte, i) => byte ^ (masked[i] ?? 0)); // 7, 8
  block[0] = (block[0] ?? 0) & ~unused; // 9
  const padding = new Uint8Array(masked.length - saltLength);
  padding[padding.length - 1] = 0x01;
  if (!equalBytes(block.subarray(0, padding.length), padding)) return false; // 10
  const salt = block.subarray(padding.length); // 11
  return equalBytes(h, hashes[hash](concatBytes(new Uint8Array(8), digest, salt))); // 12, 13, 14
}

/** MGF1, appendix B.2.1. */
function mgf1(hash: RsaHash, seed: Uint8Array, length: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let counter = 0; counter * hashes[hash].outputLen < length; counter++) {
    blocks.push(hashes[hash](concatBytes(seed, Uint8Array.of(counter >> 24, counter >> 16, counter >> 8, counter))));
  }
  return concatBytes(...blocks).subarray(0, length);
}

/** RSAVP1, §5.2.2, between OS2IP and I2OSP: undefined for a signature of another length than the modulus, or not below it. */
function verificationPrimitive(key: RsaPublicKey, signature: Uint8Array, length: number): Uint8Array | undefined {
  if (signature.length !== Math.ceil(key.bits / 8)) return undefined;
  const representative = os2ip(signature);
  if (representative >= key.modulus) return undefined;
  return i2osp(power(representative, key.exponent, key.modulus), length);
}

/** OS2IP, §4.2. */
export const os2ip = (bytes: Uint8Array): bigint => (bytes.length === 0 ? 0n : BigInt(`0x${bytesToHex(bytes)}`));

/** I2OSP, §4.1: undefined if the number is too large. */
function i2osp(x: bigint, length: number): Uint8Array | undefined {
  const hex = x.toString(16).padStart(2 * length, '0');
  return hex.length === 2 * length ? hexToBytes(hex) : undefined;
}

/** Left-to-right square and multiply: 65537 takes sixteen squares and one product. The exponent is at least 3. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = base;
  for (const bit of exponent.toString(2).slice(1)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}
