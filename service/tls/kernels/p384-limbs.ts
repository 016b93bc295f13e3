import { limbsBelow, wipe } from './p256-limbs.ts';

/*
 * Numbers of 384 bits for P-384, as sixteen limbs of 24 bits in float64: the value is the sum of limb[i] 2^(24 i). As in
 * p256-limbs.ts they are signed, and exact as long as no sum of products reaches 2^53:
 *
 *   tight      |limb| <= 2^23 + 2^14: what every multiplication and every carry leaves behind
 *   n x tight  sums and differences of tight ones, which nobody carried
 *   canonical  0 <= limb < 2^24, and the value is below the modulus: what bytes are made of
 *
 * Sixteen limbs are 384 bits and not one more. A tight number is half of 2^384 and a little in magnitude, positive or negative, so it
 * has room; what a carry takes out of the topmost limb comes in again at the bottom (p384-columns.ts).
 *
 * test/kernels/p384-bounds.test.ts proves by interval analysis of this very source that nothing passes 2^53.
 */

/** Typed for its indices, so that the code does not ask sixteen times whether a limb is there. */
export interface Limbs extends Float64Array<ArrayBuffer> {
  0: number;
  1: number;
  2: number;
  3: number;
  4: number;
  5: number;
  6: number;
  7: number;
  8: number;
  9: number;
  10: number;
  11: number;
  12: number;
  13: number;
  14: number;
  15: number;
}

export const LIMBS = 16;

export const zero = (): Limbs => new Float64Array(LIMBS) as Limbs;

export function limbs(...values: readonly number[]): Limbs {
  const result = zero();
  result.set(values);
  return result;
}

const LIMB = 2 ** 24;

/** The field's modulus, 2^384 - 2^128 - 2^96 + 2^32 - 1 (SP 800-186 §3.2.1.4). */
export const P = limbs(-1, 256, 0, 0, -1, -256, 0, 0, 0, 0, 0, 0, 0, 0, 0, LIMB);

/** The order of the group (SP 800-186 §3.2.1.4): 2^384 less 190 bits. */
export const N = limbs(
  ...[-3856013, 1665741, 8056044, 4763815, 1707442, 3006296, -8260553, -3710130, 0, 0, 0, 0, 0, 0, 0, LIMB],
);

/** 48 bytes, big-endian, at `offset`: three to a limb. Below 2^384, and so not always canonical. */
export function readBytes(out: Limbs, bytes: Uint8Array, offset: number): void {
  for (let i = 0; i < LIMBS; i++) {
    const last = offset + 47 - 3 * i;
    out[i] = (bytes[last] ?? 0) + 256 * (bytes[last - 1] ?? 0) + 65536 * (bytes[last - 2] ?? 0);
  }
}

/** A canonical number as 48 bytes, big-endian, at `offset`. */
export function writeBytes(bytes: Uint8Array, offset: number, canonical: Limbs): void {
  for (let i = 0; i < LIMBS; i++) {
    const limb = canonical[i] ?? 0;
    const last = offset + 47 - 3 * i;
    bytes[last] = limb & 255;
    bytes[last - 1] = (limb >>> 8) & 255;
    bytes[last - 2] = limb >>> 16;
  }
}

const lifted = zero();
const lowered = zero();

/**
 * out = the canonical form of a, which is anything between -8 and 8 times `modulus`, limbs up to 2^27. The modulus is P or N
 * or near: 2^384 less something below 2^194. Takes the same steps whatever a is. `out` may be `a`.
 */
export function canonical(out: Limbs, a: Limbs, modulus: Limbs): void {
  addMultiple(lifted, a, modulus, 8); // not negative any more, and below 2^388
  // Without its multiples of 2^384 it is below 2^384, and 2^194 for each of them: less than twice the modulus.
  addMultiple(lifted, lifted, modulus, -limbsBelow(lifted[15]) / LIMB);
  addMultiple(lowered, lifted, modulus, -1);
  const negative = isNegative(lowered);
  for (let i = 0; i < LIMBS; i++) {
    const low = lowered[i] ?? 0;
    out[i] = low + negative * ((lifted[i] ?? 0) - low);
  }
  wipe(lifted, lowered);
}

/** out = a + factor * modulus, every limb but the topmost between 0 and 2^24. */
function addMultiple(out: Limbs, a: Limbs, modulus: Limbs, factor: number): void {
  let carry = 0;
  for (let i = 0; i < LIMBS - 1; i++) {
    const sum = (a[i] ?? 0) + factor * (modulus[i] ?? 0) + carry;
    const high = limbsBelow(sum);
    carry = high / LIMB;
    out[i] = sum - high;
  }
  out[15] = a[15] + factor * modulus[15] + carry;
}

/** 1 or 0, for a topmost limb from -2^24 to 2^24 above limbs that are not negative. */
const isNegative = (a: Limbs): number => -limbsBelow(a[15]) / LIMB;

/** 1 if a canonical number is zero, or else 0, without a branch. */
export function isZero(canonical: Limbs): number {
  let bits = 0;
  for (let i = 0; i < LIMBS; i++) bits |= canonical[i] ?? 0;
  return 1 - ((bits + (LIMB - 1)) >> 24);
}

/** 1 if a, whose limbs are from 0 to 2^24, is below the modulus, or else 0, without a branch. */
export function isBelow(a: Limbs, modulus: Limbs): number {
  addMultiple(lowered, a, modulus, -1);
  const negative = isNegative(lowered);
  wipe(lowered);
  return negative;
}
