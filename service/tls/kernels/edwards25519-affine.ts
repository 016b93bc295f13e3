import { type AffineSummand, type Point, toSummand } from './edwards25519.ts';
import { type FieldElement, fieldElement, multiply } from './field25519.ts';
import { invert } from './field25519-inverse.ts';

/** Points as they are added fastest, with one inversion for all of them: a table's (RFC 8032 §5.1.4). None has z = 0. */
export function affineSummands(points: readonly Point[]): readonly AffineSummand[] {
  const one = fieldElement();
  one[0] = 1;
  // before[i] is the product of the z before i; then 1 / (z0 ... zi) is known for the last i, and for each one before it.
  const before: FieldElement[] = [];
  const inverse = fieldElement();
  inverse.set(one);
  for (const { z } of points) {
    before.push(inverse.slice());
    multiply(inverse, inverse, z);
  }
  invert(inverse, inverse);
  const made: AffineSummand[] = [];
  for (let i = points.length - 1; i >= 0; i--) {
    const point = points[i];
    const product = before[i];
    if (point === undefined || product === undefined) throw new RangeError(`no point ${i}`);
    const { x, y, z, t } = point;
    multiply(product, product, inverse);
    multiply(inverse, inverse, z);
    const affine: Point = { x: fieldElement(), y: fieldElement(), z: one, t: fieldElement() };
    multiply(affine.x, x, product);
    multiply(affine.y, y, product);
    multiply(affine.t, t, product);
    const { plus, minus, td2 } = toSummand(affine);
    multiply(plus, plus, one);
    multiply(minus, minus, one);
    made.unshift({ plus, minus, td2 });
  }
  return made;
}
