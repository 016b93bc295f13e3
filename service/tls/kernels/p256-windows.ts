import { type Limbs, writeBytes } from './p256-limbs.ts';

/** A scalar below 2^256 has its windows in as many places, one for each bit and one for a carry out of the topmost. */
export const PLACES = 257;

const bytes = new Uint8Array(34); // big-endian, below two zeros

/**
 * The non-adjacent form of `width` bits (SEC 1 has none; H. Cohen, A. Miyaji, T. Ono, 1998): out[i] is 0, or odd and below
 * 2^(width - 1) in magnitude with width - 1 zeros above it, and the scalar is the sum of out[i] 2^i. For scalars that are no
 * secret: every step depends on it. `width` is at most 8.
 */
export function nonAdjacentForm(out: Int8Array, scalar: Limbs, width: number): void {
  out.fill(0);
  writeBytes(bytes, 2, scalar);
  let carry = 0;
  let i = 0;
  while (i < PLACES) {
    const window = bitsAt(i) & (2 ** width - 1);
    if ((window & 1) === carry) {
      i++;
      continue;
    }
    const digit = window + carry;
    carry = digit >> (width - 1);
    out[i] = digit - carry * 2 ** width;
    i += width;
  }
}

/** From bit i on upwards. */
function bitsAt(i: number): number {
  const byte = 33 - (i >> 3);
  return ((bytes[byte] ?? 0) | ((bytes[byte - 1] ?? 0) << 8)) >> (i & 7);
}
