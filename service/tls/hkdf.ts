import { expand, extract } from '@noble/hashes/hkdf.js';
import { hmac as nobleHmac } from '@noble/hashes/hmac.js';
import { sha256, sha384 } from '@noble/hashes/sha2.js';

/* The hash of a cipher suite, and what is built on it: HMAC (RFC 2104) and HKDF (RFC 5869). */

export type HashName = 'sha256' | 'sha384';

const functions = { sha256, sha384 } as const;

/** FIPS 180-4 §6.2 and §6.5 */
export const hash = (name: HashName, data: Uint8Array): Uint8Array => functions[name](data);

/** A hash in progress. `digest` ends it: take it of a clone to go on. */
export interface TranscriptHash {
  update(data: Uint8Array): unknown;
  clone(): TranscriptHash;
  digest(): Uint8Array;
}

/** FIPS 180-4, for the transcript of RFC 9846 §4.4.1. */
export const createHash = (name: HashName): TranscriptHash => functions[name].create();

/** RFC 2104 */
export const hmac = (name: HashName, key: Uint8Array, data: Uint8Array): Uint8Array =>
  nobleHmac(functions[name], key, data);

/** RFC 5869 §2.2, arguments in the order of the RFC (noble has the keying material first). */
export const hkdfExtract = (name: HashName, salt: Uint8Array, inputKeyingMaterial: Uint8Array): Uint8Array =>
  extract(functions[name], inputKeyingMaterial, salt);

/** RFC 5869 §2.3. Throws a RangeError beyond 255 times the hash's length: no caller asks for that. */
export const hkdfExpand = (name: HashName, key: Uint8Array, info: Uint8Array, length: number): Uint8Array =>
  expand(functions[name], key, info, length);

/** For Finished (RFC 9846 §4.4.4): looks at every byte, wherever the first difference is; lengths are public. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
