import { wipe } from './p256-limbs.ts';
import { addCarried, multiply, square } from './p384-field.ts';
import { canonical, isBelow, isZero, type Limbs, limbs, P, readBytes, writeBytes, zero } from './p384-limbs.ts';

/* Elements of the field: out of bytes and into bytes, their inverse, and whether they are zero. */

export const ONE = limbs(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

const plain = zero();

/** A number below 2^384 whose limbs are from 0 to 2^24, lowest first, as an element: tight. */
export function element(...values: readonly number[]): Limbs {
  const result = limbs(...values);
  addCarried(result, result, 0, result);
  return result;
}

/** SEC 1 §2.3.6: the 48 bytes at `offset`; false where they are not below p. For values that are no secret. */
export function readElement(out: Limbs, bytes: Uint8Array, offset: number): boolean {
  readBytes(out, bytes, offset);
  if (isBelow(out, P) !== 1) return false;
  addCarried(out, out, 0, out);
  return true;
}

/** SEC 1 §2.3.5: 48 bytes at `offset`. */
export function writeElement(bytes: Uint8Array, offset: number, a: Limbs): void {
  canonical(plain, a, P);
  writeBytes(bytes, offset, plain);
  wipe(plain);
}

/** 1 for any form of zero, up to 4 x tight, or else 0, without a branch. */
export function isZeroElement(a: Limbs): number {
  canonical(plain, a, P);
  const result = isZero(plain);
  wipe(plain);
  return result;
}

const x2 = zero();
const x3 = zero();
const x6 = zero();
const x15 = zero();
const x30 = zero();
const x60 = zero();
const x120 = zero();
const power = zero();

/**
 * out = a^(p - 2), which is 1/a, or 0 for 0 (Fermat); `out` may be a. The exponent is the same for every a, and so are the steps.
 * xN is a to the power of N ones; p - 2 is, from the top, 255 ones and a zero, 32 ones and 64 zeros, 30 ones, a zero and a one.
 */
export function invert(out: Limbs, a: Limbs): void {
  append(x2, a, 1, a);
  append(x3, x2, 1, a);
  append(x6, x3, 3, x3);
  append(x15, x6, 6, x6);
  append(x15, x15, 3, x3);
  append(x30, x15, 15, x15);
  append(x60, x30, 30, x30);
  append(x120, x60, 60, x60);
  append(power, x120, 120, x120);
  append(power, power, 15, x15); // 255 ones
  append(power, power, 31, x30);
  append(power, power, 2, x2);
  append(power, power, 94, x30);
  append(power, power, 2, a);
  out.set(power);
  wipe(x2, x3, x6, x15, x30, x60, x120, power);
}

/** out = a^(2^count) b: the exponent of a, shifted to make place for that of b. `out` is not b. */
function append(out: Limbs, a: Limbs, count: number, b: Limbs): void {
  square(out, a);
  for (let i = 1; i < count; i++) square(out, out);
  multiply(out, out, b);
}
