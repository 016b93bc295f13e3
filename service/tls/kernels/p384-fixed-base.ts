import { wipe } from './p256-limbs.ts';
import { wipeScan } from './p256-scan.ts';
import { DIGITS, type Digits } from './p384-digits.ts';
import { scale } from './p384-field.ts';
import {
  addAffine,
  addComplete,
  double,
  GENERATOR,
  type HomogeneousPoint,
  newAffinePoint,
  newPoint,
  toHomogeneous,
  toJacobian,
} from './p384-point.ts';
import { newTable, select, type Table, writeRow } from './p384-table.ts';

/*
 * Multiples of the generator, as p256-fixed-base.ts makes them: for every second digit of p384-digits.ts the table has a row. The
 * digits between them take the same rows, and five doublings bring the two halves together.
 */

const ROWS = (DIGITS + 1) / 2;

let ofGenerator: Table | undefined;

/** Row i has 1, 3, ..., 31 times 2^(10 i) G. 156 KiB, made when it is first needed. */
function generatorTable(): Table {
  ofGenerator ??= tabulated();
  return ofGenerator;
}

function tabulated(): Table {
  const table = newTable(ROWS);
  const base = newPoint();
  toJacobian(base, GENERATOR);
  for (let row = 0; row < ROWS; row++) {
    writeRow(table, row, base);
    for (let i = 0; i < 10; i++) double(base, base);
  }
  return table;
}

const sum = newPoint();
const entry = newAffinePoint();
const addend = newPoint();

/**
 * out = k G, by the same steps whatever the digits of k are, which is from 1 to n - 1. Why no two points that are added are
 * equal or opposite, and none is infinity:
 *
 * The odd digits come first, from the topmost down, with their weights by 32 less. The sum before digit i is an odd multiple of
 * 32^(i+1), so at least that in magnitude, and the digit at most 31 * 32^(i-1); both are far below n.
 *
 * Of the even digits the topmost, 76, is the first. It adds at least 32^76; the sum of the odd ones is less than that in
 * magnitude, and not zero. For every other: H, the sum of the digits above digit i, is at least 32^(i+1); the odd digits below i,
 * which are in already, are together less than 32^i; so the sum is more than 31 * 32^i, and digit i is at most that. Equal or
 * opposite modulo n they are not either: sum and digit are multiples of 32 as long as i > 0, together less than 32 n, and the
 * only multiple of both 32 and n in that range is 0. That leaves the last addition, where k = 2 d[0] mod n is possible; it is
 * done completely.
 */
export function multiplyGenerator(out: HomogeneousPoint, digits: Digits): void {
  const table = generatorTable();
  select(entry, table, ROWS - 2, digits.values[DIGITS - 2] ?? 0);
  toJacobian(sum, entry);
  for (let row = ROWS - 3; row >= 0; row--) {
    select(entry, table, row, digits.values[2 * row + 1] ?? 0);
    addAffine(sum, sum, entry);
  }
  for (let i = 0; i < 5; i++) double(sum, sum);
  for (let row = ROWS - 1; row > 0; row--) {
    select(entry, table, row, digits.values[2 * row] ?? 0);
    addAffine(sum, sum, entry);
  }
  select(entry, table, 0, digits.values[0] ?? 0);
  toJacobian(addend, entry); // with Z = 1 both forms are the same
  toHomogeneous(out, sum);
  addComplete(out, out, addend);
  scale(out.y, 1 - 2 * digits.even, out.y);
  wipe(sum.x, sum.y, sum.z, entry.x, entry.y, addend.x, addend.y);
  wipeScan();
}
