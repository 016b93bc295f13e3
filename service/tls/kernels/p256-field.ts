import type { Limbs } from './p256-limbs.ts';

/*
 * The field of P-256 in Montgomery form (P. Montgomery, 1985): x stands as x 2^288 mod p in the limbs of p256-limbs.ts.
 *
 * p = 2^256 - 2^224 + 2^192 + 2^96 - 1 is -1 modulo 2^96, four limbs: what has to be added to a product t, so that its lowest
 * 96 bits vanish, is t mod 2^96 times p itself. Nothing is multiplied to find it, and p has powers of two alone: the lowest
 * four limbs m go to where 2^96, 2^192, -2^224 and 2^256 are, which is limb 4, limb 8, limb 9 * 2^8 and limb 10 * 2^16. Three
 * such steps divide by 2^288. m may be any numbers that stand for t mod 2^96, so the four limbs of a step carry side by side.
 * What columns 8, 9 * 2^8 and 10 * 2^16 get of m is added up before: y[k] = m[k] - 2^8 m[k-1] + 2^16 m[k-2]. Sums of products
 * are halves in brackets, since the processor adds both at once and a sum from the left only one product after the other.
 *
 * Adding and subtracting 3 * 2^75 rounds to a multiple of 2^24: what a double of 53 bits cannot hold beside it is lost.
 *
 * Two factors may be n and m times tight as long as n m <= 12: ten products of 2^46 in one column, 12 times, are below 2^53.
 * A product is between -64 p and 64 p, whatever its factors were. Every function may be given its output among its inputs.
 */

const CARRY = 3 * 2 ** 75;
const DOWN = 2 ** -24;

/** out = a b 2^-288 mod p, tight; n-times-tight times m-times-tight with n m <= 12. */
export function multiply(out: Limbs, a: Limbs, b: Limbs): void {
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
  // Columns 0 to 3: made multiples of 2^96 by adding m0 to m3 times the modulus.
  const t0 = a0 * b0;
  const t1 = a0 * b1 + a1 * b0;
  const t2 = a0 * b2 + a1 * b1 + a2 * b0;
  const t3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0;
  const h0 = t0 + CARRY - CARRY;
  const h1 = t1 + CARRY - CARRY;
  const h2 = t2 + CARRY - CARRY;
  const h3 = t3 + CARRY - CARRY;
  const m0 = t0 - h0;
  const m1 = t1 - h1 + h0 * DOWN;
  const m2 = t2 - h2 + h1 * DOWN;
  const m3 = t3 - h3 + h2 * DOWN;
  const y1 = m1 - 256 * m0;
  const y2 = m2 - 256 * y1;
  const z2 = m2 - 256 * m1;
  const y3 = m3 - 256 * z2;
  const z3 = m3 - 256 * m2;
  // Columns 4 to 7.
  const t4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + m0 + h3 * DOWN;
  const t5 = a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0 + m1;
  const p6 = a0 * b6 + a1 * b5 + a2 * b4;
  const t6 = p6 + (a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0 + m2);
  const p7 = a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4;
  const t7 = p7 + (a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0 + m3);
  const h4 = t4 + CARRY - CARRY;
  const h5 = t5 + CARRY - CARRY;
  const h6 = t6 + CARRY - CARRY;
  const h7 = t7 + CARRY - CARRY;
  const m4 = t4 - h4;
  const m5 = t5 - h5 + h4 * DOWN;
  const m6 = t6 - h6 + h5 * DOWN;
  const m7 = t7 - h7 + h6 * DOWN;
  const y4 = m4 - 256 * z3;
  const z4 = m4 - 256 * m3;
  const y5 = m5 - 256 * z4;
  const z5 = m5 - 256 * m4;
  const y6 = m6 - 256 * z5;
  const z6 = m6 - 256 * m5;
  const y7 = m7 - 256 * z6;
  const z7 = m7 - 256 * m6;
  // Columns 8 to 11.
  const p8 = a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5;
  const t8 = p8 + (a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0 + m4 + m0 + h7 * DOWN);
  const p9 = a0 * b9 + a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5;
  const t9 = p9 + (a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1 + a9 * b0 + m5 + y1);
  const p10 = a0 * b10 + a1 * b9 + a2 * b8 + a3 * b7 + a4 * b6;
  const t10 = p10 + (a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2 + a9 * b1 + a10 * b0 + m6 + y2);
  const p11 = a1 * b10 + a2 * b9 + a3 * b8 + a4 * b7 + a5 * b6;
  const t11 = p11 + (a6 * b5 + a7 * b4 + a8 * b3 + a9 * b2 + a10 * b1 + m7 + y3);
  const h8 = t8 + CARRY - CARRY;
  const h9 = t9 + CARRY - CARRY;
  const h10 = t10 + CARRY - CARRY;
  const h11 = t11 + CARRY - CARRY;
  const m8 = t8 - h8;
  const m9 = t9 - h9 + h8 * DOWN;
  const m10 = t10 - h10 + h9 * DOWN;
  const m11 = t11 - h11 + h10 * DOWN;
  const y8 = m8 - 256 * z7;
  const z8 = m8 - 256 * m7;
  const y9 = m9 - 256 * z8;
  const z9 = m9 - 256 * m8;
  const y10 = m10 - 256 * z9;
  const z10 = m10 - 256 * m9;
  const y11 = m11 - 256 * z10;
  const z11 = m11 - 256 * m10;
  const y12 = -256 * z11;
  const y13 = 65536 * m11;
  // The result, columns 12 to 22: two chains of carries side by side, and the one that joins them.
  const p12 = a2 * b10 + a3 * b9 + a4 * b8 + a5 * b7;
  const t12 = p12 + (a6 * b6 + a7 * b5 + a8 * b4 + a9 * b3 + a10 * b2 + m8 + y4 + h11 * DOWN);
  const h12 = t12 + CARRY - CARRY;
  const p13 = a3 * b10 + a4 * b9 + a5 * b8 + a6 * b7;
  const t13 = p13 + (a7 * b6 + a8 * b5 + a9 * b4 + a10 * b3 + m9 + y5 + h12 * DOWN);
  const h13 = t13 + CARRY - CARRY;
  const p14 = a4 * b10 + a5 * b9 + a6 * b8;
  const t14 = p14 + (a7 * b7 + a8 * b6 + a9 * b5 + a10 * b4 + m10 + y6 + h13 * DOWN);
  const h14 = t14 + CARRY - CARRY;
  const t15 = a5 * b10 + a6 * b9 + a7 * b8 + a8 * b7 + a9 * b6 + a10 * b5 + m11 + y7 + h14 * DOWN;
  const h15 = t15 + CARRY - CARRY;
  const t16 = a6 * b10 + a7 * b9 + a8 * b8 + a9 * b7 + a10 * b6 + y8 + h15 * DOWN;
  const h16 = t16 + CARRY - CARRY;
  const t17 = a7 * b10 + a8 * b9 + a9 * b8 + a10 * b7 + y9;
  const h17 = t17 + CARRY - CARRY;
  const t18 = a8 * b10 + a9 * b9 + a10 * b8 + y10 + h17 * DOWN;
  const h18 = t18 + CARRY - CARRY;
  const t19 = a9 * b10 + a10 * b9 + y11 + h18 * DOWN;
  const h19 = t19 + CARRY - CARRY;
  const t20 = a10 * b10 + y12 + h19 * DOWN;
  const h20 = t20 + CARRY - CARRY;
  const t21 = y13 + h20 * DOWN;
  const h21 = t21 + CARRY - CARRY;
  const t17b = t17 - h17 + h16 * DOWN;
  const h17b = t17b + CARRY - CARRY;
  out[0] = t12 - h12;
  out[1] = t13 - h13;
  out[2] = t14 - h14;
  out[3] = t15 - h15;
  out[4] = t16 - h16;
  out[5] = t17b - h17b;
  out[6] = t18 - h18 + h17b * DOWN;
  out[7] = t19 - h19;
  out[8] = t20 - h20;
  out[9] = t21 - h21;
  out[10] = h21 * DOWN;
}

/** out = a^2 2^-288 mod p, tight: the columns of `multiply` with equal products taken once. a is up to 3 x tight. */
export function square(out: Limbs, a: Limbs): void {
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
  const d0 = 2 * a0;
  const d1 = 2 * a1;
  const d2 = 2 * a2;
  const d3 = 2 * a3;
  const d4 = 2 * a4;
  const d5 = 2 * a5;
  const d6 = 2 * a6;
  const d7 = 2 * a7;
  const d8 = 2 * a8;
  const d9 = 2 * a9;
  const t0 = a0 * a0;
  const t1 = d0 * a1;
  const t2 = d0 * a2 + a1 * a1;
  const t3 = d0 * a3 + d1 * a2;
  const h0 = t0 + CARRY - CARRY;
  const h1 = t1 + CARRY - CARRY;
  const h2 = t2 + CARRY - CARRY;
  const h3 = t3 + CARRY - CARRY;
  const m0 = t0 - h0;
  const m1 = t1 - h1 + h0 * DOWN;
  const m2 = t2 - h2 + h1 * DOWN;
  const m3 = t3 - h3 + h2 * DOWN;
  const y1 = m1 - 256 * m0;
  const y2 = m2 - 256 * y1;
  const z2 = m2 - 256 * m1;
  const y3 = m3 - 256 * z2;
  const z3 = m3 - 256 * m2;
  const t4 = d0 * a4 + d1 * a3 + a2 * a2 + m0 + h3 * DOWN;
  const t5 = d0 * a5 + d1 * a4 + d2 * a3 + m1;
  const p6 = d0 * a6 + d1 * a5;
  const t6 = p6 + (d2 * a4 + a3 * a3 + m2);
  const p7 = d0 * a7 + d1 * a6;
  const t7 = p7 + (d2 * a5 + d3 * a4 + m3);
  const h4 = t4 + CARRY - CARRY;
  const h5 = t5 + CARRY - CARRY;
  const h6 = t6 + CARRY - CARRY;
  const h7 = t7 + CARRY - CARRY;
  const m4 = t4 - h4;
  const m5 = t5 - h5 + h4 * DOWN;
  const m6 = t6 - h6 + h5 * DOWN;
  const m7 = t7 - h7 + h6 * DOWN;
  const y4 = m4 - 256 * z3;
  const z4 = m4 - 256 * m3;
  const y5 = m5 - 256 * z4;
  const z5 = m5 - 256 * m4;
  const y6 = m6 - 256 * z5;
  const z6 = m6 - 256 * m5;
  const y7 = m7 - 256 * z6;
  const z7 = m7 - 256 * m6;
  const p8 = d0 * a8 + d1 * a7;
  const t8 = p8 + (d2 * a6 + d3 * a5 + a4 * a4 + m4 + m0 + h7 * DOWN);
  const p9 = d0 * a9 + d1 * a8;
  const t9 = p9 + (d2 * a7 + d3 * a6 + d4 * a5 + m5 + y1);
  const p10 = d0 * a10 + d1 * a9 + d2 * a8;
  const t10 = p10 + (d3 * a7 + d4 * a6 + a5 * a5 + m6 + y2);
  const p11 = d1 * a10 + d2 * a9;
  const t11 = p11 + (d3 * a8 + d4 * a7 + d5 * a6 + m7 + y3);
  const h8 = t8 + CARRY - CARRY;
  const h9 = t9 + CARRY - CARRY;
  const h10 = t10 + CARRY - CARRY;
  const h11 = t11 + CARRY - CARRY;
  const m8 = t8 - h8;
  const m9 = t9 - h9 + h8 * DOWN;
  const m10 = t10 - h10 + h9 * DOWN;
  const m11 = t11 - h11 + h10 * DOWN;
  const y8 = m8 - 256 * z7;
  const z8 = m8 - 256 * m7;
  const y9 = m9 - 256 * z8;
  const z9 = m9 - 256 * m8;
  const y10 = m10 - 256 * z9;
  const z10 = m10 - 256 * m9;
  const y11 = m11 - 256 * z10;
  const z11 = m11 - 256 * m10;
  const y12 = -256 * z11;
  const y13 = 65536 * m11;
  const p12 = d2 * a10 + d3 * a9;
  const t12 = p12 + (d4 * a8 + d5 * a7 + a6 * a6 + m8 + y4 + h11 * DOWN);
  const h12 = t12 + CARRY - CARRY;
  const p13 = d3 * a10 + d4 * a9;
  const t13 = p13 + (d5 * a8 + d6 * a7 + m9 + y5 + h12 * DOWN);
  const h13 = t13 + CARRY - CARRY;
  const p14 = d4 * a10 + d5 * a9;
  const t14 = p14 + (d6 * a8 + a7 * a7 + m10 + y6 + h13 * DOWN);
  const h14 = t14 + CARRY - CARRY;
  const t15 = d5 * a10 + d6 * a9 + d7 * a8 + m11 + y7 + h14 * DOWN;
  const h15 = t15 + CARRY - CARRY;
  const t16 = d6 * a10 + d7 * a9 + a8 * a8 + y8 + h15 * DOWN;
  const h16 = t16 + CARRY - CARRY;
  const t17 = d7 * a10 + d8 * a9 + y9;
  const h17 = t17 + CARRY - CARRY;
  const t18 = d8 * a10 + a9 * a9 + y10 + h17 * DOWN;
  const h18 = t18 + CARRY - CARRY;
  const t19 = d9 * a10 + y11 + h18 * DOWN;
  const h19 = t19 + CARRY - CARRY;
  const t20 = a10 * a10 + y12 + h19 * DOWN;
  const h20 = t20 + CARRY - CARRY;
  const t21 = y13 + h20 * DOWN;
  const h21 = t21 + CARRY - CARRY;
  const t17b = t17 - h17 + h16 * DOWN;
  const h17b = t17b + CARRY - CARRY;
  out[0] = t12 - h12;
  out[1] = t13 - h13;
  out[2] = t14 - h14;
  out[3] = t15 - h15;
  out[4] = t16 - h16;
  out[5] = t17b - h17b;
  out[6] = t18 - h18 + h17b * DOWN;
  out[7] = t19 - h19;
  out[8] = t20 - h20;
  out[9] = t21 - h21;
  out[10] = h21 * DOWN;
}

/* Sums and differences. What is not carried is as many times tight as its terms together. */

export function add(out: Limbs, a: Limbs, b: Limbs): void {
  out[0] = a[0] + b[0];
  out[1] = a[1] + b[1];
  out[2] = a[2] + b[2];
  out[3] = a[3] + b[3];
  out[4] = a[4] + b[4];
  out[5] = a[5] + b[5];
  out[6] = a[6] + b[6];
  out[7] = a[7] + b[7];
  out[8] = a[8] + b[8];
  out[9] = a[9] + b[9];
  out[10] = a[10] + b[10];
}

export function subtract(out: Limbs, a: Limbs, b: Limbs): void {
  out[0] = a[0] - b[0];
  out[1] = a[1] - b[1];
  out[2] = a[2] - b[2];
  out[3] = a[3] - b[3];
  out[4] = a[4] - b[4];
  out[5] = a[5] - b[5];
  out[6] = a[6] - b[6];
  out[7] = a[7] - b[7];
  out[8] = a[8] - b[8];
  out[9] = a[9] - b[9];
  out[10] = a[10] - b[10];
}

/** out = factor a, of a small factor. */
export function scale(out: Limbs, factor: number, a: Limbs): void {
  out[0] = factor * a[0];
  out[1] = factor * a[1];
  out[2] = factor * a[2];
  out[3] = factor * a[3];
  out[4] = factor * a[4];
  out[5] = factor * a[5];
  out[6] = factor * a[6];
  out[7] = factor * a[7];
  out[8] = factor * a[8];
  out[9] = factor * a[9];
  out[10] = factor * a[10];
}

/** out = a + factor b, tight: every limb hands on what it has too much of, all at once. */
export function addCarried(out: Limbs, a: Limbs, factor: number, b: Limbs): void {
  const t0 = a[0] + factor * b[0];
  const t1 = a[1] + factor * b[1];
  const t2 = a[2] + factor * b[2];
  const t3 = a[3] + factor * b[3];
  const t4 = a[4] + factor * b[4];
  const t5 = a[5] + factor * b[5];
  const t6 = a[6] + factor * b[6];
  const t7 = a[7] + factor * b[7];
  const t8 = a[8] + factor * b[8];
  const t9 = a[9] + factor * b[9];
  const t10 = a[10] + factor * b[10];
  const h0 = t0 + CARRY - CARRY;
  const h1 = t1 + CARRY - CARRY;
  const h2 = t2 + CARRY - CARRY;
  const h3 = t3 + CARRY - CARRY;
  const h4 = t4 + CARRY - CARRY;
  const h5 = t5 + CARRY - CARRY;
  const h6 = t6 + CARRY - CARRY;
  const h7 = t7 + CARRY - CARRY;
  const h8 = t8 + CARRY - CARRY;
  const h9 = t9 + CARRY - CARRY;
  out[0] = t0 - h0;
  out[1] = t1 - h1 + h0 * DOWN;
  out[2] = t2 - h2 + h1 * DOWN;
  out[3] = t3 - h3 + h2 * DOWN;
  out[4] = t4 - h4 + h3 * DOWN;
  out[5] = t5 - h5 + h4 * DOWN;
  out[6] = t6 - h6 + h5 * DOWN;
  out[7] = t7 - h7 + h6 * DOWN;
  out[8] = t8 - h8 + h7 * DOWN;
  out[9] = t9 - h9 + h8 * DOWN;
  out[10] = t10 + h9 * DOWN;
}
