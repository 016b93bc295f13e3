import { canonical, LIMBS, type Limbs, N, wipe, writeBytes, zero } from './p256-limbs.ts';

/*
 * A scalar from 1 to n - 1 in signed odd digits of five bits, by the same steps whatever it is (M. Joye, M. Tunstall, 2009).
 *
 * An odd k is the sum of d[i] 32^i for i = 0 to 51 with d[i] = 2 e[i] - 31, where e[i] are the digits to the base 32 of k >> 1
 * with bit 259 set: none of them is zero, and the topmost is always 1. Of an even k they are those of n - k, which is odd, and
 * whose multiple of a point is the opposite one.
 *
 * What those who add d[i] 32^i P one by one rely on: as numbers, the sum of all digits above i is an odd multiple of 32^(i+1),
 * and positive, since all digits below the topmost together are less than it.
 */

export const DIGITS = 52;

export interface Digits {
  /** e[i], the lowest first: 16 and above for +1, +3, ..., +31; 15 and below for -1, -3, ..., -31. */
  readonly values: Uint8Array<ArrayBuffer>;
  /** 1 if they are those of n - k. */
  even: number;
}

export const newDigits = (): Digits => ({ values: new Uint8Array(DIGITS), even: 0 });

const odd = zero();
const opposite = zero();
const bytes = new Uint8Array(33); // big-endian, below a zero

export function recode(digits: Digits, scalar: Limbs): void {
  const even = 1 - (scalar[0] & 1);
  for (let i = 0; i < LIMBS; i++) opposite[i] = (N[i] ?? 0) - (scalar[i] ?? 0);
  canonical(opposite, opposite, N);
  for (let i = 0; i < LIMBS; i++) odd[i] = (scalar[i] ?? 0) + even * ((opposite[i] ?? 0) - (scalar[i] ?? 0));
  writeBytes(bytes, 1, odd);
  for (let i = 0; i < DIGITS - 1; i++) {
    const bit = 5 * i + 1;
    const byte = 32 - (bit >> 3);
    const word = (bytes[byte] ?? 0) | ((bytes[byte - 1] ?? 0) << 8);
    digits.values[i] = (word >> (bit & 7)) & 31;
  }
  digits.values[DIGITS - 1] = 16;
  digits.even = even;
  wipe(odd, opposite, bytes);
}

export function wipeDigits(digits: Digits): void {
  wipe(digits.values);
  digits.even = 0;
}
