import type { Limbs } from './p256-limbs.ts';

/*
 * Sixteen odd multiples of a point, from which a digit of p256-digits.ts takes one and nobody can see which: every number of
 * the table is read, and all but one of sixteen are multiplied by 0. A limb of all sixteen lies together.
 */

export const COLUMNS = 16;

/** What a table has of a limb of each point; `start` and `column` are no secrets. */
export function writeColumn(table: Float64Array, start: number, column: number, a: Limbs): void {
  for (let i = 0; i < a.length; i++) table[start + COLUMNS * i + column] = a[i] ?? 0;
}

/** Where the digit's magnitude is: e is 16 + column for +(2 column + 1), 15 - column for the opposite. */
export const columnOf = (e: number): number => (e ^ (15 * (1 - (e >> 4)))) & 15;

/** 1 or -1. */
export const signOf = (e: number): number => 2 * (e >> 4) - 1;

const chosen = new Float64Array(COLUMNS);

/** From now on `scan` takes the column of this digit. */
export function choose(e: number): void {
  const column = columnOf(e);
  for (let i = 0; i < COLUMNS; i++) chosen[i] = 1 - (((i ^ column) + 15) >> 4);
}

/** out = the limbs at `start` of the chosen column, times `sign`. */
export function scan(out: Limbs, table: Float64Array, start: number, sign: number): void {
  const c0 = sign * (chosen[0] ?? 0);
  const c1 = sign * (chosen[1] ?? 0);
  const c2 = sign * (chosen[2] ?? 0);
  const c3 = sign * (chosen[3] ?? 0);
  const c4 = sign * (chosen[4] ?? 0);
  const c5 = sign * (chosen[5] ?? 0);
  const c6 = sign * (chosen[6] ?? 0);
  const c7 = sign * (chosen[7] ?? 0);
  const c8 = sign * (chosen[8] ?? 0);
  const c9 = sign * (chosen[9] ?? 0);
  const c10 = sign * (chosen[10] ?? 0);
  const c11 = sign * (chosen[11] ?? 0);
  const c12 = sign * (chosen[12] ?? 0);
  const c13 = sign * (chosen[13] ?? 0);
  const c14 = sign * (chosen[14] ?? 0);
  const c15 = sign * (chosen[15] ?? 0);
  for (let i = 0; i < out.length; i++) {
    const at = start + COLUMNS * i;
    const first =
      c0 * (table[at] ?? 0) +
      c1 * (table[at + 1] ?? 0) +
      c2 * (table[at + 2] ?? 0) +
      c3 * (table[at + 3] ?? 0) +
      c4 * (table[at + 4] ?? 0) +
      c5 * (table[at + 5] ?? 0) +
      c6 * (table[at + 6] ?? 0) +
      c7 * (table[at + 7] ?? 0);
    const second =
      c8 * (table[at + 8] ?? 0) +
      c9 * (table[at + 9] ?? 0) +
      c10 * (table[at + 10] ?? 0) +
      c11 * (table[at + 11] ?? 0) +
      c12 * (table[at + 12] ?? 0) +
      c13 * (table[at + 13] ?? 0) +
      c14 * (table[at + 14] ?? 0) +
      c15 * (table[at + 15] ?? 0);
    out[i] = first + second;
  }
}

/** The same by an index: for scalars that are no secret. */
export function look(out: Limbs, table: Float64Array, start: number, column: number, sign: number): void {
  for (let i = 0; i < out.length; i++) out[i] = sign * (table[start + COLUMNS * i + column] ?? 0);
}

export function wipeScan(): void {
  chosen.fill(0);
}
