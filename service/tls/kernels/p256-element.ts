import { divisionModulo } from './division.ts';
import { multiply } from './p256-field.ts';
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

const divide = divisionModulo(P, 256, 1); // P is -1 modulo 2^96

/** out = 1/a, or 0 for 0: 2^576 by what stands for a, which is a 2^288. */
export function invert(out: Limbs, a: Limbs): void {
  canonical(plain, a, P);
  divide(out, R_SQUARED, plain);
  wipe(plain);
}
