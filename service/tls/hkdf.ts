import { beginHash, type HashInProgress, type HashName, digest as hash, hmac } from './kernels/index.ts';

/* The hash of a cipher suite, and HKDF (RFC 5869), which is built on its HMAC. */

export { beginHash, type HashInProgress, type HashName, hash, hmac };

const NOTHING = new Uint8Array(0);

/** Hash.length of RFC 9846 §7.1, in bytes. */
export const hashLength = (name: HashName): number => (name === 'sha384' ? 48 : 32);

/** RFC 5869 §2.2: an empty salt is as good as zeros. */
export const hkdfExtract = (name: HashName, salt: Uint8Array, inputKeyingMaterial: Uint8Array): Uint8Array =>
  hmac(name, salt, inputKeyingMaterial);

/** RFC 5869 §2.3. Throws a RangeError beyond 255 times the hash's length: no caller asks for that. */
export function hkdfExpand(name: HashName, key: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  const blocks = Math.ceil(length / hashLength(name));
  if (blocks > 255) throw new RangeError(`HKDF gives 255 blocks of ${name} at most, and ${length} bytes are ${blocks}`);
  const output = new Uint8Array(length);
  let block: Uint8Array = NOTHING;
  for (let counter = 1, at = 0; counter <= blocks; counter++) {
    const next = hmac(name, key, block, info, Uint8Array.of(counter));
    // By hand: a view of so small an array takes it out of V8's heap, which costs more than the loop.
    for (let i = 0; i < next.length && at < length; i++, at++) output[at] = next[i] ?? 0;
    block.fill(0);
    block = next;
  }
  block.fill(0);
  return output;
}

/** For Finished (RFC 9846 §4.4.4): looks at every byte, wherever the first difference is; lengths are public. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
