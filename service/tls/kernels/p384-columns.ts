import { wipe } from './p256-limbs.ts';
import type { Limbs } from './p384-limbs.ts';

/*
 * A product before it is reduced: column k is the sum of all a[i] b[j] with i + j = k, worth 2^(24 k).
 *
 * p = 2^384 - 2^128 - 2^96 + 2^32 - 1, so 2^384 is 2^128 + 2^96 - 2^32 + 1 modulo p (J. Solinas, 1999), and with limbs of 24 bits
 * all of that is whole limbs and bytes: what stands at column 16 + j goes to columns j and j + 4, times 256 to j + 5, and
 * times -256 to j + 1. Nothing is multiplied to reduce, and a number is not moved into another form.
 *
 * Adding and subtracting 3 * 2^75 rounds to a multiple of 2^24: what a double of 53 bits cannot hold beside it is lost. A column
 * of up to 2^53 that handed on what it has too much of, and was handed as much, is at most 2^23 + 2^29: not tight yet, but
 * times 256 still little beside a column that was not reduced. So the upper columns carry once before they come down.
 */

/** Typed for its indices, as Limbs are. */
interface Columns extends Limbs {
  16: number;
  17: number;
  18: number;
  19: number;
  20: number;
  21: number;
  22: number;
  23: number;
  24: number;
  25: number;
  26: number;
  27: number;
  28: number;
  29: number;
  30: number;
}

export const columns = new Float64Array(31) as Columns;

const CARRY = 3 * 2 ** 75;
const DOWN = 2 ** -24;

/** out = the columns mod p, tight; columns are below 2^53 less 2^47 in magnitude. */
export function reduce(out: Limbs): void {
  // Columns 16 to 30, side by side: each hands its upper half to the next, which does not wait for it. They are 31 then.
  const t16 = columns[16];
  const h16 = t16 + CARRY - CARRY;
  const u16 = t16 - h16;
  const t17 = columns[17];
  const h17 = t17 + CARRY - CARRY;
  const u17 = t17 - h17 + h16 * DOWN;
  const t18 = columns[18];
  const h18 = t18 + CARRY - CARRY;
  const u18 = t18 - h18 + h17 * DOWN;
  const t19 = columns[19];
  const h19 = t19 + CARRY - CARRY;
  const u19 = t19 - h19 + h18 * DOWN;
  const t20 = columns[20];
  const h20 = t20 + CARRY - CARRY;
  const u20 = t20 - h20 + h19 * DOWN;
  const t21 = columns[21];
  const h21 = t21 + CARRY - CARRY;
  const u21 = t21 - h21 + h20 * DOWN;
  const t22 = columns[22];
  const h22 = t22 + CARRY - CARRY;
  const u22 = t22 - h22 + h21 * DOWN;
  const t23 = columns[23];
  const h23 = t23 + CARRY - CARRY;
  const u23 = t23 - h23 + h22 * DOWN;
  const t24 = columns[24];
  const h24 = t24 + CARRY - CARRY;
  const u24 = t24 - h24 + h23 * DOWN;
  const t25 = columns[25];
  const h25 = t25 + CARRY - CARRY;
  const u25 = t25 - h25 + h24 * DOWN;
  const t26 = columns[26];
  const h26 = t26 + CARRY - CARRY;
  const u26 = t26 - h26 + h25 * DOWN;
  const t27 = columns[27];
  const h27 = t27 + CARRY - CARRY;
  const u27 = t27 - h27 + h26 * DOWN;
  const t28 = columns[28];
  const h28 = t28 + CARRY - CARRY;
  const u28 = t28 - h28 + h27 * DOWN;
  const t29 = columns[29];
  const h29 = t29 + CARRY - CARRY;
  const u29 = t29 - h29 + h28 * DOWN;
  const t30 = columns[30];
  const h30 = t30 + CARRY - CARRY;
  const u30 = t30 - h30 + h29 * DOWN;
  const u31 = h30 * DOWN;
  // What of these comes to column 16 and above once more: of 28 to 31 by 2^96, of 27 to 31 by 2^128, of 31 by -2^32.
  const w16 = u16 + u28 + 256 * (u27 - u31);
  const w17 = u17 + u29 + 256 * u28;
  const w18 = u18 + u30 + 256 * u29;
  const w19 = u19 + u31 + 256 * u30;
  const w20 = u20 + 256 * u31;
  // Columns 0 to 7, each with the carry of the one below.
  const t0 = columns[0] + w16;
  const h0 = t0 + CARRY - CARRY;
  const u0 = t0 - h0;
  const t1 = columns[1] + w17 - 256 * w16 + h0 * DOWN;
  const h1 = t1 + CARRY - CARRY;
  const u1 = t1 - h1;
  const t2 = columns[2] + w18 - 256 * w17 + h1 * DOWN;
  const h2 = t2 + CARRY - CARRY;
  const u2 = t2 - h2;
  const t3 = columns[3] + w19 - 256 * w18 + h2 * DOWN;
  const h3 = t3 + CARRY - CARRY;
  const u3 = t3 - h3;
  const t4 = columns[4] + w20 + w16 - 256 * w19 + h3 * DOWN;
  const h4 = t4 + CARRY - CARRY;
  const u4 = t4 - h4;
  const t5 = columns[5] + u21 + w17 + 256 * (w16 - w20) + h4 * DOWN;
  const h5 = t5 + CARRY - CARRY;
  const u5 = t5 - h5;
  const t6 = columns[6] + u22 + w18 + 256 * (w17 - u21) + h5 * DOWN;
  const h6 = t6 + CARRY - CARRY;
  const u6 = t6 - h6;
  const t7 = columns[7] + u23 + w19 + 256 * (w18 - u22) + h6 * DOWN;
  const h7 = t7 + CARRY - CARRY;
  const u7 = t7 - h7;
  // Columns 8 to 15 do not wait for that of 7.
  const t8 = columns[8] + u24 + w20 + 256 * (w19 - u23);
  const h8 = t8 + CARRY - CARRY;
  const u8 = t8 - h8;
  const t9 = columns[9] + u25 + u21 + 256 * (w20 - u24) + h8 * DOWN;
  const h9 = t9 + CARRY - CARRY;
  const u9 = t9 - h9;
  const t10 = columns[10] + u26 + u22 + 256 * (u21 - u25) + h9 * DOWN;
  const h10 = t10 + CARRY - CARRY;
  const u10 = t10 - h10;
  const t11 = columns[11] + u27 + u23 + 256 * (u22 - u26) + h10 * DOWN;
  const h11 = t11 + CARRY - CARRY;
  const u11 = t11 - h11;
  const t12 = columns[12] + u28 + u24 + 256 * (u23 - u27) + h11 * DOWN;
  const h12 = t12 + CARRY - CARRY;
  const u12 = t12 - h12;
  const t13 = columns[13] + u29 + u25 + 256 * (u24 - u28) + h12 * DOWN;
  const h13 = t13 + CARRY - CARRY;
  const u13 = t13 - h13;
  const t14 = columns[14] + u30 + u26 + 256 * (u25 - u29) + h13 * DOWN;
  const h14 = t14 + CARRY - CARRY;
  const u14 = t14 - h14;
  const t15 = columns[15] + u31 + u27 + 256 * (u26 - u30) + h14 * DOWN;
  const h15 = t15 + CARRY - CARRY;
  const u15 = t15 - h15;
  // What the two chains have left over, 2^384 among it, and where that is not tight one carry more.
  const over = h15 * DOWN;
  const v0 = u0 + over;
  const v1 = u1 - 256 * over;
  const v4 = u4 + over;
  const v5 = u5 + 256 * over;
  const v8 = u8 + h7 * DOWN;
  const g0 = v0 + CARRY - CARRY;
  const g1 = v1 + CARRY - CARRY;
  const g4 = v4 + CARRY - CARRY;
  const g5 = v5 + CARRY - CARRY;
  const g8 = v8 + CARRY - CARRY;
  out[0] = v0 - g0;
  out[1] = v1 - g1 + g0 * DOWN;
  out[2] = u2 + g1 * DOWN;
  out[3] = u3;
  out[4] = v4 - g4;
  out[5] = v5 - g5 + g4 * DOWN;
  out[6] = u6 + g5 * DOWN;
  out[7] = u7;
  out[8] = v8 - g8;
  out[9] = u9 + g8 * DOWN;
  out[10] = u10;
  out[11] = u11;
  out[12] = u12;
  out[13] = u13;
  out[14] = u14;
  out[15] = u15;
}

/** The last product may have been of secrets. */
export const wipeColumns = (): void => wipe(columns);
