import { describe, expect, test } from 'vitest';
import { constant, type Interval, numberOf, peak, range } from './interval.ts';
import { Kernel } from './interval-run.ts';
import { array, bytes, expectWithin, interval, member, record, type Value, zeros } from './interval-values.ts';

/*
 * The bounds that p256-limbs.ts states, proven on the source of the kernels: no sum of products reaches 2^53, and every
 * operation leaves what the next one takes. What is given as a range decides no branch and no index, or the run would fail.
 * One step builds on the other: what was proven of a function stands in for it where it is called hundreds of times.
 */

const kernel = (name: string, change?: (source: string) => string) =>
  new Kernel(`service/tls/kernels/p256-${name}.ts`, change);

/** `times` x tight. */
const tight = (times = 1): Interval[] =>
  Array.from({ length: 11 }, (_, index) => {
    const bound = times * (index < 10 ? 2 ** 23 + 2 ** 7 : 2 ** 22);
    return range(-bound, bound);
  });

/** What 32 bytes are, and what is canonical: below 2^256. */
const unsigned = (): Interval[] => Array.from({ length: 11 }, (_, index) => range(0, 2 ** (index < 10 ? 24 : 16) - 1));

/** What division-bounds.test.ts has of a quotient. */
const divided = (): Interval[] =>
  Array.from({ length: 11 }, (_, index) =>
    index < 10 ? range(-(2 ** 23), 2 ** 23) : range(-27 * 2 ** 15, 27 * 2 ** 15),
  );

function fill(out: Value, values: readonly Interval[]): undefined {
  array(out).splice(0, 11, ...values);
}

const affine = () => record({ x: tight(), y: tight() });
const jacobian = () => record({ x: tight(), y: tight(), z: tight() });
const cached = () => record({ x: tight(), y: tight(), z: tight(), zSquared: tight(), zCubed: tight() });

const expectTight = (point: Value, ...coordinates: readonly string[]): void => {
  for (const name of coordinates) expectWithin(array(member(point, name)), tight());
};

/** Stands in for a function of whose parameters after `out` all limbs must be tight, and whose result is then. */
const provenTight =
  (times = 1) =>
  ([out, ...factors]: Value[]): Value => {
    for (const factor of factors) expectWithin(array(factor), tight(times));
    return fill(out, tight());
  };

describe('the field', () => {
  test.each([
    [1, 1],
    [3, 3],
    [3, 4],
    [2, 6],
    [1, 12],
  ])('a product of %i and %i times tight is exact, and tight', (n, m) => {
    const out = zeros(11);
    peak.value = 0;
    kernel('field').call('multiply', out, tight(n), tight(m));
    expectWithin(out, tight());
    expect(peak.value).toBeGreaterThan(n * m * 0.078); // ten of 128 for each: the run did see the columns
    expect(peak.value).toBeLessThan(1);
  });

  test('a square of up to 3 times tight is exact, and tight', () => {
    const out = zeros(11);
    kernel('field').call('square', out, tight(3));
    expectWithin(out, tight());
  });

  test('of bytes and into bytes', () => {
    const element = kernel('element');
    const out = zeros(11);
    const encoded = bytes(32);
    element.call('enterMontgomery', out, unsigned());
    expectWithin(out, tight());
    element.define('canonical', ([canonical]) => fill(canonical, unsigned()));
    element.call('leaveMontgomery', out, tight());
    element.call('writeElement', encoded, constant(0), tight());
    kernel('limbs').call('readBytes', out, bytes(32), constant(0));
    expectWithin(out, unsigned());
  });

  test('what the canonical form is chosen from has limbs from 0 to 2^24', () => {
    const limbs = kernel('limbs');
    for (const modulus of ['P', 'N']) {
      const [lifted, reduced] = [zeros(11), zeros(11)];
      limbs.call('canonical', zeros(11), tight(4), limbs.exported(modulus)); // neither rounds nor branches
      limbs.call('addMultiple', lifted, tight(4), limbs.exported(modulus), constant(64));
      limbs.call('addMultiple', reduced, lifted, limbs.exported(modulus), range(-(2 ** 8), 0));
      for (const limb of [...lifted.slice(0, 10), ...reduced.slice(0, 10)]) {
        expectWithin([limb], [range(0, 2 ** 24 - 1)]);
      }
    }
  });

  test('an inverse is tight', () => {
    for (const [name, operation] of [
      ['element', 'invert'],
      ['scalar', 'invertScalar'],
    ] as const) {
      const module = kernel(name);
      module.define('canonical', ([out, a]) => {
        expectWithin(array(a), tight());
        return fill(out, unsigned());
      });
      module.define('divide', ([out, numerator, denominator]) => {
        expectWithin(array(numerator), tight());
        expectWithin(array(denominator), unsigned());
        return fill(out, divided());
      });
      const out = zeros(11);
      module.call(operation, out, tight());
      expectWithin(out, tight());
    }
  });
});

describe('points', () => {
  test.each<[string, () => Value, readonly (() => Value)[]]>([
    ['double', jacobian, [jacobian]],
    ['addCached', jacobian, [jacobian, cached]],
    ['addAffine', jacobian, [jacobian, affine]],
    ['addComplete', jacobian, [jacobian, jacobian]],
    ['toHomogeneous', jacobian, [jacobian]],
    ['toJacobian', jacobian, [affine]],
    ['cache', cached, [jacobian]],
  ])('%s: of tight coordinates, and with tight coordinates', (name, result, parameters) => {
    const out = result();
    peak.value = 0;
    kernel('point').call(name, out, ...parameters.map((make) => make()));
    expectTight(out, 'x', 'y', 'z');
    if (name === 'cache') expectTight(out, 'zSquared', 'zCubed');
    expect(peak.value).toBeLessThan(1);
  });

  test('the first operand may be the result', () => {
    for (const name of ['double', 'addCached', 'addAffine', 'addComplete', 'toHomogeneous']) {
      const point = jacobian();
      kernel('point').call(name, point, point, ...(name === 'addComplete' ? [jacobian()] : [cached()]));
      expectTight(point, 'x', 'y', 'z');
    }
  });

  test('the constants are tight', () => {
    const point = kernel('point');
    expectWithin(array(point.exported('B')), tight());
    expectTight(point.exported('GENERATOR'), 'x', 'y');
    expectWithin(array(kernel('element').exported('ONE')), tight());
    expectWithin(array(kernel('element').exported('R_SQUARED')), tight());
  });
});

describe('scalars', () => {
  test('a product of 3 times tight and tight is exact, and tight', () => {
    const out = zeros(11);
    peak.value = 0;
    kernel('scalar').call('multiplyScalars', out, tight(3), tight());
    expectWithin(out, tight());
    expect(peak.value).toBeLessThan(1);
    expect(peak.value).toBeGreaterThan(3 * 0.078);
  });

  test('the constants are tight', () => {
    expectWithin(array(kernel('scalar').exported('R_SQUARED')), tight());
  });

  test('a signature: of products as proven, and no branch depends on the nonce but whether it will do', () => {
    const sign = kernel('sign');
    sign.define('readScalar', ([out]) => {
      fill(out, unsigned());
      return constant(1);
    });
    sign.define('isZero', () => constant(0));
    sign.define('recode', () => undefined);
    sign.define('generatorTable', () => zeros(0));
    sign.define('multiplyFixed', ([out]) => {
      for (const name of ['x', 'y', 'z']) fill(member(out, name), tight());
      return undefined;
    });
    sign.define('invert', provenTight());
    sign.define('invertScalar', provenTight());
    sign.define('multiply', provenTight());
    sign.define('canonical', ([out, a]) => {
      expectWithin(array(a), tight(2));
      return fill(out, unsigned());
    });
    sign.define('leaveMontgomery', ([out]) => fill(out, unsigned()));
    fill(sign.exported('d'), unsigned());
    fill(sign.exported('e'), unsigned());
    expect(numberOf(interval(sign.call('signWith', bytes(64), bytes(32))))).toBe(1);
  });
});

describe('secret digits', () => {
  const any = () => range(0, 31);
  const digits = () => record({ values: Array.from({ length: 52 }, any), even: range(0, 1) });

  test('are those of any scalar by the same steps', () => {
    const module = kernel('digits');
    module.define('writeBytes', ([out]) => {
      array(out).splice(1, 32, ...bytes(32));
      return undefined;
    });
    const values = bytes(52);
    module.call('recode', record({ values, even: constant(0) }), unsigned());
    for (const value of values) expectWithin([value], [any()]);
  });

  test('choose no branch and no index', () => {
    const scan = kernel('scan');
    scan.call('choose', any());
    expect(numberOf(interval(scan.call('signOf', constant(3))))).toBe(-1);
  });

  test('take one of sixteen tight numbers', () => {
    const table = Array.from({ length: 16 * 11 }, () => range(-(2 ** 23) - 2 ** 7, 2 ** 23 + 2 ** 7));
    for (let e = 0; e < 32; e++) {
      const scan = kernel('scan');
      const out = zeros(11);
      scan.call('choose', constant(e));
      expect(array(scan.exported('chosen')).filter((weight) => numberOf(interval(weight)) === 1)).toHaveLength(1);
      scan.call('scan', out, table, constant(0), constant(e < 16 ? -1 : 1));
      for (const limb of out) expectWithin([limb], [range(-(2 ** 23) - 2 ** 7, 2 ** 23 + 2 ** 7)]);
    }
  });

  const proven = (module: Kernel, ...names: readonly string[]): void => {
    for (const name of names) {
      module.define(name, ([out, ...points]) => {
        for (const point of points) expectTight(point, 'x', 'y');
        for (const coordinate of ['x', 'y', 'z']) fill(member(out, coordinate), tight());
        return undefined;
      });
    }
  };

  test('a multiple of the generator is of tight points, by the same steps for all digits', () => {
    const module = kernel('fixed-base');
    proven(module, 'double', 'addAffine', 'addComplete', 'toHomogeneous');
    module.define('select', () => {
      for (const name of ['x', 'y']) fill(member(module.exported('entry'), name), tight());
      return undefined;
    });
    const out = jacobian();
    module.call('multiplyFixed', out, zeros(0), digits());
    expectTight(out, 'x', 'z');
  });

  test("a multiple of a peer's point is of tight points, by the same steps for all digits", () => {
    const module = kernel('ecdh');
    proven(module, 'double', 'addAffine', 'addComplete', 'toHomogeneous');
    module.define('tabulate', () => undefined);
    module.define('select', () => {
      const entry = module.exported('entry');
      for (const name of ['x', 'y']) fill(member(entry, name), tight());
      return undefined;
    });
    const out = jacobian();
    module.call('multiplyVariable', out, affine(), digits());
    expectTight(out, 'x', 'z');
  });
});

describe('a mistake in the source is found', () => {
  test.each([
    ['a carry that is left out', 'field', 'out[4] = t16 - h16;', 'out[4] = t16;', 'multiply'],
    ['a limb that is not reduced', 'field', 'const m5 = t5 - h5 + h4 * DOWN;', 'const m5 = t5;', 'multiply'],
    ['a carry constant that is too small', 'field', 'CARRY = 3 * 2 ** 75', 'CARRY = 3 * 2 ** 71', 'multiply'],
    ['a sum that is not carried', 'point', 'addCarried(out.x, t3, -4, t2);', 'subtract(out.x, t3, t2);', 'double'],
    ['a factor that is too large', 'point', 'scale(t1, 3, t1);', 'scale(t1, 4, t1);', 'double'],
    ['a quotient that may round', 'scalar', 'N0 * m3 + CARRY - CARRY', 'N0 * m3', 'multiplyScalars'],
  ])('%s', (_, name, right, wrong, operation) => {
    const change = (source: string) => {
      if (!source.includes(right)) throw new Error(`${name} has no "${right}"`);
      return source.replace(right, wrong);
    };
    expect(() => {
      const out = zeros(11);
      const point = jacobian();
      const module = kernel(name, change);
      if (operation === 'double') {
        module.call(operation, point, point);
        module.call(operation, point, point);
      } else {
        module.call(operation, out, tight(3), tight(operation === 'multiply' ? 4 : 1));
        expectWithin(out, tight());
      }
    }).toThrow(/2\^|limb/);
  });
});
