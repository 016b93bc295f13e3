import { invert } from './p256-element.ts';
import { multiply, square } from './p256-field.ts';
import { type Limbs, wipe, zero } from './p256-limbs.ts';
import {
  type AffinePoint,
  addCached,
  cache,
  copyPoint,
  double,
  type JacobianPoint,
  newCachedPoint,
  newPoint,
} from './p256-point.ts';

const twice = newCachedPoint();
const doubled = newPoint();

/**
 * 1, 3, 5, ... times a point, as many as there is place for in `out`. They and 2 P differ from each other and from each other's
 * opposite, since the order of the group is a larger prime; so `addCached` is right for them.
 */
export function oddMultiples(out: readonly JacobianPoint[], point: JacobianPoint): void {
  double(doubled, point);
  cache(twice, doubled);
  let last = point;
  for (const [index, next] of out.entries()) {
    if (index === 0) copyPoint(next, point);
    else addCached(next, last, twice);
    last = next;
  }
}

const inverse = zero();
const ownInverse = zero();
const squared = zero();
/** Of all Z up to a point's. Made once: an array takes longer to make than a product. */
const products: Limbs[] = [];

/** The same points as (x, y), by one inversion for all of them (P. Montgomery, 1987). None of them is infinity. */
export function toAffine(out: readonly AffinePoint[], points: readonly JacobianPoint[]): void {
  while (products.length < points.length) products.push(zero());
  let last: Limbs | undefined;
  for (const [index, { z }] of points.entries()) {
    const product = products[index] ?? z;
    if (last === undefined) product.set(z);
    else multiply(product, last, z);
    last = product;
  }
  invert(inverse, last ?? inverse);
  for (let i = points.length - 1; i >= 0; i--) {
    const affine = out[i];
    const point = points[i];
    if (affine === undefined || point === undefined) break;
    const before = products[i - 1];
    if (before === undefined) ownInverse.set(inverse);
    else multiply(ownInverse, inverse, before);
    multiply(inverse, inverse, point.z);
    divide(affine, point);
  }
}

/** (X/Z^2, Y/Z^3), 1/Z being `ownInverse`. */
function divide(out: AffinePoint, { x, y }: JacobianPoint): void {
  square(squared, ownInverse);
  multiply(out.x, x, squared);
  multiply(squared, squared, ownInverse);
  multiply(out.y, y, squared);
}

export function wipeMultiples(points: readonly JacobianPoint[]): void {
  for (const { x, y, z } of points) wipe(x, y, z);
}
