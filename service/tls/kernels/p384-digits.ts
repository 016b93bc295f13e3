import { type Digits, wipeDigits } from './p256-digits.ts';
import { wipe } from './p256-limbs.ts';
import { canonical, LIMBS, type Limbs, N, writeBytes, zero } from './p384-limbs.ts';

/*
 * A scalar from 1 to n - 1 in signed odd digits of five bits, as p256-digits.ts has them, but 77 of them: an odd k is the sum of
 * d[i] 32^i for i = 0 to 76 with d[i] = 2 e[i] - 31, where e[i] are the digits to the base 32 of k >> 1 with bit 384 set. Of an
 * even k they are those of n - k.
 *
 * What those who add d[i] 32^i P one by one rely on: no digit is zero; d[76], of which three bits are k's, is from 1 to 15; so
 * as numbers, the sum of all digits above i is an odd multiple of 32^(i+1), and positive, since all digits below the topmost
 * together are less than it.
 */

export const DIGITS = 77;

export const newDigits = (): Digits => ({ values: new Uint8Array(DIGITS), even: 0 });

const odd = zero();
const opposite = zero();
const bytes = new Uint8Array(49); // big-endian, below a zero

export function recode(digits: Digits, scalar: Limbs): void {
  const even = 1 - (scalar[0] & 1);
  for (let i = 0; i < LIMBS; i++) opposite[i] = (N[i] ?? 0) - (scalar[i] ?? 0);
  canonical(opposite, opposite, N);
  for (let i = 0; i < LIMBS; i++) odd[i] = (scalar[i] ?? 0) + even * ((opposite[i] ?? 0) - (scalar[i] ?? 0));
  writeBytes(bytes, 1, odd);
  for (let i = 0; i < DIGITS; i++) {
    const bit = 5 * i + 1;
    const byte = 48 - (bit >> 3);
    const word = (bytes[byte] ?? 0) | ((bytes[byte - 1] ?? 0) << 8);
    digits.values[i] = (word >> (bit & 7)) & 31;
  }
  digits.values[DIGITS - 1] = (digits.values[DIGITS - 1] ?? 0) | 16;
  digits.even = even;
  wipe(odd, opposite, bytes);
}

export { type Digits, wipeDigits };
