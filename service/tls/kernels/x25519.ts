import { forgetPoints, neutral, setNeutral } from './edwards25519.ts';
import { multiplyBase } from './edwards25519-base.ts';
import { add, conditionalSwap, fieldElement, multiply, multiplyAdd121665, square, subtract } from './field25519.ts';
import { decode, encode } from './field25519-bytes.ts';
import { invert } from './field25519-inverse.ts';

/*
 * X25519 (RFC 7748 §5 and §6.1) on the field of field25519.ts. What was computed with is zeroed before a function returns.
 * What remains is in registers, on the stack, and in what the compiler spilled there, until it is overwritten.
 */

/** The Montgomery ladder's points, as (x2 : z2) and (x3 : z3), and what a step of it is made of (RFC 7748 §5). */
const x1 = fieldElement();
const x2 = fieldElement();
const z2 = fieldElement();
const x3 = fieldElement();
const z3 = fieldElement();
const a = fieldElement();
const b = fieldElement();
const c = fieldElement();
const d = fieldElement();

/** A multiple of the Edwards curve's base point. */
const point = neutral();

/** decodeScalar25519 of RFC 7748 §5: a copy that is a multiple of 8 from 2^254 to 2^255. The caller's to zero. */
function clamped(secret: Uint8Array): Uint8Array {
  const scalar = new Uint8Array(secret); // slice() of a Node Buffer is no copy, and this one is zeroed
  scalar[0] = (scalar[0] ?? 0) & 0xf8;
  scalar[31] = ((scalar[31] ?? 0) & 0x7f) | 0x40;
  return scalar;
}

/**
 * The public value of 32 secret bytes, X25519(secret, 9) (RFC 7748 §6.1): the multiple of the Edwards curve's base point, whose
 * u is (1 + y) / (1 - y) = (z + y) / (z - y) (RFC 7748 §4.1). z - y is 0 for the neutral point alone, which no clamped scalar
 * leads to: it would have to be a multiple of 8 L.
 */
function publicKey(secret: Uint8Array): Uint8Array {
  expectLength('a secret', secret);
  const scalar = clamped(secret);
  multiplyBase(point, scalar);
  subtract(a, point.z, point.y);
  multiply(b, a, one);
  invert(b, b);
  add(a, point.z, point.y);
  multiply(a, a, b);
  const u = new Uint8Array(32);
  encode(u, a);
  scalar.fill(0);
  setNeutral(point);
  forgetPoints();
  forget();
  return u;
}

/**
 * X25519(secret, u) (RFC 7748 §6.1), the caller's to zero. `u` is taken modulo p, without its highest bit (§5). Throws where the
 * result is zero, as it is whatever the secret if u is of small order; and for a secret or a u that is not 32 bytes.
 */
function sharedSecret(secret: Uint8Array, u: Uint8Array): Uint8Array {
  expectLength('a secret', secret);
  expectLength('a public value', u);
  const scalar = clamped(secret);
  decode(x1, u);
  ladder(scalar);
  invert(z2, z2);
  multiply(x2, x2, z2);
  const shared = new Uint8Array(32);
  encode(shared, x2);
  scalar.fill(0);
  forget();
  if (isZero(shared)) throw new RangeError('the public value is of small order: the shared secret would be zero');
  return shared;
}

export const x25519 = { publicKey, sharedSecret };

/** (x2 : z2) becomes scalar times x1, bit after bit from the highest, 254 (RFC 7748 §5). */
function ladder(scalar: Uint8Array): void {
  x2.set(one);
  z2.fill(0);
  x3.set(x1);
  z3.set(one);
  let previous = 0;
  for (let t = 254; t >= 0; t--) {
    const bit = ((scalar[t >> 3] ?? 0) >> (t & 7)) & 1;
    exchange(bit ^ previous);
    step();
    previous = bit;
  }
  exchange(previous);
}

function exchange(bit: number): void {
  conditionalSwap(bit, x2, x3);
  conditionalSwap(bit, z2, z3);
}

/** The body of the loop of RFC 7748 §5; there, a and b are A and B, then AA and BB. The four are carried before and after. */
function step(): void {
  add(a, x2, z2);
  subtract(b, x2, z2);
  add(c, x3, z3);
  subtract(d, x3, z3);
  multiply(d, d, a);
  multiply(c, c, b);
  square(a, a);
  square(b, b);
  add(x3, d, c);
  square(x3, x3);
  subtract(z3, d, c);
  square(z3, z3);
  multiply(z3, z3, x1);
  multiply(x2, a, b);
  subtract(b, a, b); // E
  multiplyAdd121665(a, a, b);
  multiply(z2, a, b);
}

const one = fieldElement();
one[0] = 1;

function isZero(bytes: Uint8Array): boolean {
  let any = 0;
  for (const byte of bytes) any |= byte;
  return any === 0;
}

function forget(): void {
  for (const element of [x1, x2, z2, x3, z3, a, b, c, d]) element.fill(0);
}

function expectLength(what: string, bytes: Uint8Array): void {
  if (bytes.length !== 32) throw new RangeError(`${what} of X25519 is 32 bytes, and this has ${bytes.length}`);
}
