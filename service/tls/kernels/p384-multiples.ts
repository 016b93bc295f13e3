import { invert, ONE } from './p384-element.ts';
import { multiply, square } from './p384-field.ts';
import { zero } from './p384-limbs.ts';
import { addCached, cache, copyPoint, double, type JacobianPoint, newCachedPoint, newPoint } from './p384-point.ts';

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
const own = zero();
const power = zero();
const products = Array.from({ length: 16 }, zero);

/** Makes Z = 1 of up to sixteen points, none of which is infinity, by one inversion for all of them (P. Montgomery, 1987). */
export function makeAffine(points: readonly JacobianPoint[]): void {
  inverse.set(ONE);
  for (const [index, product] of products.entries()) {
    product.set(inverse); // of all Z before this point's
    multiply(inverse, inverse, points[index]?.z ?? ONE);
  }
  invert(inverse, inverse);
  for (let i = products.length - 1; i >= 0; i--) {
    const point = points[i];
    const product = products[i];
    if (point === undefined || product === undefined) continue;
    multiply(own, inverse, product); // 1/Z
    multiply(inverse, inverse, point.z);
    square(power, own);
    multiply(point.x, point.x, power);
    multiply(power, power, own);
    multiply(point.y, point.y, power);
    point.z.set(ONE);
  }
}
