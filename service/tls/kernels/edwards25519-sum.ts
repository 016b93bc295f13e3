import {
  type AffineSummand,
  addAffine,
  addPoint,
  copyPoint,
  doublePoint,
  doubleWithoutT,
  neutral,
  type Point,
  type Summand,
  setNeutral,
  subtractAffine,
  subtractPoint,
  summand,
  toSummand,
} from './edwards25519.ts';
import { affineSummands } from './edwards25519-affine.ts';
import { basePoint } from './edwards25519-base.ts';

/*
 * s B - k A for a signature that is verified (RFC 8032 §5.1.7, step 3), both at once: the doublings are shared, and the odd
 * multiples that are added are in tables. Its time depends on s, k and A, all of which are public.
 */

/** Digits are odd and at most 2^(width - 1) - 1, with `width - 1` zeros behind each: 8 multiples of A, 64 of B. */
const WIDTH_A = 5;
const WIDTH_B = 8;

const COUNT_A = 2 ** (WIDTH_A - 2);
const COUNT_B = 2 ** (WIDTH_B - 2);

/** Of B, made by the first who needs it; and of A, overwritten by the next. */
let ofB: readonly AffineSummand[] | undefined;
const ofA: readonly Summand[] = Array.from({ length: COUNT_A }, summand);

/** The next odd multiple, and twice the point. */
const odd = neutral();
const step = summand();

/** 1, 3, 5 ... times a point: each is told of as it is reached. */
function oddMultiples(point: Point, count: number, reached: (multiple: Point, index: number) => void): void {
  doublePoint(odd, point);
  toSummand(odd, step);
  copyPoint(odd, point);
  for (let index = 0; index < count; index++) {
    reached(odd, index);
    addPoint(odd, odd, step);
  }
}

function makeTable(): readonly AffineSummand[] {
  const points = Array.from({ length: COUNT_B }, neutral);
  oddMultiples(basePoint(), COUNT_B, (multiple, index) => {
    const point = points[index];
    if (point !== undefined) copyPoint(point, multiple);
  });
  return affineSummands(points);
}

/** out = s B - k A (RFC 8032 §5.1.7), s and k being 32 bytes below 2^253. `a` may be any point of the curve. */
export function baseMinus(out: Point, s: Uint8Array, k: Uint8Array, a: Point): void {
  ofB ??= makeTable();
  oddMultiples(a, COUNT_A, (multiple, index) => toSummand(multiple, ofA[index]));
  const digitsOfS = nonAdjacentForm(s, WIDTH_B);
  const digitsOfK = nonAdjacentForm(k, WIDTH_A);
  setNeutral(out);
  for (let i = highest(digitsOfS, digitsOfK); i >= 0; i--) {
    const digitOfS = digitsOfS[i] ?? 0;
    const digitOfK = digitsOfK[i] ?? 0;
    // What is doubled next needs no t.
    if (digitOfS === 0 && digitOfK === 0 && i > 0) doubleWithoutT(out, out);
    else doublePoint(out, out);
    const fromB = ofB[Math.abs(digitOfS) >> 1];
    if (digitOfS > 0 && fromB !== undefined) addAffine(out, out, fromB);
    if (digitOfS < 0 && fromB !== undefined) subtractAffine(out, out, fromB);
    const fromA = ofA[Math.abs(digitOfK) >> 1];
    if (digitOfK > 0 && fromA !== undefined) subtractPoint(out, out, fromA);
    if (digitOfK < 0 && fromA !== undefined) addPoint(out, out, fromA);
  }
}

/** The place of the first digit that is not zero, seen from above; 0 if all are. */
function highest(left: Int8Array, right: Int8Array): number {
  let i = left.length - 1;
  while (i > 0 && left[i] === 0 && right[i] === 0) i--;
  return i;
}

/** The digits of a number of 253 bits in width-w non-adjacent form, the least significant first. */
function nonAdjacentForm(bytes: Uint8Array, width: number): Int8Array {
  const digits = new Int8Array(257);
  const size = 2 ** width;
  let carry = 0;
  let i = 0;
  while (i < 256) {
    const bit = ((bytes[i >> 3] ?? 0) >> (i & 7)) & 1;
    if (bit === carry) {
      i++;
      continue;
    }
    const at = i >> 3;
    const window = ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)) >> (i & 7);
    const digit = (window & (size - 1)) + carry;
    carry = digit > size / 2 ? 1 : 0;
    digits[i] = digit - size * carry;
    i += width;
  }
  digits[256] = carry;
  return digits;
}
