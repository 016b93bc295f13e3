import {
  type AffineSummand,
  addAffine,
  addPoint,
  doublePoint,
  doubleWithoutT,
  neutral,
  type Point,
  setNeutral,
  toSummand,
} from './edwards25519.ts';
import { affineSummands } from './edwards25519-affine.ts';
import { decodePoint } from './edwards25519-bytes.ts';
import { conditionalSwap, fieldElement, LIMBS } from './field25519.ts';

/*
 * Multiples of the base point B (RFC 8032 §5.1) by a secret scalar, from a table: 1 to 8 times 256^i B for i from 0 to 31. The
 * scalar is 64 digits of -8 to 7 to the base 16. Those of odd places are summed first, times 16, then those of even places.
 * For each digit all eight entries of its place are read, and added up with factors of which one is 1 and seven are 0.
 */

const PLACES = 32;
const ENTRIES = 8;
/** plus, minus, td2 of an AffineSummand, one after the other. */
const ENTRY = 3 * LIMBS;
const PLACE = ENTRIES * ENTRY;

/** y is 4/5, x is even (RFC 8032 §5.1). */
const basePointBytes = new Uint8Array(32).fill(0x66);
basePointBytes[0] = 0x58;

/** B (RFC 8032 §5.1), a point of its own. */
export function basePoint(): Point {
  const point = neutral();
  decodePoint(point, basePointBytes);
  return point;
}

let table: Float64Array | undefined;

/** 72 KiB, made by the first who needs it: most of its time is that of code which is not compiled yet. */
function makeTable(): Float64Array {
  const made = new Float64Array(PLACES * PLACE);
  const point = basePoint();
  const points: Point[] = [];
  for (let place = 0; place < PLACES; place++) {
    points.push(...multiplesOf(point));
    for (let i = 0; i < 8; i++) doublePoint(point, point);
  }
  affineSummands(points).forEach(({ plus, minus, td2 }, index) => {
    made.set(plus, index * ENTRY);
    made.set(minus, index * ENTRY + LIMBS);
    made.set(td2, index * ENTRY + 2 * LIMBS);
  });
  return made;
}

/** 1 to 8 times a point. */
function multiplesOf(point: Point): readonly Point[] {
  const once = toSummand(point);
  const multiples: Point[] = [];
  let last = neutral();
  for (let i = 0; i < ENTRIES; i++) {
    const next = neutral();
    addPoint(next, last, once);
    multiples.push(next);
    last = next;
  }
  return multiples;
}

const entry: AffineSummand = { plus: fieldElement(), minus: fieldElement(), td2: fieldElement() };
const digits = new Int8Array(64);

/**
 * out = scalar * B (RFC 8032 §5.1.5 and §5.1.6), for 32 bytes whose highest bit is 0. In constant time; the digits and the
 * entry that was used last are zeroed, the formulas' own by `forgetPoints`.
 */
export function multiplyBase(out: Point, scalar: Uint8Array): void {
  table ??= makeTable();
  toDigits(scalar);
  setNeutral(out);
  for (let i = 1; i < 64; i += 2) addMultiple(out, table, i);
  for (let i = 0; i < 3; i++) doubleWithoutT(out, out);
  doublePoint(out, out);
  for (let i = 0; i < 64; i += 2) addMultiple(out, table, i);
  digits.fill(0);
  for (const element of [entry.plus, entry.minus, entry.td2]) element.fill(0);
}

/** Digits of -8 to 7, the last of 0 to 8, to the base 16. */
function toDigits(scalar: Uint8Array): void {
  let carry = 0;
  for (let i = 0; i < 32; i++) {
    const byte = scalar[i] ?? 0;
    const low = (byte & 15) + carry;
    carry = (low + 8) >> 4;
    digits[2 * i] = low - 16 * carry;
    const high = (byte >> 4) + carry;
    carry = i === 31 ? 0 : (high + 8) >> 4;
    digits[2 * i + 1] = high - 16 * carry;
  }
}

function addMultiple(out: Point, from: Float64Array, i: number): void {
  choose(from, (i >> 1) * PLACE, digits[i] ?? 0);
  addAffine(out, out, entry);
}

/** 1 if both are the same, else 0; of numbers from 0 to 15. */
const same = (a: number, b: number): number => ((a ^ b) - 1) >>> 31;

/** Into `entry`: `digit` times the point of the place that begins at `start`. */
function choose(from: Float64Array, start: number, digit: number): void {
  const sign = digit >> 31; // -1 or 0
  const magnitude = (digit ^ sign) - sign;
  const f0 = same(magnitude, 0);
  const f1 = same(magnitude, 1);
  const f2 = same(magnitude, 2);
  const f3 = same(magnitude, 3);
  const f4 = same(magnitude, 4);
  const f5 = same(magnitude, 5);
  const f6 = same(magnitude, 6);
  const f7 = same(magnitude, 7);
  const f8 = same(magnitude, 8);
  const { plus, minus, td2 } = entry;
  for (let part = 0; part < 3; part++) {
    const out = part === 0 ? plus : part === 1 ? minus : td2;
    for (let i = 0; i < LIMBS; i++) {
      const at = start + part * LIMBS + i;
      const low = f1 * (from[at] ?? 0) + f2 * (from[at + ENTRY] ?? 0) + f3 * (from[at + 2 * ENTRY] ?? 0);
      const middle = f4 * (from[at + 3 * ENTRY] ?? 0) + f5 * (from[at + 4 * ENTRY] ?? 0);
      const high = f6 * (from[at + 5 * ENTRY] ?? 0) + f7 * (from[at + 6 * ENTRY] ?? 0);
      out[i] = low + middle + high + f8 * (from[at + 7 * ENTRY] ?? 0);
    }
  }
  // The neutral point has 1, 1, 0.
  plus[0] = (plus[0] ?? 0) + f0;
  minus[0] = (minus[0] ?? 0) + f0;
  // The opposite point has plus and minus exchanged, and -td2. `-sign` would be -0 at times, which is no small integer to V8.
  conditionalSwap(sign & 1, plus, minus);
  const factor = 1 + 2 * sign;
  for (let i = 0; i < LIMBS; i++) td2[i] = factor * (td2[i] ?? 0);
}
