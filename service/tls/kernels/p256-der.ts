/* ECDSA-Sig-Value, a SEQUENCE of the INTEGERs r and s (RFC 3279 §2.2.3, X.690 §8.3 and §10.1), of two scalars of 32 bytes. */

const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** r || s, 64 bytes; undefined for all that is not the one DER encoding of two INTEGERs from 0 to 2^256 - 1. */
export function decodeSignature(der: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  // Two INTEGERs of at most 33 bytes: no length needs a second byte.
  if (der[0] !== SEQUENCE || der[1] !== der.length - 2 || der.length > 2 + 2 * 35) return undefined;
  const signature = new Uint8Array(64);
  const afterR = decodeInteger(signature, 32, der, 2);
  if (afterR === undefined) return undefined;
  return decodeInteger(signature, 64, der, afterR) === der.length ? signature : undefined;
}

/** Writes the INTEGER at `at` so that it ends before `end`; where it ends itself, or undefined. */
function decodeInteger(out: Uint8Array, end: number, der: Uint8Array, at: number): number | undefined {
  const [tag, length = 0, first = 0, second = 0] = der.subarray(at, at + 4);
  const last = at + 2 + length;
  if (tag !== INTEGER || length === 0 || last > der.length || first >= 0x80) return undefined;
  if (first === 0 && length > 1 && second < 0x80) return undefined; // a zero that says nothing
  const padded = first === 0 && length > 1 ? 1 : 0;
  const magnitude = der.subarray(at + 2 + padded, last);
  if (magnitude.length > 32) return undefined;
  out.set(magnitude, end - magnitude.length);
  return last;
}

/** Of r || s. */
export function encodeSignature(signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const lengthOfR = lengthOf(signature, 0);
  const lengthOfS = lengthOf(signature, 32);
  const der = new Uint8Array(6 + lengthOfR + lengthOfS);
  der[0] = SEQUENCE;
  der[1] = 4 + lengthOfR + lengthOfS;
  encodeInteger(der, 2, lengthOfR, signature, 32);
  encodeInteger(der, 4 + lengthOfR, lengthOfS, signature, 64);
  return der;
}

/** How many bytes the INTEGER of the 32 bytes at `start` has: none that says nothing, but a zero where it would be negative. */
function lengthOf(signature: Uint8Array, start: number): number {
  let first = start;
  while (first < start + 31 && signature[first] === 0) first++;
  return start + 32 - first + ((signature[first] ?? 0) >> 7);
}

/** Tag and length at `at`, and the content: of `length` bytes, those before `end`. By hand: views and spreads take longer. */
function encodeInteger(der: Uint8Array, at: number, length: number, signature: Uint8Array, end: number): void {
  der[at] = INTEGER;
  der[at + 1] = length;
  const magnitude = Math.min(length, 32);
  for (let i = 1; i <= magnitude; i++) der[at + 2 + length - i] = signature[end - i] ?? 0;
}
