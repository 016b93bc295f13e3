import { wipe } from './p256-limbs.ts';
import { invert } from './p384-element.ts';
import { multiply, square } from './p384-field.ts';
import { type Limbs, zero } from './p384-limbs.ts';
import {
  type AffinePoint,
  addCached,
  cache,
  copyPoint,
  double,
  type JacobianPoint,
  newAffinePoint,
  newCachedPoint,
  newPoint,
} from './p384-point.ts';

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

/** The same points as (x, y), by one inversion for all of them (P. Montgomery, 1987). None of them is infinity. */
export function toAffine(points: readonly JacobianPoint[]): readonly AffinePoint[] {
  const inverse = zero();
  const products: Limbs[] = []; // of all Z up to this point's
  for (const { z } of points) {
    const before = products.at(-1);
    const product = zero();
    if (before === undefined) product.set(z);
    else multiply(product, before, z);
    products.push(product);
  }
  invert(inverse, products.at(-1) ?? inverse);
  const affine: AffinePoint[] = [];
  for (let i = points.length - 1; i >= 0; i--) {
    const point = points[i];
    if (point === undefined) break;
    const ownInverse = zero();
    const before = products[i - 1];
    if (before === undefined) ownInverse.set(inverse);
    else multiply(ownInverse, inverse, before);
    multiply(inverse, inverse, point.z);
    affine.unshift(divided(point, ownInverse));
  }
  return affine;
}

/** (X/Z^2, Y/Z^3), given 1/Z. */
function divided({ x, y }: JacobianPoint, inverse: Limbs): AffinePoint {
  const point = newAffinePoint();
  const squared = zero();
  square(squared, inverse);
  multiply(point.x, x, squared);
  multiply(squared, squared, inverse);
  multiply(point.y, y, squared);
  return point;
}

export function wipeMultiples(points: readonly JacobianPoint[]): void {
  for (const { x, y, z } of points) wipe(x, y, z);
}
