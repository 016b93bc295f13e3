import {
  type AffineSummand,
  addAffine,
  addPoint,
  doublePoint,
  doubleWithoutT,
  neutral,
  type Point,
  type Summand,
  setNeutral,
  summand,
  toSummand,
} from './edwards25519.ts';
import { affineSummands } from './edwards25519-affine.ts';
import { basePoint } from './edwards25519-base.ts';
import { negate } from './edwards25519-bytes.ts';

/*
 * s B - k A for a signature that is verified (RFC 8032 §5.1.7, step 3), both at once: the doublings are shared, and the odd
 * multiples that are added are in tables. Its time depends on s, k and A, all of which are public.
 */

/** Digits are odd and at most 2^(width - 1) - 1, with `width - 1` zeros behind each: 8 multiples of A, 64 of B. */
const WIDTH_A = 5;
const WIDTH_B = 8;

let baseTable: readonly AffineSummand[] | undefined;

/** point, 3 point, 5 point ... */
function oddMultiples(point: Point, count: number): readonly Point[] {
  const twice = neutral();
  doublePoint(twice, point);
  const step = summand();
  toSummand(step, twice);
  const multiples: Point[] = [point];
  let last = point;
  while (multiples.length < count) {
    const next = neutral();
    addPoint(next, last, step);
    multiples.push(next);
    last = next;
  }
  return multiples;
}

/** The opposite of an affine summand. */
const opposite = ({ plus, minus, td2 }: AffineSummand): AffineSummand => {
  const negative = td2.slice();
  negate(negative);
  return { plus: minus, minus: plus, td2: negative };
};

const oppositeSummand = (of: Summand): Summand => ({ ...opposite(of), z2: of.z2 });

/** out = s B - k A (RFC 8032 §5.1.7), s and k being 32 bytes below 2^253. `a` may be any point of the curve. */
export function baseMinus(out: Point, s: Uint8Array, k: Uint8Array, a: Point): void {
  baseTable ??= affineSummands(oddMultiples(basePoint(), 2 ** (WIDTH_B - 2)));
  const multiples = oddMultiples(a, 2 ** (WIDTH_A - 2)).map((point) => {
    const made = summand();
    toSummand(made, point);
    return made;
  });
  const [digitsOfS, digitsOfK] = [nonAdjacentForm(s, WIDTH_B), nonAdjacentForm(k, WIDTH_A)];
  let i = digitsOfS.length - 1;
  while (i > 0 && digitsOfS[i] === 0 && digitsOfK[i] === 0) i--;
  setNeutral(out);
  for (; i >= 0; i--) {
    const digitOfS = digitsOfS[i] ?? 0;
    const digitOfK = digitsOfK[i] ?? 0;
    if (digitOfS === 0 && digitOfK === 0 && i > 0) {
      doubleWithoutT(out, out);
      continue;
    }
    doublePoint(out, out);
    const fromB = baseTable[Math.abs(digitOfS) >> 1];
    if (digitOfS !== 0 && fromB !== undefined) addAffine(out, out, digitOfS > 0 ? fromB : opposite(fromB));
    const fromA = multiples[Math.abs(digitOfK) >> 1];
    if (digitOfK !== 0 && fromA !== undefined) addPoint(out, out, digitOfK > 0 ? oppositeSummand(fromA) : fromA);
  }
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
