import { d, type Point } from './edwards25519.ts';
import { add, type FieldElement, fieldElement, multiply, square, subtract } from './field25519.ts';
import { constant, decode, encode } from './field25519-bytes.ts';
import { invert } from './field25519-inverse.ts';
import { power22523 } from './field25519-power.ts';

/* Points as 32 bytes: y, and in the highest bit whether x is odd (RFC 8032 §5.1.2 and §5.1.3). */

const one = fieldElement();
one[0] = 1;

/** The square root of -1 (RFC 8032 §5.1.3). */
const rootOfMinusOne = constant('2b8324804fc1df0b2b4d00993dfbd7a72f431806ad2fe478c4ee1b274a0ea0b0');

/** Of the point that is encoded; zeroed after. */
const affine = fieldElement();
const inverse = fieldElement();

/** The encoding of a point (RFC 8032 §5.1.2); in constant time. */
export function encodePoint({ x, y, z }: Point): Uint8Array {
  const bytes = new Uint8Array(32);
  invert(inverse, z);
  multiply(affine, x, inverse);
  encode(bytes, affine);
  const odd = (bytes[0] ?? 0) & 1;
  multiply(affine, y, inverse);
  encode(bytes, affine);
  bytes[31] = (bytes[31] ?? 0) | (odd << 7);
  affine.fill(0);
  inverse.fill(0);
  return bytes;
}

/**
 * The point of an encoding (RFC 8032 §5.1.3); false, and `out` is of no use, for an encoding of none: y is p or more, there is
 * no x for it, or x is 0 and called odd. Branches on what it reads: for public bytes alone.
 */
export function decodePoint(out: Point, bytes: Uint8Array): boolean {
  const odd = (bytes[31] ?? 0) >> 7;
  decode(out.y, bytes);
  const canonical = encoded(out.y);
  canonical[31] = (canonical[31] ?? 0) | (odd << 7);
  if (!canonical.every((byte, index) => byte === bytes[index])) return false;
  if (!squareRoot(out.x, out.y)) return false;
  const parity = (encoded(out.x)[0] ?? 0) & 1;
  if (odd === 1 && isZero(out.x)) return false;
  if (parity !== odd) negate(out.x);
  out.z.set(one);
  multiply(out.t, out.x, out.y);
  return true;
}

/** Of points that are decoded and compared, which are public. To make arrays for each would take longer than to compute. */
const u = fieldElement();
const v = fieldElement();
const power = fieldElement();
const compared = fieldElement();

/** x, either of the two, for y: of (y^2 - 1) / (d y^2 + 1), steps 2 and 3 of RFC 8032 §5.1.3. false if there is none. */
function squareRoot(x: FieldElement, y: FieldElement): boolean {
  square(u, y);
  multiply(v, u, d);
  subtract(u, u, one);
  add(v, v, one);
  square(power, v);
  multiply(x, power, v);
  multiply(x, x, u); // u v^3
  square(power, power);
  multiply(power, power, x); // u v^7
  power22523(power, power);
  multiply(x, x, power);
  square(power, x);
  multiply(power, power, v);
  if (equal(power, u)) return true;
  add(u, power, u);
  if (!isZero(u)) return false;
  multiply(x, x, rootOfMinusOne);
  return true;
}

/** -a, which is carried as well: the bounds are the same on either side of 0. */
function negate(a: FieldElement): void {
  for (let i = 0; i < a.length; i++) a[i] = -(a[i] ?? 0);
}

/** Whether a point is the neutral one: x is 0 and y is z (RFC 8032 §5.1.4). For public points. */
export const isNeutral = ({ x, y, z }: Point): boolean => isZero(x) && equal(y, z);

function equal(a: FieldElement, b: FieldElement): boolean {
  subtract(compared, a, b);
  return isZero(compared);
}

const isZero = (a: FieldElement): boolean => encoded(a).every((byte) => byte === 0);

/** Of an element that may be loose. */
function encoded(a: FieldElement): Uint8Array {
  const bytes = new Uint8Array(32);
  multiply(compared, a, one);
  encode(bytes, compared);
  return bytes;
}
