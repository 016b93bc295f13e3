import { type FieldElement, fieldElement, multiply, square } from './field25519.ts';

/*
 * A power in the field of field25519.ts, by a fixed sequence of squarings and products: for square roots, a^((p - 5) / 8)
 * (RFC 8032 §5.1.3). Exponents of 2^k - 1 are k ones in a row; two such rows are joined by squaring the one as often as the
 * other has ones.
 */

const x1 = fieldElement();
const x2 = fieldElement();
const x5 = fieldElement();
const x10 = fieldElement();
const x20 = fieldElement();
const x50 = fieldElement();
const row = fieldElement();

function squareTimes(out: FieldElement, a: FieldElement, times: number): void {
  square(out, a);
  for (let i = 1; i < times; i++) square(out, out);
}

/** out = a^(2^(k + n) - 1), of a^(2^k - 1) and a^(2^n - 1). */
function join(out: FieldElement, a: FieldElement, b: FieldElement, n: number): void {
  squareTimes(row, a, n);
  multiply(out, row, b);
}

/** Into x50 a^(2^250 - 1): what the exponent begins with. */
function powers(a: FieldElement): void {
  x1.set(a);
  join(x2, x1, x1, 1);
  join(x5, x2, x2, 2);
  join(x5, x5, x1, 1);
  join(x10, x5, x5, 5);
  join(x20, x10, x10, 10);
  join(x50, x20, x20, 20);
  join(x50, x50, x10, 10);
  join(x20, x50, x50, 50);
  join(x10, x20, x20, 100);
  join(x50, x10, x50, 50);
}

/** out = a^((p - 5) / 8), whose exponent is 250 ones and then 01 (RFC 8032 §5.1.3, step 3). */
export function power22523(out: FieldElement, a: FieldElement): void {
  powers(a);
  squareTimes(row, x50, 2);
  multiply(out, row, x1);
  forget();
}

/** They came of a secret, where the element was of one. */
function forget(): void {
  for (const element of [x1, x2, x5, x10, x20, x50, row]) element.fill(0);
}
