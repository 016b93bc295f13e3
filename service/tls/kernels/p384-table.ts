import { COLUMNS, choose, scan, signOf, writeColumn } from './p256-scan.ts';
import { LIMBS } from './p384-limbs.ts';
import { makeAffine, oddMultiples } from './p384-multiples.ts';
import { type AffinePoint, type JacobianPoint, newPoint } from './p384-point.ts';

/*
 * Rows of sixteen odd multiples of a point, affine, from which a digit of p384-digits.ts takes one and nobody can see which
 * (p256-scan.ts, whose loops go as far as an element has limbs). A point that is met for the first time has its row made affine
 * too: that costs one inversion, which is less than what 76 additions save by it.
 */

const COORDINATE = LIMBS * COLUMNS;
const ROW = 2 * COORDINATE;

export type Table = Float64Array<ArrayBuffer>;

export const newTable = (rows: number): Table => new Float64Array(rows * ROW);

const multiples = Array.from({ length: COLUMNS }, newPoint);

/** Row `row` = 1, 3, ..., 31 times `point`, which is no secret. */
export function writeRow(table: Table, row: number, point: JacobianPoint): void {
  oddMultiples(multiples, point);
  makeAffine(multiples);
  for (const [column, { x, y }] of multiples.entries()) {
    writeColumn(table, row * ROW, column, x);
    writeColumn(table, row * ROW + COORDINATE, column, y);
  }
}

/** out = the digit's multiple, or the opposite of it. */
export function select(out: AffinePoint, table: Table, row: number, e: number): void {
  choose(e);
  scan(out.x, table, row * ROW, 1);
  scan(out.y, table, row * ROW + COORDINATE, signOf(e));
}
