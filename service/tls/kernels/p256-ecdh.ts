import { type Digits, newDigits, recode, wipeDigits } from './p256-digits.ts';
import { invert, writeElement } from './p256-element.ts';
import { multiply, scale } from './p256-field.ts';
import { generatorTable, multiplyFixed } from './p256-fixed-base.ts';
import { LIMBS, wipe, zero } from './p256-limbs.ts';
import { oddMultiples, toAffine, wipeMultiples } from './p256-multiples.ts';
import {
  type AffinePoint,
  addAffine,
  addComplete,
  double,
  type HomogeneousPoint,
  newAffinePoint,
  newPoint,
  readPoint,
  toHomogeneous,
  toJacobian,
  wipePoints,
} from './p256-point.ts';
import { readSecret } from './p256-scalar.ts';
import { COLUMNS, choose, scan, signOf, wipeScan, writeColumn } from './p256-scan.ts';

/* Key pairs and key agreement on P-256: SEC 1 §3.2.1 and §3.3.1, with uncompressed points alone (RFC 9846 §4.2.8.2). */

const scalar = zero();
const digits = newDigits();
const product = newPoint();
const peer = newAffinePoint();
const inverse = zero();

/** 04, x and y: 65 bytes. Throws a RangeError for a secret that is not 32 bytes from 1 to n - 1. */
export function publicKey(secret: Uint8Array): Uint8Array<ArrayBuffer> {
  readDigits(secret);
  multiplyFixed(product, generatorTable(), digits);
  const point = new Uint8Array(65);
  point[0] = 4;
  invert(inverse, product.z);
  multiply(product.x, product.x, inverse);
  multiply(product.y, product.y, inverse);
  writeElement(point, 1, product.x);
  writeElement(point, 33, product.y);
  forget();
  return point;
}

/**
 * The x-coordinate of the peer's point times our secret, 32 bytes (RFC 9846 §7.4.2). Throws a RangeError for a secret as
 * `publicKey` does, and for a peer that is no uncompressed point of the curve.
 */
export function sharedX(secret: Uint8Array, point: Uint8Array): Uint8Array<ArrayBuffer> {
  if (!readPoint(peer, point)) throw new RangeError('the peer sent what is not an uncompressed point of P-256');
  readDigits(secret);
  multiplyVariable(product, peer, digits);
  const x = new Uint8Array(32);
  invert(inverse, product.z);
  multiply(product.x, product.x, inverse);
  writeElement(x, 0, product.x);
  forget();
  return x;
}

function readDigits(secret: Uint8Array): void {
  readSecret(scalar, secret);
  recode(digits, scalar);
}

function forget(): void {
  wipe(scalar, product.x, product.y, product.z, inverse);
  wipeDigits(digits);
  wipePoints();
}

/* Every limb of the sixteen multiples of the peer's point, affine: x, then y. */
const COORDINATE = LIMBS * COLUMNS;
const table = new Float64Array(2 * COORDINATE);
const multiples = Array.from({ length: COLUMNS }, newPoint);
const affine = Array.from({ length: COLUMNS }, newAffinePoint);
const sum = newPoint();
const entry = newAffinePoint();
const addend = newPoint();

/**
 * out = k P, by the same steps whatever the digits of k are, which is from 1 to n - 1; P is not infinity. Before each addition
 * the sum is 32 times an odd positive number, which is more than any digit, and with the digit still less than n: neither equal
 * nor opposite. With the last digit k = 2 d[0] mod n is possible; it is added completely.
 */
function multiplyVariable(out: HomogeneousPoint, point: AffinePoint, { values, even }: Digits): void {
  tabulate(point);
  select(values[values.length - 1] ?? 0);
  toJacobian(sum, entry);
  for (let i = values.length - 2; i >= 0; i--) {
    for (let j = 0; j < 5; j++) double(sum, sum);
    select(values[i] ?? 0);
    if (i > 0) addAffine(sum, sum, entry);
  }
  toHomogeneous(out, sum);
  toJacobian(addend, entry); // with Z = 1 both forms are the same
  addComplete(out, out, addend);
  scale(out.y, 1 - 2 * even, out.y);
  wipe(table, sum.x, sum.y, sum.z, addend.x, addend.y, addend.z, entry.x, entry.y);
  wipeMultiples(multiples);
  wipeScan();
}

function tabulate(point: AffinePoint): void {
  toJacobian(sum, point);
  oddMultiples(multiples, sum);
  toAffine(affine, multiples);
  for (const [column, { x, y }] of affine.entries()) {
    writeColumn(table, 0, column, x);
    writeColumn(table, COORDINATE, column, y);
  }
}

function select(e: number): void {
  choose(e);
  scan(entry.x, table, 0, 1);
  scan(entry.y, table, COORDINATE, signOf(e));
}
