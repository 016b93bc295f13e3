import { divisionModulo } from './division.ts';
import { canonical, isBelow, isZero, type Limbs, limbs, N, readBytes, wipe, zero } from './p256-limbs.ts';

/*
 * Arithmetic modulo n, the order of the group, in Montgomery form: x stands as x 2^264 mod n in the limbs of p256-limbs.ts.
 * n has no convenient shape but for its upper half, 2^256 - 2^224 + 2^192. For each of the eleven lowest limbs of a product the
 * multiple of n is found that makes it vanish. A product is tight, and between -n and n whatever two factors of up to
 * 2 x tight were.
 */

const CARRY = 3 * 2 ** 75;
const DOWN = 2 ** -24;
const N0 = 6497617;
const N1 = -3489028;
const N2 = -8064070;
const N3 = -5826657;
const N4 = -1639762;
const N5 = -67;
/** -1/n mod 2^24. */
const NEGATED_INVERSE = 48207;

/** m with t + m n = 0 mod 2^24, at most 2^23 in magnitude. */
function factor(t: number): number {
  const product = (t - (t + CARRY - CARRY)) * NEGATED_INVERSE;
  return product - (product + CARRY - CARRY);
}

/** out = a b 2^-264 mod n. `out` may be a or b. */
export function multiplyScalars(out: Limbs, a: Limbs, b: Limbs): void {
  const a0 = a[0];
  const a1 = a[1];
  const a2 = a[2];
  const a3 = a[3];
  const a4 = a[4];
  const a5 = a[5];
  const a6 = a[6];
  const a7 = a[7];
  const a8 = a[8];
  const a9 = a[9];
  const a10 = a[10];
  const b0 = b[0];
  const b1 = b[1];
  const b2 = b[2];
  const b3 = b[3];
  const b4 = b[4];
  const b5 = b[5];
  const b6 = b[6];
  const b7 = b[7];
  const b8 = b[8];
  const b9 = b[9];
  const b10 = b[10];
  const t0 = a0 * b0;
  const m0 = factor(t0);
  const c0 = (t0 + N0 * m0 + CARRY - CARRY) * DOWN;
  const t1 = a0 * b1 + a1 * b0 + N1 * m0 + c0;
  const m1 = factor(t1);
  const c1 = (t1 + N0 * m1 + CARRY - CARRY) * DOWN;
  const t2 = a0 * b2 + a1 * b1 + a2 * b0 + N2 * m0 + N1 * m1 + c1;
  const m2 = factor(t2);
  const c2 = (t2 + N0 * m2 + CARRY - CARRY) * DOWN;
  const t3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + N3 * m0 + N2 * m1 + N1 * m2 + c2;
  const m3 = factor(t3);
  const c3 = (t3 + N0 * m3 + CARRY - CARRY) * DOWN;
  const t4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + N4 * m0 + N3 * m1 + N2 * m2 + N1 * m3 + c3;
  const m4 = factor(t4);
  const c4 = (t4 + N0 * m4 + CARRY - CARRY) * DOWN;
  const p5 = a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0;
  const t5 = p5 + N5 * m0 + N4 * m1 + N3 * m2 + N2 * m3 + N1 * m4 + c4;
  const m5 = factor(t5);
  const c5 = (t5 + N0 * m5 + CARRY - CARRY) * DOWN;
  const p6 = a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1;
  const t6 = p6 + a6 * b0 + N5 * m1 + N4 * m2 + N3 * m3 + N2 * m4 + N1 * m5 + c5;
  const m6 = factor(t6);
  const c6 = (t6 + N0 * m6 + CARRY - CARRY) * DOWN;
  const p7 = a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2;
  const t7 = p7 + a6 * b1 + a7 * b0 + N5 * m2 + N4 * m3 + N3 * m4 + N2 * m5 + N1 * m6 + c6;
  const m7 = factor(t7);
  const c7 = (t7 + N0 * m7 + CARRY - CARRY) * DOWN;
  const p8 = a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3;
  const t8 = p8 + a6 * b2 + a7 * b1 + a8 * b0 + N5 * m3 + N4 * m4 + N3 * m5 + N2 * m6 + N1 * m7 + m0 + c7;
  const m8 = factor(t8);
  const c8 = (t8 + N0 * m8 + CARRY - CARRY) * DOWN;
  const p9 = a0 * b9 + a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4;
  const q9 = p9 + a6 * b3 + a7 * b2 + a8 * b1 + a9 * b0 + N5 * m4 + N4 * m5;
  const t9 = q9 + N3 * m6 + N2 * m7 + N1 * m8 + m1 - 256 * m0 + c8;
  const m9 = factor(t9);
  const c9 = (t9 + N0 * m9 + CARRY - CARRY) * DOWN;
  const p10 = a0 * b10 + a1 * b9 + a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5;
  const q10 = p10 + a6 * b4 + a7 * b3 + a8 * b2 + a9 * b1 + a10 * b0 + N5 * m5;
  const t10 = q10 + N4 * m6 + N3 * m7 + N2 * m8 + N1 * m9 + m2 - 256 * m1 + 65536 * m0 + c9;
  const m10 = factor(t10);
  const c10 = (t10 + N0 * m10 + CARRY - CARRY) * DOWN;
  const p11 = a1 * b10 + a2 * b9 + a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5;
  const q11 = p11 + a7 * b4 + a8 * b3 + a9 * b2 + a10 * b1 + N5 * m6 + N4 * m7;
  const t11 = q11 + N3 * m8 + N2 * m9 + N1 * m10 + m3 - 256 * m2 + 65536 * m1 + c10;
  const h11 = t11 + CARRY - CARRY;
  out[0] = t11 - h11;
  const p12 = a2 * b10 + a3 * b9 + a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5;
  const q12 = p12 + a8 * b4 + a9 * b3 + a10 * b2 + N5 * m7 + N4 * m8 + N3 * m9;
  const t12 = q12 + N2 * m10 + m4 - 256 * m3 + 65536 * m2 + h11 * DOWN;
  const h12 = t12 + CARRY - CARRY;
  out[1] = t12 - h12;
  const p13 = a3 * b10 + a4 * b9 + a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5;
  const t13 = p13 + a9 * b4 + a10 * b3 + N5 * m8 + N4 * m9 + N3 * m10 + m5 - 256 * m4 + 65536 * m3 + h12 * DOWN;
  const h13 = t13 + CARRY - CARRY;
  out[2] = t13 - h13;
  const p14 = a4 * b10 + a5 * b9 + a6 * b8 + a7 * b7 + a8 * b6 + a9 * b5;
  const t14 = p14 + a10 * b4 + N5 * m9 + N4 * m10 + m6 - 256 * m5 + 65536 * m4 + h13 * DOWN;
  const h14 = t14 + CARRY - CARRY;
  out[3] = t14 - h14;
  const p15 = a5 * b10 + a6 * b9 + a7 * b8 + a8 * b7 + a9 * b6 + a10 * b5;
  const t15 = p15 + N5 * m10 + m7 - 256 * m6 + 65536 * m5 + h14 * DOWN;
  const h15 = t15 + CARRY - CARRY;
  out[4] = t15 - h15;
  const t16 = a6 * b10 + a7 * b9 + a8 * b8 + a9 * b7 + a10 * b6 + m8 - 256 * m7 + 65536 * m6 + h15 * DOWN;
  const h16 = t16 + CARRY - CARRY;
  out[5] = t16 - h16;
  const t17 = a7 * b10 + a8 * b9 + a9 * b8 + a10 * b7 + m9 - 256 * m8 + 65536 * m7 + h16 * DOWN;
  const h17 = t17 + CARRY - CARRY;
  out[6] = t17 - h17;
  const t18 = a8 * b10 + a9 * b9 + a10 * b8 + m10 - 256 * m9 + 65536 * m8 + h17 * DOWN;
  const h18 = t18 + CARRY - CARRY;
  out[7] = t18 - h18;
  const t19 = a9 * b10 + a10 * b9 - 256 * m10 + 65536 * m9 + h18 * DOWN;
  const h19 = t19 + CARRY - CARRY;
  out[8] = t19 - h19;
  const t20 = a10 * b10 + 65536 * m10 + h19 * DOWN;
  const h20 = t20 + CARRY - CARRY;
  out[9] = t20 - h20;
  const t21 = h20 * DOWN;
  out[10] = t21;
}

const R_SQUARED = limbs(
  -6296113,
  -2585957,
  3018625,
  2800439,
  -4667766,
  6393963,
  7072857,
  -5097173,
  2081125,
  5945942,
  11669,
); // 2^528 mod n

/** SEC 1 §2.3.6: the 32 bytes at `offset` as a canonical number; 1 if it is from 1 to n - 1, or else 0, without a branch. */
export function readScalar(out: Limbs, bytes: Uint8Array, offset: number): number {
  readBytes(out, bytes, offset);
  return isBelow(out, N) * (1 - isZero(out));
}

/** A secret key. Throws a RangeError unless it is 32 bytes from 1 to n - 1. */
export function readSecret(out: Limbs, secret: Uint8Array): void {
  if (secret.length === 32 && readScalar(out, secret, 0) === 1) return;
  wipe(out);
  throw new RangeError('a secret of P-256 is 32 bytes, from 1 to the order of the group less one');
}

const padded = new Uint8Array(32);

/** out = the leftmost 256 bits of a digest as a number modulo n, canonical (SEC 1 §4.1.3, step 5). A shorter one is that number. */
export function readDigest(out: Limbs, digest: Uint8Array): void {
  padded.fill(0);
  padded.set(digest.subarray(0, 32), Math.max(0, 32 - digest.length));
  readBytes(out, padded, 0);
  canonical(out, out, N);
}

/** The number a, below 2^256, in Montgomery form. */
export const enterMontgomeryScalar = (out: Limbs, a: Limbs): void => multiplyScalars(out, a, R_SQUARED);

const divide = divisionModulo(N, 256, NEGATED_INVERSE);
const denominator = zero();

/** out = 1/a in Montgomery form, or 0 for 0: 2^528 by what stands for a, which is a 2^264. */
export function invertScalar(out: Limbs, a: Limbs): void {
  canonical(denominator, a, N);
  divide(out, R_SQUARED, denominator);
  wipe(denominator);
}
