import { DIGITS, type Digits } from './p256-digits.ts';
import { scale } from './p256-field.ts';
import { LIMBS, wipe } from './p256-limbs.ts';
import { oddMultiples, toAffine } from './p256-multiples.ts';
import {
  type AffinePoint,
  addAffine,
  addComplete,
  double,
  GENERATOR,
  type HomogeneousPoint,
  newAffinePoint,
  newPoint,
  toHomogeneous,
  toJacobian,
} from './p256-point.ts';
import { COLUMNS, choose, scan, signOf, wipeScan, writeColumn } from './p256-scan.ts';

/*
 * Multiples of a point that is known beforehand, the generator or a trust anchor's: for every second digit of p256-digits.ts
 * the table has a row of sixteen odd multiples, affine. The digits between them take the same rows, and five doublings bring
 * the two halves together.
 */

const ROWS = DIGITS / 2;
/** How far a coordinate reaches in the table, and a row. */
export const COORDINATE = LIMBS * COLUMNS;
export const ROW = 2 * COORDINATE;
/** How many bits a row is above the one before it: two digits. */
export const ROW_BITS = 10;
/** Of a non-adjacent form (p256-windows.ts) a row has every digit: they are odd and at most 31. */
export const ROW_WIDTH = 6;

/** Row i has 1, 3, ..., 31 times 2^(10 i) P. A function of the point alone; 73 KiB. */
export type FixedBaseTable = Float64Array<ArrayBuffer>;

export function fixedBaseTable(point: AffinePoint): FixedBaseTable {
  const table = new Float64Array(ROWS * ROW);
  const base = newPoint();
  const multiples = Array.from({ length: COLUMNS }, newPoint);
  const affine = Array.from({ length: COLUMNS }, newAffinePoint);
  toJacobian(base, point);
  for (let row = 0; row < ROWS; row++) {
    oddMultiples(multiples, base);
    toAffine(affine, multiples);
    for (const [column, { x, y }] of affine.entries()) {
      writeColumn(table, row * ROW, column, x);
      writeColumn(table, row * ROW + COORDINATE, column, y);
    }
    for (let i = 0; i < ROW_BITS; i++) double(base, base);
  }
  return table;
}

let ofGenerator: FixedBaseTable | undefined;

/** Made when it is first needed. */
export function generatorTable(): FixedBaseTable {
  ofGenerator ??= fixedBaseTable(GENERATOR);
  return ofGenerator;
}

const sum = newPoint();
const entry = newAffinePoint();
const addend = newPoint();

/**
 * out = k P, by the same steps whatever the digits of k are, which is from 1 to n - 1.
 *
 * The first half adds the odd digits from the topmost down: the sum is positive, and more than the digit that comes. In the
 * second half, likewise: H, the sum of the digits above digit i, is at least 32^(i+1); the odd digits below i, which are in
 * already, are together less than 32^i; so the sum is more than 31 * 32^i, and digit i is at most that. Equal or opposite
 * modulo n they are not either: sum and digit are multiples of 32 as long as i > 0, and the only multiple of 32 that is one of
 * n in that range is 0. That leaves the last addition, where k = 2 d[0] mod n is possible; it is done completely.
 */
export function multiplyFixed(out: HomogeneousPoint, table: FixedBaseTable, digits: Digits): void {
  select(table, ROWS - 1, digits.values[DIGITS - 1] ?? 0);
  toJacobian(sum, entry);
  for (let row = ROWS - 2; row >= 0; row--) {
    select(table, row, digits.values[2 * row + 1] ?? 0);
    addAffine(sum, sum, entry);
  }
  for (let i = 0; i < 5; i++) double(sum, sum);
  for (let row = ROWS - 1; row > 0; row--) {
    select(table, row, digits.values[2 * row] ?? 0);
    addAffine(sum, sum, entry);
  }
  select(table, 0, digits.values[0] ?? 0);
  toJacobian(addend, entry); // with Z = 1 both forms are the same
  toHomogeneous(out, sum);
  addComplete(out, out, addend);
  scale(out.y, 1 - 2 * digits.even, out.y);
  wipe(sum.x, sum.y, sum.z, entry.x, entry.y, addend.x, addend.y);
  wipeScan();
}

function select(table: FixedBaseTable, row: number, e: number): void {
  choose(e);
  scan(entry.x, table, row * ROW, 1);
  scan(entry.y, table, row * ROW + COORDINATE, signOf(e));
}
