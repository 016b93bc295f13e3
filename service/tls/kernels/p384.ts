import { wipe } from './p256-limbs.ts';
import { wipeScan } from './p256-scan.ts';
import { wipeColumns } from './p384-columns.ts';
import { type Digits, newDigits, recode, wipeDigits } from './p384-digits.ts';
import { invert, writeElement } from './p384-element.ts';
import { multiply, scale } from './p384-field.ts';
import { multiplyGenerator } from './p384-fixed-base.ts';
import { zero } from './p384-limbs.ts';
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
} from './p384-point.ts';
import { readSecret } from './p384-secret.ts';
import { newTable, select, writeRow } from './p384-table.ts';

/*
 * Key pairs and key agreement on P-384, on our own arithmetic (p384-limbs.ts): SEC 1 §3.2.1 and §3.3.1, with uncompressed points
 * alone (RFC 9846 §4.2.8.2). Keys are plain bytes, 48 for a secret and 97 for a point. Signatures of P-384 are @noble's.
 */

export { secret } from './p384-secret.ts';

const scalar = zero();
const digits = newDigits();
const product = newPoint();
const peer = newAffinePoint();
const inverse = zero();

/** 04, x and y: 97 bytes. Throws a RangeError for a secret that is not 48 bytes from 1 to n - 1. */
export function publicKey(secret: Uint8Array): Uint8Array<ArrayBuffer> {
  readDigits(secret);
  multiplyGenerator(product, digits);
  const point = new Uint8Array(97);
  point[0] = 4;
  invert(inverse, product.z);
  multiply(product.x, product.x, inverse);
  multiply(product.y, product.y, inverse);
  writeElement(point, 1, product.x);
  writeElement(point, 49, product.y);
  forget();
  return point;
}

/**
 * The x-coordinate of the peer's point times our secret, 48 bytes (RFC 9846 §7.4.2). Throws a RangeError for a secret as
 * `publicKey` does, and for a peer that is no uncompressed point of the curve.
 */
export function sharedX(secret: Uint8Array, point: Uint8Array): Uint8Array<ArrayBuffer> {
  if (!readPoint(peer, point)) throw new RangeError('the peer sent what is not an uncompressed point of P-384');
  readDigits(secret);
  multiplyVariable(product, peer, digits);
  const x = new Uint8Array(48);
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
  wipeColumns();
}

const table = newTable(1);
const sum = newPoint();
const entry = newAffinePoint();
const addend = newPoint();

/**
 * out = k P, by the same steps whatever the digits of k are, which is from 1 to n - 1; P is not infinity. Before each addition
 * the sum is 32 times an odd positive number, which is more than any digit, and with the digit still less than n: neither equal
 * nor opposite. With the last digit k = 2 d[0] mod n is possible; it is added completely.
 */
function multiplyVariable(out: HomogeneousPoint, point: AffinePoint, { values, even }: Digits): void {
  toJacobian(sum, point);
  writeRow(table, 0, sum);
  select(entry, table, 0, values[values.length - 1] ?? 0);
  toJacobian(sum, entry);
  for (let i = values.length - 2; i >= 0; i--) {
    for (let j = 0; j < 5; j++) double(sum, sum);
    select(entry, table, 0, values[i] ?? 0);
    if (i > 0) addAffine(sum, sum, entry);
  }
  toJacobian(addend, entry); // with Z = 1 both forms are the same
  toHomogeneous(out, sum);
  addComplete(out, out, addend);
  scale(out.y, 1 - 2 * even, out.y);
  wipe(sum.x, sum.y, sum.z, entry.x, entry.y, addend.x, addend.y);
  wipeScan();
}
