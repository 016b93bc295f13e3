import { wipe } from './p256-limbs.ts';
import type { Limbs } from './p384-limbs.ts';

/*
 * A product before it is reduced: column k is the sum of all a[i] b[j] with i + j = k, worth 2^(24 k).
 *
 * p = 2^384 - 2^128 - 2^96 + 2^32 - 1, so 2^384 is 2^128 + 2^96 - 2^32 + 1 modulo p (J. Solinas, 1999), and with limbs of 24 bits
 * all of that is whole limbs and bytes: what stands at column 16 + j goes to columns j and j + 4, times 256 to j + 5, and
 * times -256 to j + 1. Nothing is multiplied to reduce, and a number is not moved into another form.
 *
 * Adding and subtracting 3 * 2^75 rounds to a multiple of 2^24: what a double of 53 bits cannot hold beside it is lost. Columns
 * carry side by side, each to the next alone, so that none waits for another. After one round a column of up to 2^53 is at
 * most 2^23 + 2^29, which times 256 still is little beside a column; after two it is tight.
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
  // Columns 16 to 30 carry once, and are 31 then.
  const t16 = columns[16];
  const t17 = columns[17];
  const t18 = columns[18];
  const t19 = columns[19];
  const t20 = columns[20];
  const t21 = columns[21];
  const t22 = columns[22];
  const t23 = columns[23];
  const t24 = columns[24];
  const t25 = columns[25];
  const t26 = columns[26];
  const t27 = columns[27];
  const t28 = columns[28];
  const t29 = columns[29];
  const t30 = columns[30];
  const h16 = t16 + CARRY - CARRY;
  const h17 = t17 + CARRY - CARRY;
  const h18 = t18 + CARRY - CARRY;
  const h19 = t19 + CARRY - CARRY;
  const h20 = t20 + CARRY - CARRY;
  const h21 = t21 + CARRY - CARRY;
  const h22 = t22 + CARRY - CARRY;
  const h23 = t23 + CARRY - CARRY;
  const h24 = t24 + CARRY - CARRY;
  const h25 = t25 + CARRY - CARRY;
  const h26 = t26 + CARRY - CARRY;
  const h27 = t27 + CARRY - CARRY;
  const h28 = t28 + CARRY - CARRY;
  const h29 = t29 + CARRY - CARRY;
  const h30 = t30 + CARRY - CARRY;
  const u16 = t16 - h16;
  const u17 = t17 - h17 + h16 * DOWN;
  const u18 = t18 - h18 + h17 * DOWN;
  const u19 = t19 - h19 + h18 * DOWN;
  const u20 = t20 - h20 + h19 * DOWN;
  const u21 = t21 - h21 + h20 * DOWN;
  const u22 = t22 - h22 + h21 * DOWN;
  const u23 = t23 - h23 + h22 * DOWN;
  const u24 = t24 - h24 + h23 * DOWN;
  const u25 = t25 - h25 + h24 * DOWN;
  const u26 = t26 - h26 + h25 * DOWN;
  const u27 = t27 - h27 + h26 * DOWN;
  const u28 = t28 - h28 + h27 * DOWN;
  const u29 = t29 - h29 + h28 * DOWN;
  const u30 = t30 - h30 + h29 * DOWN;
  const u31 = h30 * DOWN;
  // What of these comes out at column 16 and above again: limbs 28 to 31 by 2^96, 27 to 31 by 2^128, and 31 by 2^32.
  const w16 = u16 + u28 + 256 * (u27 - u31);
  const w17 = u17 + u29 + 256 * u28;
  const w18 = u18 + u30 + 256 * u29;
  const w19 = u19 + u31 + 256 * u30;
  const w20 = u20 + 256 * u31;
  // Below 2^384.
  const r0 = columns[0] + w16;
  const r1 = columns[1] + w17 - 256 * w16;
  const r2 = columns[2] + w18 - 256 * w17;
  const r3 = columns[3] + w19 - 256 * w18;
  const r4 = columns[4] + w20 + w16 - 256 * w19;
  const r5 = columns[5] + u21 + w17 + 256 * (w16 - w20);
  const r6 = columns[6] + u22 + w18 + 256 * (w17 - u21);
  const r7 = columns[7] + u23 + w19 + 256 * (w18 - u22);
  const r8 = columns[8] + u24 + w20 + 256 * (w19 - u23);
  const r9 = columns[9] + u25 + u21 + 256 * (w20 - u24);
  const r10 = columns[10] + u26 + u22 + 256 * (u21 - u25);
  const r11 = columns[11] + u27 + u23 + 256 * (u22 - u26);
  const r12 = columns[12] + u28 + u24 + 256 * (u23 - u27);
  const r13 = columns[13] + u29 + u25 + 256 * (u24 - u28);
  const r14 = columns[14] + u30 + u26 + 256 * (u25 - u29);
  const r15 = columns[15] + u31 + u27 + 256 * (u26 - u30);
  // Two rounds of carries. What goes out at the top comes in again at the bottom.
  const g0 = r0 + CARRY - CARRY;
  const g1 = r1 + CARRY - CARRY;
  const g2 = r2 + CARRY - CARRY;
  const g3 = r3 + CARRY - CARRY;
  const g4 = r4 + CARRY - CARRY;
  const g5 = r5 + CARRY - CARRY;
  const g6 = r6 + CARRY - CARRY;
  const g7 = r7 + CARRY - CARRY;
  const g8 = r8 + CARRY - CARRY;
  const g9 = r9 + CARRY - CARRY;
  const g10 = r10 + CARRY - CARRY;
  const g11 = r11 + CARRY - CARRY;
  const g12 = r12 + CARRY - CARRY;
  const g13 = r13 + CARRY - CARRY;
  const g14 = r14 + CARRY - CARRY;
  const g15 = r15 + CARRY - CARRY;
  const over = g15 * DOWN;
  const s0 = r0 - g0 + over;
  const s1 = r1 - g1 + g0 * DOWN - 256 * over;
  const s2 = r2 - g2 + g1 * DOWN;
  const s3 = r3 - g3 + g2 * DOWN;
  const s4 = r4 - g4 + g3 * DOWN + over;
  const s5 = r5 - g5 + g4 * DOWN + 256 * over;
  const s6 = r6 - g6 + g5 * DOWN;
  const s7 = r7 - g7 + g6 * DOWN;
  const s8 = r8 - g8 + g7 * DOWN;
  const s9 = r9 - g9 + g8 * DOWN;
  const s10 = r10 - g10 + g9 * DOWN;
  const s11 = r11 - g11 + g10 * DOWN;
  const s12 = r12 - g12 + g11 * DOWN;
  const s13 = r13 - g13 + g12 * DOWN;
  const s14 = r14 - g14 + g13 * DOWN;
  const s15 = r15 - g15 + g14 * DOWN;
  const f0 = s0 + CARRY - CARRY;
  const f1 = s1 + CARRY - CARRY;
  const f2 = s2 + CARRY - CARRY;
  const f3 = s3 + CARRY - CARRY;
  const f4 = s4 + CARRY - CARRY;
  const f5 = s5 + CARRY - CARRY;
  const f6 = s6 + CARRY - CARRY;
  const f7 = s7 + CARRY - CARRY;
  const f8 = s8 + CARRY - CARRY;
  const f9 = s9 + CARRY - CARRY;
  const f10 = s10 + CARRY - CARRY;
  const f11 = s11 + CARRY - CARRY;
  const f12 = s12 + CARRY - CARRY;
  const f13 = s13 + CARRY - CARRY;
  const f14 = s14 + CARRY - CARRY;
  const f15 = s15 + CARRY - CARRY;
  const last = f15 * DOWN;
  out[0] = s0 - f0 + last;
  out[1] = s1 - f1 + f0 * DOWN - 256 * last;
  out[2] = s2 - f2 + f1 * DOWN;
  out[3] = s3 - f3 + f2 * DOWN;
  out[4] = s4 - f4 + f3 * DOWN + last;
  out[5] = s5 - f5 + f4 * DOWN + 256 * last;
  out[6] = s6 - f6 + f5 * DOWN;
  out[7] = s7 - f7 + f6 * DOWN;
  out[8] = s8 - f8 + f7 * DOWN;
  out[9] = s9 - f9 + f8 * DOWN;
  out[10] = s10 - f10 + f9 * DOWN;
  out[11] = s11 - f11 + f10 * DOWN;
  out[12] = s12 - f12 + f11 * DOWN;
  out[13] = s13 - f13 + f12 * DOWN;
  out[14] = s14 - f14 + f13 * DOWN;
  out[15] = s15 - f15 + f14 * DOWN;
}

/** The last product may have been of secrets. */
export const wipeColumns = (): void => wipe(columns);
