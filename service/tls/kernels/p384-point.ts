import { wipe } from './p256-limbs.ts';
import { element, isZeroElement, ONE, readElement } from './p384-element.ts';
import { add, addCarried, multiply, scale, square, subtract } from './p384-field.ts';
import { type Limbs, zero } from './p384-limbs.ts';

/*
 * Points of P-384, y^2 = x^3 - 3 x + b (SP 800-186 §3.2.1.4): a group of prime order, as P-256 is, under the same formulas and
 * the same conditions (p256-point.ts). They are written out once more, because sixteen limbs leave less room in a column than
 * eleven: what is 3 or 6 x tight there and multiplied is carried here before.
 *
 * Jacobian (X : Y : Z) is (X/Z^2, Y/Z^3). Doubling is right for every point. Adding here is right for two different points that
 * are not opposite and neither of which is infinity. Who adds proves that it cannot happen.
 *
 * Coordinates are tight between operations. Every function may be given its output among its inputs.
 */

export interface JacobianPoint {
  readonly x: Limbs;
  readonly y: Limbs;
  readonly z: Limbs;
}

/** (x, y), or (X : Y : 1). */
export interface AffinePoint {
  readonly x: Limbs;
  readonly y: Limbs;
}

/** A Jacobian point to be added more than once. */
export interface CachedPoint extends JacobianPoint {
  readonly zSquared: Limbs;
  readonly zCubed: Limbs;
}

/** (X : Y : Z) is (X/Z, Y/Z) here; (0 : Y : 0) is infinity. */
export type HomogeneousPoint = JacobianPoint;

export const newPoint = (): JacobianPoint => ({ x: zero(), y: zero(), z: zero() });
export const newAffinePoint = (): AffinePoint => ({ x: zero(), y: zero() });
export const newCachedPoint = (): CachedPoint => ({
  x: zero(),
  y: zero(),
  z: zero(),
  zSquared: zero(),
  zCubed: zero(),
});

/* SP 800-186 §3.2.1.4, six digits to a limb, the last six first. */
const B = element(
  ...[0xec2aef, 0xc8edd3, 0x9d2a85, 0x8a2ed1, 0x56398d, 0x875ac6, 0x8f5013, 0x031408],
  ...[0x814112, 0x9c6efe, 0x19181d, 0xe3f82d, 0x8e056b, 0xe7e498, 0xa7e23e, 0xb3312f],
);
export const GENERATOR: AffinePoint = {
  x: element(
    ...[0x760ab7, 0x5e3872, 0x6c3a54, 0xbf5529, 0x02f25d, 0x2a3855, 0xe08254, 0x59f741],
    ...[0xa79b98, 0x3b628b, 0x746e1d, 0xf320ad, 0xb1c71e, 0x05378e, 0x22be8b, 0xaa87ca],
  ),
  y: element(
    ...[0xea0e5f, 0x1d7c90, 0x9d7a43, 0x1d7e81, 0x60b1ce, 0xb8c00a, 0x13b5f0, 0xe9da31],
    ...[0x9a147c, 0x1dbd28, 0x29f8f4, 0x9292dc, 0x9e98bf, 0x2c6f5d, 0x4a9626, 0x3617de],
  ),
};

const t0 = zero();
const t1 = zero();
const t2 = zero();
const t3 = zero();
const t4 = zero();
const t5 = zero();

/**
 * SEC 1 §2.3.4 and §3.2.2.1, of uncompressed points alone: false unless there are 97 bytes, 04, two coordinates below p, and
 * the point is on the curve. It is in the group then, since the cofactor is 1.
 */
export function readPoint(out: AffinePoint, bytes: Uint8Array): boolean {
  if (bytes.length !== 97 || bytes[0] !== 4) return false;
  if (!readElement(out.x, bytes, 1) || !readElement(out.y, bytes, 49)) return false;
  square(t0, out.x);
  addCarried(t0, t0, -3, ONE);
  multiply(t0, t0, out.x); // x^3 - 3 x
  square(t1, out.y);
  subtract(t0, t1, t0);
  subtract(t0, t0, B);
  return isZeroElement(t0) === 1;
}

export function toJacobian(out: JacobianPoint, { x, y }: AffinePoint): void {
  out.x.set(x);
  out.y.set(y);
  out.z.set(ONE);
}

/** out = 2 a, 4 M + 4 S: with c = Y^2 and M = 3 (X - Z^2) (X + Z^2), X' = M^2 - 8 X c, Y' = M (4 X c - X') - 8 c^2, Z' = 2 Y Z. */
export function double(out: JacobianPoint, { x, y, z }: JacobianPoint): void {
  square(t0, z);
  subtract(t1, x, t0);
  add(t0, x, t0);
  multiply(t0, t1, t0);
  addCarried(t0, t0, 2, t0); // M
  scale(t1, 2, y);
  multiply(out.z, t1, z);
  square(t1, y);
  scale(t1, 2, t1); // 2 c
  multiply(t2, t1, x); // 2 X c
  square(t1, t1); // 4 c^2
  square(t3, t0);
  addCarried(out.x, t3, -4, t2);
  scale(t2, 2, t2);
  subtract(t2, t2, out.x); // 4 X c - X'
  multiply(t0, t0, t2);
  addCarried(out.y, t0, -2, t1);
}

/** out = a + b, 11 M + 3 S. */
export function addCached(out: JacobianPoint, a: JacobianPoint, b: CachedPoint): void {
  square(t0, a.z);
  multiply(t1, a.z, t0);
  multiply(t0, t0, b.x);
  multiply(t1, t1, b.y);
  multiply(t2, a.x, b.zSquared);
  multiply(t3, a.y, b.zCubed);
  subtract(t0, t0, t2);
  subtract(t1, t1, t3);
  multiply(t4, a.z, b.z);
  finish(out, t2, t3, t4);
}

/** out = a + b, 8 M + 3 S. */
export function addAffine(out: JacobianPoint, a: JacobianPoint, b: AffinePoint): void {
  square(t0, a.z);
  multiply(t1, a.z, t0);
  multiply(t0, t0, b.x);
  multiply(t1, t1, b.y);
  subtract(t0, t0, a.x);
  subtract(t1, t1, a.y);
  finish(out, a.x, a.y, a.z);
}

/**
 * With both points at one denominator, z = Z1 Z2: t0 = H = U2 - U1 and t1 = R = S2 - S1, which are 2 x tight;
 * X' = R^2 - H^3 - 2 U1 H^2, Y' = R (U1 H^2 - X') - S1 H^3, Z' = z H. The operands may be the result's own coordinates.
 */
function finish(out: JacobianPoint, u1: Limbs, s1: Limbs, z: Limbs): void {
  multiply(out.z, z, t0);
  square(t4, t0);
  multiply(t0, t0, t4); // H^3
  multiply(t2, u1, t4); // U1 H^2
  square(t4, t1);
  subtract(t4, t4, t0);
  addCarried(out.x, t4, -2, t2);
  subtract(t2, t2, out.x);
  multiply(t1, t1, t2);
  multiply(t3, s1, t0);
  addCarried(out.y, t1, -1, t3);
}

export function copyPoint(out: JacobianPoint, { x, y, z }: JacobianPoint): void {
  out.x.set(x);
  out.y.set(y);
  out.z.set(z);
}

/** What `addCached` wants of a point. */
export function cache(out: CachedPoint, point: JacobianPoint): void {
  copyPoint(out, point);
  square(out.zSquared, point.z);
  multiply(out.zCubed, out.zSquared, point.z);
}

/** (X : Y : Z), Jacobian, is (X Z : Y : Z^3). */
export function toHomogeneous(out: HomogeneousPoint, { x, y, z }: JacobianPoint): void {
  square(t0, z);
  multiply(t0, t0, z);
  multiply(out.x, x, z);
  out.y.set(y);
  out.z.set(t0);
}

/**
 * out = a + b for all points, equal, opposite and infinite ones among them: the formula of p256-point.ts, with
 * E = 3 (xz - b zz), F = 3 (b xz - xx - 3 zz), G = 3 (xx - zz), where xy is X1 Y2 + X2 Y1 and so on,
 * X' = xy (yy + E) - yz F, Y' = (yy - E) (yy + E) + G F, Z' = yz (yy - E) + xy G.
 */
export function addComplete(out: HomogeneousPoint, a: HomogeneousPoint, b: HomogeneousPoint): void {
  crossed(t0, a.x, b.x, a.y, b.y); // xy
  crossed(t1, a.y, b.y, a.z, b.z); // yz
  crossed(t2, a.x, b.x, a.z, b.z); // xz
  multiply(t3, a.x, b.x);
  multiply(t4, a.z, b.z);
  multiply(out.y, a.y, b.y);
  multiply(out.z, B, t4);
  subtract(out.z, t2, out.z);
  multiply(t2, B, t2);
  subtract(t2, t2, t3);
  addCarried(t2, t2, -3, t4);
  scale(t2, 3, t2); // F
  subtract(t3, t3, t4);
  addCarried(t3, t3, 2, t3); // G
  addCarried(t4, out.y, -3, out.z); // yy - E
  addCarried(out.y, out.y, 3, out.z); // yy + E
  multiply(out.x, t0, out.y);
  multiply(t5, t1, t2);
  addCarried(out.x, out.x, -1, t5);
  multiply(out.y, t4, out.y);
  multiply(t5, t3, t2);
  addCarried(out.y, out.y, 1, t5);
  multiply(t1, t1, t4);
  multiply(t0, t0, t3);
  addCarried(out.z, t1, 1, t0);
}

const products = zero();

/** out = a1 b2 + a2 b1, tight. */
function crossed(out: Limbs, a1: Limbs, a2: Limbs, b1: Limbs, b2: Limbs): void {
  multiply(out, a1, b2);
  multiply(products, a2, b1);
  addCarried(out, out, 1, products);
}

/** What the functions above leave behind. */
export const wipePoints = (): void => wipe(t0, t1, t2, t3, t4, t5, products);
