/*
 * Numbers of 256 bits for P-256, as eleven limbs of 24 bits in float64: the value is the sum of limb[i] 2^(24 i).
 *
 * A double holds every integer below 2^53 exactly, so products and sums of products are exact as long as none reaches that.
 * Limbs are signed, which costs nothing and makes them half as large as unsigned ones would be:
 *
 *   tight      |limb| <= 2^23 + 2^7, the topmost 2^22: what every multiplication and every carry leaves behind
 *   n x tight  sums and differences of tight ones, which nobody carried
 *   canonical  0 <= limb < 2^24, and the value is below the modulus: what bytes are made of
 *
 * test/kernels/p256-bounds.test.ts proves by interval analysis of this very source that nothing passes 2^53.
 */

/** Typed for its indices, so that the code does not ask eleven times whether a limb is there. */
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
}

export const LIMBS = 11;

export const zero = (): Limbs => new Float64Array(LIMBS) as Limbs;

export function limbs(...values: readonly number[]): Limbs {
  const result = zero();
  result.set(values);
  return result;
}

/** The field's modulus, 2^256 - 2^224 + 2^192 + 2^96 - 1 (SP 800-186 §3.2.1.3). */
export const P = limbs(-1, 0, 0, 0, 1, 0, 0, 0, 1, -256, 65536);

/** The order of the group (SP 800-186 §3.2.1.3): 2^256 - 2^224 + 2^192 less 127 bits. */
export const N = limbs(6497617, -3489028, -8064070, -5826657, -1639762, -67, 0, 0, 1, -256, 65536);

/** 32 bytes, big-endian, at `offset`: three to a limb. Below 2^256, and so not always canonical. */
export function readBytes(out: Limbs, bytes: Uint8Array, offset: number): void {
  for (let i = 0; i < 10; i++) {
    const last = offset + 31 - 3 * i;
    out[i] = (bytes[last] ?? 0) + 256 * (bytes[last - 1] ?? 0) + 65536 * (bytes[last - 2] ?? 0);
  }
  out[10] = (bytes[offset + 1] ?? 0) + 256 * (bytes[offset] ?? 0);
}

/** A canonical number as 32 bytes, big-endian, at `offset`. */
export function writeBytes(bytes: Uint8Array, offset: number, canonical: Limbs): void {
  for (let i = 0; i < 10; i++) {
    const limb = canonical[i] ?? 0;
    const last = offset + 31 - 3 * i;
    bytes[last] = limb & 255;
    bytes[last - 1] = (limb >>> 8) & 255;
    bytes[last - 2] = limb >>> 16;
  }
  bytes[offset + 1] = canonical[10] & 255;
  bytes[offset] = canonical[10] >>> 8;
}

const LIMB = 2 ** 24;
const TOP_LIMB = 2 ** 16;

/**
 * The multiple of 2^24 at x or below it, for whole numbers below 2^51: adding and subtracting 3 * 2^75 rounds to the nearest
 * one. Not by Math.floor, which gives V8 small whole numbers where it can: those it then multiplies as integers of 32 bits,
 * with a branch for zero, and that shows in its time.
 */
export const limbsBelow = (x: number): number => x - (LIMB - 1) / 2 + 3 * 2 ** 51 * LIMB - 3 * 2 ** 51 * LIMB;

/** The multiple of 2^16 at x or below it: what of the topmost limb is beyond 2^256. */
export const topBelow = (x: number): number => x - (TOP_LIMB - 1) / 2 + 3 * 2 ** 51 * TOP_LIMB - 3 * 2 ** 51 * TOP_LIMB;

const lifted = zero();
const lowered = zero();

/**
 * out = the canonical form of a, which is anything between -64 and 64 times `modulus`, limbs up to 2^30. The modulus is P or
 * N: 2^256 less something below 2^224. Takes the same steps whatever a is. `out` may be `a`.
 */
export function canonical(out: Limbs, a: Limbs, modulus: Limbs): void {
  addMultiple(lifted, a, modulus, 64); // not negative any more, and below 2^263
  // Without its multiples of 2^256 it is below 2^256, and 2^224 for each of them: less than twice the modulus.
  addMultiple(lifted, lifted, modulus, -topBelow(lifted[10]) / TOP_LIMB);
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
  out[10] = a[10] + factor * modulus[10] + carry;
}

/** 1 or 0, for a topmost limb between -2^24 and 2^24 above limbs that are not negative. */
const isNegative = (a: Limbs): number => -limbsBelow(a[10]) / LIMB;

/** 1 if a canonical number is zero, or else 0, without a branch. */
export function isZero(canonical: Limbs): number {
  let bits = 0;
  for (let i = 0; i < LIMBS; i++) bits |= canonical[i] ?? 0;
  return 1 - ((bits + (2 ** 24 - 1)) >> 24);
}

/** 1 if a, whose limbs are from 0 to 2^24, is below the modulus, or else 0, without a branch. */
export function isBelow(a: Limbs, modulus: Limbs): number {
  addMultiple(lowered, a, modulus, -1);
  const negative = isNegative(lowered);
  wipe(lowered);
  return negative;
}

/** What held a secret holds zeros. Copies in registers and on the stack are V8's. */
export function wipe(...arrays: readonly (Float64Array | Uint8Array)[]): void {
  for (const array of arrays) array.fill(0);
}
