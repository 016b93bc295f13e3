import { multiply, square } from './p256-field.ts';
import { canonical, isBelow, isZero, type Limbs, limbs, P, readBytes, wipe, writeBytes, zero } from './p256-limbs.ts';

/* Elements of the field in Montgomery form: out of bytes and into bytes, their inverse, and whether they are zero. */

const R_SQUARED = limbs(3, 1280, 196608, 0, -3, -1536, -262144, 0, -4, -512, 0); // 2^576 mod p

/** 1 in Montgomery form: 2^288 mod p. */
export const ONE = limbs(1, 256, 0, 0, -1, -256, 0, 0, -1, 0, 0);

const plainOne = limbs(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
const plain = zero();

/** SEC 1 §2.3.6: the 32 bytes at `offset`; false where they are not below p. For values that are no secret. */
export function readElement(out: Limbs, bytes: Uint8Array, offset: number): boolean {
  readBytes(out, bytes, offset);
  if (isBelow(out, P) !== 1) return false;
  multiply(out, out, R_SQUARED);
  return true;
}

/** SEC 1 §2.3.5: 32 bytes at `offset`. */
export function writeElement(bytes: Uint8Array, offset: number, a: Limbs): void {
  leaveMontgomery(plain, a);
  writeBytes(bytes, offset, plain);
  wipe(plain);
}

/** out = a 2^-288 mod p, canonical: the number that a stands for. */
export function leaveMontgomery(out: Limbs, a: Limbs): void {
  multiply(out, a, plainOne);
  canonical(out, out, P);
}

/** out = the number a, below 2^256, as an element. */
export const enterMontgomery = (out: Limbs, a: Limbs): void => multiply(out, a, R_SQUARED);

/** 1 for any form of zero, or else 0, without a branch. */
export function isZeroElement(a: Limbs): number {
  leaveMontgomery(plain, a);
  const result = isZero(plain);
  wipe(plain);
  return result;
}

const x2 = zero();
const x3 = zero();
const x6 = zero();
const x12 = zero();
const x15 = zero();
const x30 = zero();
const x32 = zero();
const power = zero();

/**
 * out = a^(p - 2), which is 1/a, or 0 for 0 (Fermat). The exponent is the same for every a, and so are the steps.
 * xN is a to the power of N ones; p - 2 in words is ffffffff 00000001 00000000 00000000 00000000 ffffffff ffffffff fffffffd.
 */
export function invert(out: Limbs, a: Limbs): void {
  append(x2, a, 1, a);
  append(x3, x2, 1, a);
  append(x6, x3, 3, x3);
  append(x12, x6, 6, x6);
  append(x15, x12, 3, x3);
  append(x30, x15, 15, x15);
  append(x32, x30, 2, x2);
  append(power, x32, 32, a);
  append(power, power, 128, x32);
  append(power, power, 32, x32);
  append(power, power, 30, x30);
  append(out, power, 2, a);
  wipe(x2, x3, x6, x12, x15, x30, x32, power);
}

/** out = a^(2^count) b: the exponent of a, shifted to make place for that of b. `out` is not b. */
function append(out: Limbs, a: Limbs, count: number, b: Limbs): void {
  square(out, a);
  for (let i = 1; i < count; i++) square(out, out);
  multiply(out, out, b);
}
