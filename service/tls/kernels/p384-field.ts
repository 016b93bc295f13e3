import { columns, reduce } from './p384-columns.ts';
import type { Limbs } from './p384-limbs.ts';

/*
 * The field of P-384 on the limbs of p384-limbs.ts: the number itself modulo p, in no other form.
 *
 * Two factors may be n and m times tight as long as n m <= 7: sixteen products of 2^46 in one column, 7 times, and what
 * p384-columns.ts adds to it are below 2^53. Every function may be given its output among its inputs.
 */

const CARRY = 3 * 2 ** 75;
const DOWN = 2 ** -24;

/** out = a b mod p, tight; n-times-tight times m-times-tight with n m <= 7. */
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
  const a11 = a[11];
  const a12 = a[12];
  const a13 = a[13];
  const a14 = a[14];
  const a15 = a[15];
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
  const b11 = b[11];
  const b12 = b[12];
  const b13 = b[13];
  const b14 = b[14];
  const b15 = b[15];
  columns[0] = a0 * b0;
  columns[1] = a0 * b1 + a1 * b0;
  columns[2] = a0 * b2 + a1 * b1 + a2 * b0;
  columns[3] = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0;
  columns[4] = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0;
  columns[5] = a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0;
  columns[6] = a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0;
  columns[7] = a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0;
  const p8 = a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1;
  columns[8] = p8 + a8 * b0;
  const p9 = a0 * b9 + a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2;
  columns[9] = p9 + a8 * b1 + a9 * b0;
  const p10 = a0 * b10 + a1 * b9 + a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3;
  columns[10] = p10 + a8 * b2 + a9 * b1 + a10 * b0;
  const p11 = a0 * b11 + a1 * b10 + a2 * b9 + a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4;
  columns[11] = p11 + a8 * b3 + a9 * b2 + a10 * b1 + a11 * b0;
  const p12 = a0 * b12 + a1 * b11 + a2 * b10 + a3 * b9 + a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5;
  columns[12] = p12 + a8 * b4 + a9 * b3 + a10 * b2 + a11 * b1 + a12 * b0;
  const p13 = a0 * b13 + a1 * b12 + a2 * b11 + a3 * b10 + a4 * b9 + a5 * b8 + a6 * b7 + a7 * b6;
  columns[13] = p13 + a8 * b5 + a9 * b4 + a10 * b3 + a11 * b2 + a12 * b1 + a13 * b0;
  const p14 = a0 * b14 + a1 * b13 + a2 * b12 + a3 * b11 + a4 * b10 + a5 * b9 + a6 * b8 + a7 * b7;
  columns[14] = p14 + a8 * b6 + a9 * b5 + a10 * b4 + a11 * b3 + a12 * b2 + a13 * b1 + a14 * b0;
  const p15 = a0 * b15 + a1 * b14 + a2 * b13 + a3 * b12 + a4 * b11 + a5 * b10 + a6 * b9 + a7 * b8;
  columns[15] = p15 + a8 * b7 + a9 * b6 + a10 * b5 + a11 * b4 + a12 * b3 + a13 * b2 + a14 * b1 + a15 * b0;
  const p16 = a1 * b15 + a2 * b14 + a3 * b13 + a4 * b12 + a5 * b11 + a6 * b10 + a7 * b9 + a8 * b8;
  columns[16] = p16 + a9 * b7 + a10 * b6 + a11 * b5 + a12 * b4 + a13 * b3 + a14 * b2 + a15 * b1;
  const p17 = a2 * b15 + a3 * b14 + a4 * b13 + a5 * b12 + a6 * b11 + a7 * b10 + a8 * b9 + a9 * b8;
  columns[17] = p17 + a10 * b7 + a11 * b6 + a12 * b5 + a13 * b4 + a14 * b3 + a15 * b2;
  const p18 = a3 * b15 + a4 * b14 + a5 * b13 + a6 * b12 + a7 * b11 + a8 * b10 + a9 * b9 + a10 * b8;
  columns[18] = p18 + a11 * b7 + a12 * b6 + a13 * b5 + a14 * b4 + a15 * b3;
  const p19 = a4 * b15 + a5 * b14 + a6 * b13 + a7 * b12 + a8 * b11 + a9 * b10 + a10 * b9 + a11 * b8;
  columns[19] = p19 + a12 * b7 + a13 * b6 + a14 * b5 + a15 * b4;
  const p20 = a5 * b15 + a6 * b14 + a7 * b13 + a8 * b12 + a9 * b11 + a10 * b10 + a11 * b9 + a12 * b8;
  columns[20] = p20 + a13 * b7 + a14 * b6 + a15 * b5;
  const p21 = a6 * b15 + a7 * b14 + a8 * b13 + a9 * b12 + a10 * b11 + a11 * b10 + a12 * b9 + a13 * b8;
  columns[21] = p21 + a14 * b7 + a15 * b6;
  const p22 = a7 * b15 + a8 * b14 + a9 * b13 + a10 * b12 + a11 * b11 + a12 * b10 + a13 * b9 + a14 * b8;
  columns[22] = p22 + a15 * b7;
  columns[23] = a8 * b15 + a9 * b14 + a10 * b13 + a11 * b12 + a12 * b11 + a13 * b10 + a14 * b9 + a15 * b8;
  columns[24] = a9 * b15 + a10 * b14 + a11 * b13 + a12 * b12 + a13 * b11 + a14 * b10 + a15 * b9;
  columns[25] = a10 * b15 + a11 * b14 + a12 * b13 + a13 * b12 + a14 * b11 + a15 * b10;
  columns[26] = a11 * b15 + a12 * b14 + a13 * b13 + a14 * b12 + a15 * b11;
  columns[27] = a12 * b15 + a13 * b14 + a14 * b13 + a15 * b12;
  columns[28] = a13 * b15 + a14 * b14 + a15 * b13;
  columns[29] = a14 * b15 + a15 * b14;
  columns[30] = a15 * b15;
  reduce(out);
}

/** out = a^2 mod p, tight: the columns of `multiply` with equal products taken once. a is up to twice tight. */
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
  const a11 = a[11];
  const a12 = a[12];
  const a13 = a[13];
  const a14 = a[14];
  const a15 = a[15];
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
  const d10 = 2 * a10;
  const d11 = 2 * a11;
  const d12 = 2 * a12;
  const d13 = 2 * a13;
  const d14 = 2 * a14;
  columns[0] = a0 * a0;
  columns[1] = d0 * a1;
  columns[2] = d0 * a2 + a1 * a1;
  columns[3] = d0 * a3 + d1 * a2;
  columns[4] = d0 * a4 + d1 * a3 + a2 * a2;
  columns[5] = d0 * a5 + d1 * a4 + d2 * a3;
  columns[6] = d0 * a6 + d1 * a5 + d2 * a4 + a3 * a3;
  columns[7] = d0 * a7 + d1 * a6 + d2 * a5 + d3 * a4;
  columns[8] = d0 * a8 + d1 * a7 + d2 * a6 + d3 * a5 + a4 * a4;
  columns[9] = d0 * a9 + d1 * a8 + d2 * a7 + d3 * a6 + d4 * a5;
  columns[10] = d0 * a10 + d1 * a9 + d2 * a8 + d3 * a7 + d4 * a6 + a5 * a5;
  columns[11] = d0 * a11 + d1 * a10 + d2 * a9 + d3 * a8 + d4 * a7 + d5 * a6;
  columns[12] = d0 * a12 + d1 * a11 + d2 * a10 + d3 * a9 + d4 * a8 + d5 * a7 + a6 * a6;
  columns[13] = d0 * a13 + d1 * a12 + d2 * a11 + d3 * a10 + d4 * a9 + d5 * a8 + d6 * a7;
  columns[14] = d0 * a14 + d1 * a13 + d2 * a12 + d3 * a11 + d4 * a10 + d5 * a9 + d6 * a8 + a7 * a7;
  columns[15] = d0 * a15 + d1 * a14 + d2 * a13 + d3 * a12 + d4 * a11 + d5 * a10 + d6 * a9 + d7 * a8;
  columns[16] = d1 * a15 + d2 * a14 + d3 * a13 + d4 * a12 + d5 * a11 + d6 * a10 + d7 * a9 + a8 * a8;
  columns[17] = d2 * a15 + d3 * a14 + d4 * a13 + d5 * a12 + d6 * a11 + d7 * a10 + d8 * a9;
  columns[18] = d3 * a15 + d4 * a14 + d5 * a13 + d6 * a12 + d7 * a11 + d8 * a10 + a9 * a9;
  columns[19] = d4 * a15 + d5 * a14 + d6 * a13 + d7 * a12 + d8 * a11 + d9 * a10;
  columns[20] = d5 * a15 + d6 * a14 + d7 * a13 + d8 * a12 + d9 * a11 + a10 * a10;
  columns[21] = d6 * a15 + d7 * a14 + d8 * a13 + d9 * a12 + d10 * a11;
  columns[22] = d7 * a15 + d8 * a14 + d9 * a13 + d10 * a12 + a11 * a11;
  columns[23] = d8 * a15 + d9 * a14 + d10 * a13 + d11 * a12;
  columns[24] = d9 * a15 + d10 * a14 + d11 * a13 + a12 * a12;
  columns[25] = d10 * a15 + d11 * a14 + d12 * a13;
  columns[26] = d11 * a15 + d12 * a14 + a13 * a13;
  columns[27] = d12 * a15 + d13 * a14;
  columns[28] = d13 * a15 + a14 * a14;
  columns[29] = d14 * a15;
  columns[30] = a15 * a15;
  reduce(out);
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
  out[11] = a[11] + b[11];
  out[12] = a[12] + b[12];
  out[13] = a[13] + b[13];
  out[14] = a[14] + b[14];
  out[15] = a[15] + b[15];
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
  out[11] = a[11] - b[11];
  out[12] = a[12] - b[12];
  out[13] = a[13] - b[13];
  out[14] = a[14] - b[14];
  out[15] = a[15] - b[15];
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
  out[11] = factor * a[11];
  out[12] = factor * a[12];
  out[13] = factor * a[13];
  out[14] = factor * a[14];
  out[15] = factor * a[15];
}

/** out = a + factor b, tight: every limb hands on what it has too much of, all at once; the topmost hands it on as p384-columns.ts says. */
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
  const t11 = a[11] + factor * b[11];
  const t12 = a[12] + factor * b[12];
  const t13 = a[13] + factor * b[13];
  const t14 = a[14] + factor * b[14];
  const t15 = a[15] + factor * b[15];
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
  const h10 = t10 + CARRY - CARRY;
  const h11 = t11 + CARRY - CARRY;
  const h12 = t12 + CARRY - CARRY;
  const h13 = t13 + CARRY - CARRY;
  const h14 = t14 + CARRY - CARRY;
  const h15 = t15 + CARRY - CARRY;
  const over = h15 * DOWN;
  out[0] = t0 - h0 + over;
  out[1] = t1 - h1 + h0 * DOWN - 256 * over;
  out[2] = t2 - h2 + h1 * DOWN;
  out[3] = t3 - h3 + h2 * DOWN;
  out[4] = t4 - h4 + h3 * DOWN + over;
  out[5] = t5 - h5 + h4 * DOWN + 256 * over;
  out[6] = t6 - h6 + h5 * DOWN;
  out[7] = t7 - h7 + h6 * DOWN;
  out[8] = t8 - h8 + h7 * DOWN;
  out[9] = t9 - h9 + h8 * DOWN;
  out[10] = t10 - h10 + h9 * DOWN;
  out[11] = t11 - h11 + h10 * DOWN;
  out[12] = t12 - h12 + h11 * DOWN;
  out[13] = t13 - h13 + h12 * DOWN;
  out[14] = t14 - h14 + h13 * DOWN;
  out[15] = t15 - h15 + h14 * DOWN;
}
