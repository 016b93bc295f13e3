import { add, type FieldElement, fieldElement, multiply, square, subtract } from './field25519.ts';
import { constant } from './field25519-bytes.ts';

/*
 * The twisted Edwards curve of RFC 8032 §5.1, -x^2 + y^2 = 1 + d x^2 y^2, in extended coordinates: x = X/Z, y = Y/Z, xy = T/Z
 * (RFC 8032 §5.1.4). -1 is a square and d is none, so the formulas are complete: they hold for every two points of the curve,
 * be they equal, opposite, the neutral one or of small order. There is no case to tell apart.
 *
 * The coordinates of a point are carried (field25519.ts) before and after each operation.
 */

export interface Point {
  readonly x: FieldElement;
  readonly y: FieldElement;
  readonly z: FieldElement;
  readonly t: FieldElement;
}

/** A point as a summand: y + x, y - x and 2 d t are loose by 2, 2 and 1, 2 z is by 2. */
export interface Summand {
  readonly plus: FieldElement;
  readonly minus: FieldElement;
  readonly z2: FieldElement;
  readonly td2: FieldElement;
}

/** A summand whose z is 1: that of a table of multiples of the base point. All three are carried. */
export type AffineSummand = Omit<Summand, 'z2'>;

/** d of RFC 8032 §5.1. */
export const d = constant('52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3');

/** 2 d, carried. */
const d2 = constant('2406d9dc56dffce7198e80f2eef3d13000e0149a8283b156ebd69b9426b2f159');

/** The neutral point (RFC 8032 §5.1.4). */
export function neutral(): Point {
  const point = { x: fieldElement(), y: fieldElement(), z: fieldElement(), t: fieldElement() };
  setNeutral(point);
  return point;
}

/** Makes it the neutral point (RFC 8032 §5.1.4). */
export function setNeutral(point: Point): void {
  for (const coordinate of [point.x, point.y, point.z, point.t]) coordinate.fill(0);
  point.y[0] = 1;
  point.z[0] = 1;
}

/** Makes `out` the same point (RFC 8032 §5.1.4). */
export function copyPoint(out: Point, p: Point): void {
  out.x.set(p.x);
  out.y.set(p.y);
  out.z.set(p.z);
  out.t.set(p.t);
}

export const summand = (): Summand => ({
  plus: fieldElement(),
  minus: fieldElement(),
  z2: fieldElement(),
  td2: fieldElement(),
});

/** What the formulas of RFC 8032 §5.1.4 call A to H; overwritten by whatever comes next, and zeroed by `forgetPoints`. */
const a = fieldElement();
const b = fieldElement();
const c = fieldElement();
const e = fieldElement();
const f = fieldElement();
const g = fieldElement();
const h = fieldElement();

/** Zeroes what the last sum or doubling was made of. */
export function forgetPoints(): void {
  for (const element of [a, b, c, e, f, g, h]) element.fill(0);
}

/** What of `p` a sum with it takes (RFC 8032 §5.1.4). */
export function toSummand(p: Point, out: Summand = summand()): Summand {
  add(out.plus, p.y, p.x);
  subtract(out.minus, p.y, p.x);
  add(out.z2, p.z, p.z);
  multiply(out.td2, p.t, d2);
  return out;
}

/** out = p + q (RFC 8032 §5.1.4); out may be p. */
export function addPoint(out: Point, p: Point, q: Summand): void {
  multiply(c, p.z, q.z2);
  sum(out, p, q.plus, q.minus, q.td2, f, g);
}

/** out = p - q (RFC 8032 §5.1.4); out may be p. The opposite of a point has -x, so plus and minus are exchanged, and -t. */
export function subtractPoint(out: Point, p: Point, q: Summand): void {
  multiply(c, p.z, q.z2);
  sum(out, p, q.minus, q.plus, q.td2, g, f);
}

/** out = p + q, q being affine (RFC 8032 §5.1.4); out may be p. */
export function addAffine(out: Point, p: Point, q: AffineSummand): void {
  add(c, p.z, p.z);
  sum(out, p, q.plus, q.minus, q.td2, f, g);
}

/** out = p - q, q being affine (RFC 8032 §5.1.4); out may be p. */
export function subtractAffine(out: Point, p: Point, q: AffineSummand): void {
  add(c, p.z, p.z);
  sum(out, p, q.minus, q.plus, q.td2, g, f);
}

/** The rest of a sum. c is 2 z1 z2, the D of the RFC; its C is t1 td2, less in one of f and g by it and more in the other. */
function sum(
  out: Point,
  p: Point,
  plus: FieldElement,
  minus: FieldElement,
  td2: FieldElement,
  less: FieldElement,
  more: FieldElement,
): void {
  subtract(a, p.y, p.x);
  multiply(a, a, minus);
  add(b, p.y, p.x);
  multiply(b, b, plus);
  multiply(more, p.t, td2);
  subtract(less, c, more);
  add(more, c, more);
  subtract(e, b, a);
  add(h, b, a);
  multiply(out.x, e, f);
  multiply(out.y, g, h);
  multiply(out.t, e, h);
  multiply(out.z, f, g);
}

/** out = 2 p (RFC 8032 §5.1.4); out may be p. Nothing reads the t of p. */
export function doublePoint(out: Point, p: Point): void {
  doubleWithoutT(out, p);
  multiply(out.t, e, h);
}

/** As `doublePoint` (RFC 8032 §5.1.4), for a point that is doubled next and no summand: its t stays what it was. */
export function doubleWithoutT(out: Point, p: Point): void {
  add(e, p.x, p.y);
  square(e, e);
  square(a, p.x);
  square(b, p.y);
  square(c, p.z);
  add(h, a, b);
  subtract(e, h, e);
  subtract(g, a, b);
  add(f, c, c);
  add(f, f, g);
  multiply(out.x, e, f);
  multiply(out.y, g, h);
  multiply(out.z, f, g);
}
