import { decodeSignature } from './p256-der.ts';
import { newAbscissa, sumByTables, sumByWindows, sumCompletely } from './p256-double-base.ts';
import { enterMontgomery, isZeroElement } from './p256-element.ts';
import { add, multiply, subtract } from './p256-field.ts';
import { type FixedBaseTable, fixedBaseTable } from './p256-fixed-base.ts';
import { canonical, isBelow, type Limbs, N, P, zero } from './p256-limbs.ts';
import { type AffinePoint, newAffinePoint, readPoint } from './p256-point.ts';
import { enterMontgomeryScalar, invertScalar, multiplyScalars, readDigest, readScalar } from './p256-scalar.ts';

/* ECDSA's verification, SEC 1 §4.1.4. Nothing in it is a secret: steps and look-ups depend on the values. */

/** A public key with a table of its multiples, which is a function of the key alone. */
export interface PreparedKey {
  readonly point: AffinePoint;
  readonly table: FixedBaseTable;
}

/** For a key that verifies often. Throws a RangeError for what is no uncompressed point of the curve. */
export function prepare(publicKey: Uint8Array): PreparedKey {
  const point = newAffinePoint();
  if (!readPoint(point, publicKey))
    throw new RangeError('a public key of P-256 is 65 bytes: 04, x, y of a point on the curve');
  return { point, table: fixedBaseTable(point) };
}

const r = zero();
const s = zero();
const u1 = zero();
const u2 = zero();
const product = zero();
const read = newAffinePoint();
const sum = newAbscissa();

/**
 * True if, and only if, `signature` is the DER encoding of a valid signature of `digest` under the key, which is 65 bytes or was
 * prepared. S may be high. Of a digest longer than n the leftmost 256 bits count. Total: what cannot be read is false.
 */
export function verify(digest: Uint8Array, signature: Uint8Array, publicKey: Uint8Array | PreparedKey): boolean {
  const decoded = decodeSignature(signature);
  if (decoded === undefined || readScalar(r, decoded, 0) !== 1 || readScalar(s, decoded, 32) !== 1) return false;
  const prepared = publicKey instanceof Uint8Array ? undefined : publicKey;
  if (publicKey instanceof Uint8Array && !readPoint(read, publicKey)) return false;
  const point = prepared?.point ?? read;

  readDigest(u1, digest);
  enterMontgomeryScalar(s, s);
  invertScalar(s, s);
  multiplyScalars(u1, u1, s); // the number itself: one factor of two was in Montgomery's form
  multiplyScalars(u2, r, s);
  canonical(u1, u1, N);
  canonical(u2, u2, N);

  if (prepared === undefined) sumByWindows(sum, u1, u2, point);
  else sumByTables(sum, u1, u2, prepared.table);
  if (isZeroElement(sum.denominator) === 1) {
    sumCompletely(sum, u1, u2, point);
    if (isZeroElement(sum.denominator) === 1) return false;
  }
  return isAbscissa(r);
}

/** Whether x, a number below p, is r modulo n: x is r or r + n. */
function isAbscissa(candidate: Limbs): boolean {
  if (sumHas(candidate)) return true;
  add(product, candidate, N);
  return isBelow(product, P) === 1 && sumHas(product);
}

/** Whether the x-coordinate of the sum is this number: without an inversion, x = candidate * denominator. */
function sumHas(candidate: Limbs): boolean {
  enterMontgomery(u1, candidate);
  multiply(u1, u1, sum.denominator);
  subtract(u1, u1, sum.x);
  return isZeroElement(u1) === 1;
}
