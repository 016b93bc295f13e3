import { divisionModulo } from './division.ts';
import { type FieldElement, LIMBS } from './field25519.ts';
import { carryLimb, encode, WEIGHTS } from './field25519-bytes.ts';

/* 1/a in the field of field25519.ts (RFC 7748 §5: a^(p - 2)), by division.ts, whose limbs have 24 bits each. */

/** p = 2^255 - 19 (RFC 7748 §4.1). */
const P = Float64Array.of(-19, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2 ** 15);
const divide = divisionModulo(P, 255, 7_064_091);

const ONE = Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
const bytes = new Uint8Array(33);
const quotient = new Float64Array(P.length);

/** out = 1 / a, and 0 for 0. Carried, of what is carried. */
export function invert(out: FieldElement, a: FieldElement): void {
  encode(bytes, a);
  for (let i = 0; i < P.length; i++) {
    quotient[i] = (bytes[3 * i] ?? 0) + 256 * (bytes[3 * i + 1] ?? 0) + 65_536 * (bytes[3 * i + 2] ?? 0);
  }
  divide(quotient, ONE, quotient);
  join(out, quotient);
  bytes.fill(0);
  quotient.fill(0);
}

/** The limbs of 24 bits, each added where its weight first belongs, and all above the end of a limb carried to the next. */
function join(out: FieldElement, limbs: Float64Array): void {
  let pending = 0;
  let next = 0;
  for (let i = 0; i < LIMBS; i++) {
    const end = WEIGHTS[i + 1] ?? 0;
    for (; next < limbs.length && 2 ** (24 * next) < end; next++) pending += (limbs[next] ?? 0) * 2 ** (24 * next);
    const carried = pending + 3 * 2 ** 51 * end - 3 * 2 ** 51 * end;
    out[i] = pending - carried;
    pending = carried;
  }
  out[0] = (out[0] ?? 0) + pending * 19 * 2 ** -255;
  carryLimb(out, 0);
}
