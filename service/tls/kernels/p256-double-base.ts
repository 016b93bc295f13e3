import { ONE } from './p256-element.ts';
import { scale, square } from './p256-field.ts';
import { COORDINATE, type FixedBaseTable, generatorTable, ROW, ROW_BITS, ROW_WIDTH } from './p256-fixed-base.ts';
import { type Limbs, writeBytes, zero } from './p256-limbs.ts';
import { oddMultiples } from './p256-multiples.ts';
import {
  type AffinePoint,
  addAffine,
  addCached,
  addComplete,
  cache,
  copyPoint,
  double,
  GENERATOR,
  newAffinePoint,
  newCachedPoint,
  newPoint,
  toJacobian,
} from './p256-point.ts';
import { look } from './p256-scan.ts';
import { nonAdjacentForm, PLACES } from './p256-windows.ts';

/*
 * u1 G + u2 Q, for scalars below n that are no secret: three ways. The first two add points of which whoever made Q and the
 * scalars can have made two equal or opposite ones. Z is zero then (p256-point.ts), as it is for infinity, and the third way
 * tells what it was.
 */

/** A fraction: the x-coordinate is x / denominator; the point is infinity where the denominator is zero. */
export interface Abscissa {
  readonly x: Limbs;
  readonly denominator: Limbs;
}

export const newAbscissa = (): Abscissa => ({ x: zero(), denominator: zero() });

const sum = newPoint();
const entry = newAffinePoint();

const ofGenerator = new Int8Array(PLACES);
const ofPoint = new Int8Array(PLACES);

/* V. Strauss, 1964: both scalars share the doublings. The generator's first row has its multiples up to 31. */

const WIDTH = 5;
const multiples = Array.from({ length: 2 ** (WIDTH - 2) }, newPoint);
/** 1, 3, ..., 15 times the point, and the same with the other sign. */
const positive = multiples.map(newCachedPoint);
const negative = positive.map((point) => ({ ...point, y: zero() }));

/** The denominator is zero if two points met on the way. */
export function sumByWindows(out: Abscissa, u1: Limbs, u2: Limbs, point: AffinePoint): void {
  const table = generatorTable();
  tabulate(point);
  nonAdjacentForm(ofGenerator, u1, ROW_WIDTH);
  nonAdjacentForm(ofPoint, u2, WIDTH);
  let begun = false;
  for (let i = PLACES - 1; i >= 0; i--) {
    if (begun) double(sum, sum);
    const digit = ofPoint[i] ?? 0;
    const multiple = (digit > 0 ? positive : negative)[Math.abs(digit) >> 1];
    if (digit !== 0 && multiple !== undefined) {
      if (begun) addCached(sum, sum, multiple);
      else copyPoint(sum, multiple);
      begun = true;
    }
    begun = addOfRow(table, 0, ofGenerator[i] ?? 0, begun);
  }
  finish(out);
}

function tabulate(point: AffinePoint): void {
  toJacobian(sum, point);
  oddMultiples(multiples, sum);
  for (const [index, multiple] of multiples.entries()) {
    const cached = positive[index];
    const opposite = negative[index];
    if (cached === undefined || opposite === undefined) continue;
    cache(cached, multiple);
    scale(opposite.y, -1, multiple.y);
  }
}

/** Adds `digit` times 2^(10 row) P, or begins with it unless the sum has begun; whether it has then. */
function addOfRow(table: FixedBaseTable, row: number, digit: number, begun: boolean): boolean {
  if (digit === 0) return begun;
  const column = Math.abs(digit) >> 1;
  look(entry.x, table, row * ROW, column, 1);
  look(entry.y, table, row * ROW + COORDINATE, column, Math.sign(digit));
  if (begun) addAffine(sum, sum, entry);
  else toJacobian(sum, entry);
  return true;
}

/** Jacobian: x is X/Z^2. */
function finish(out: Abscissa): void {
  out.x.set(sum.x);
  square(out.denominator, sum.z);
}

/*
 * Both points have tables (p256-fixed-base.ts), whose rows are ten bits apart: all digits that stand at the same one of ten
 * places are added at once, and nine doublings bring the ten sums together.
 */

/** The denominator is zero if two points met on the way. */
export function sumByTables(out: Abscissa, u1: Limbs, u2: Limbs, table: FixedBaseTable): void {
  const generator = generatorTable();
  nonAdjacentForm(ofGenerator, u1, ROW_WIDTH);
  nonAdjacentForm(ofPoint, u2, ROW_WIDTH);
  let begun = false;
  for (let place = ROW_BITS - 1; place >= 0; place--) {
    if (begun) double(sum, sum);
    for (let row = 0, i = place; i < PLACES; row++, i += ROW_BITS) {
      begun = addOfRow(generator, row, ofGenerator[i] ?? 0, begun);
      begun = addOfRow(table, row, ofPoint[i] ?? 0, begun);
    }
  }
  finish(out);
}

/* Bit by bit, by the formula that is right for all points. It takes twice as long as windows do. */

const firstBytes = new Uint8Array(32);
const secondBytes = new Uint8Array(32);
const total = newPoint();
const addends = Array.from({ length: 4 }, newPoint);

/** For all scalars. The denominator is zero if the sum is infinity. */
export function sumCompletely(out: Abscissa, u1: Limbs, u2: Limbs, point: AffinePoint): void {
  const [infinity = total, generator = total, other = total, both = total] = addends;
  infinity.y.set(ONE);
  toJacobian(generator, GENERATOR); // with Z = 1 both forms are the same
  toJacobian(other, point);
  addComplete(both, generator, other);
  writeBytes(firstBytes, 0, u1);
  writeBytes(secondBytes, 0, u2);
  addComplete(total, infinity, infinity);
  for (let i = 0; i < 256; i++) {
    addComplete(total, total, total);
    const addend = addends[bitAt(firstBytes, i) + 2 * bitAt(secondBytes, i)];
    if (addend !== undefined && addend !== infinity) addComplete(total, total, addend);
  }
  out.x.set(total.x);
  out.denominator.set(total.z);
}

/** The topmost bit is bit 0. */
const bitAt = (bytes: Uint8Array, i: number): number => ((bytes[i >> 3] ?? 0) >> (7 - (i & 7))) & 1;
