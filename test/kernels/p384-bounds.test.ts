import { describe, expect, test } from 'vitest';
import { constant, type Interval, numberOf, peak, range } from './interval.ts';
import { Kernel } from './interval-run.ts';
import { array, bytes, expectWithin, interval, member, record, type Value, zeros } from './interval-values.ts';

/*
 * The bounds that p384-limbs.ts states, proven on the source of the kernels as those of P-256 are (p256-bounds.test.ts): no sum of
 * products reaches 2^53, every operation leaves what the next one takes, and no secret decides a branch or an index.
 */

const kernel = (name: string, change?: (source: string) => string) =>
  new Kernel(`service/tls/kernels/p384${name}.ts`, change);

const TIGHT = 2 ** 23 + 2 ** 14;

/** `times` x tight. */
const tight = (times = 1, length = 16): Interval[] =>
  Array.from({ length }, () => range(-times * TIGHT, times * TIGHT));

/** What 48 bytes are, and what is canonical: below 2^384. */
const unsigned = (): Interval[] => Array.from({ length: 16 }, () => range(0, 2 ** 24 - 1));

function fill(out: Value, values: readonly Interval[]): undefined {
  array(out).splice(0, values.length, ...values);
}

const affine = () => record({ x: tight(), y: tight() });
const jacobian = () => record({ x: tight(), y: tight(), z: tight() });
const cached = () => record({ x: tight(), y: tight(), z: tight(), zSquared: tight(), zCubed: tight() });

const expectTight = (point: Value, ...coordinates: readonly string[]): void => {
  for (const name of coordinates) expectWithin(array(member(point, name)), tight());
};

/** Stands in for a function of whose parameters after `out` all limbs must be tight, and whose result is then. */
const provenTight = ([out, ...factors]: Value[]): Value => {
  for (const factor of factors) expectWithin(array(factor), tight());
  return fill(out, tight());
};

describe('the field', () => {
  test.each([
    [1, 1],
    [2, 3],
    [1, 7],
  ])('a product of %i and %i times tight is exact, and tight', (n, m) => {
    const out = zeros(16);
    peak.value = 0;
    kernel('-field').call('multiply', out, tight(n), tight(m));
    expectWithin(out, tight());
    expect(peak.value).toBeGreaterThan((n * m * 16) / 128); // the run did see the middle column
    expect(peak.value).toBeLessThan(1);
  });

  test('8 times tight is too much, so the analysis sees where the room ends', () => {
    expect(() => kernel('-field').call('multiply', zeros(16), tight(2), tight(4))).toThrow('passes 2^53');
  });

  test('a square of twice tight is exact, and tight', () => {
    const out = zeros(16);
    peak.value = 0;
    kernel('-field').call('square', out, tight(2));
    expectWithin(out, tight());
    expect(peak.value).toBeGreaterThan(0.5);
  });

  test('any columns below 2^53 less 2^47 are reduced to tight limbs', () => {
    const module = kernel('-columns');
    const most = 2 ** 53 - 2 ** 47;
    fill(
      module.exported('columns'),
      Array.from({ length: 31 }, () => range(-most, most)),
    );
    const out = zeros(16);
    module.call('reduce', out);
    expectWithin(out, tight());
  });

  test('sums with up to four times a tight one are carried to tight ones', () => {
    for (const factor of [-4, -3, 0, 1, 2, 3]) {
      const out = zeros(16);
      kernel('-field').call('addCarried', out, tight(2), constant(factor), tight());
      expectWithin(out, tight());
    }
  });

  test('of bytes and into bytes', () => {
    const element = kernel('-element');
    const out = zeros(16);
    element.define('isBelow', () => constant(1));
    element.call('readElement', out, bytes(48), constant(0));
    expectWithin(out, tight());
    kernel('-limbs').call('readBytes', out, bytes(48), constant(0));
    expectWithin(out, unsigned());
    const encoded = bytes(48);
    element.define('canonical', ([canonical]) => fill(canonical, unsigned()));
    element.call('writeElement', encoded, constant(0), tight());
  });

  test('what the canonical form is chosen from has limbs from 0 to 2^24', () => {
    const limbs = kernel('-limbs');
    for (const modulus of ['P', 'N']) {
      const [lifted, reduced] = [zeros(16), zeros(16)];
      limbs.call('canonical', zeros(16), tight(4), limbs.exported(modulus)); // neither rounds nor branches
      limbs.call('addMultiple', lifted, tight(4), limbs.exported(modulus), constant(8));
      limbs.call('addMultiple', reduced, lifted, limbs.exported(modulus), range(-16, 0));
      for (const limb of [...lifted.slice(0, 15), ...reduced.slice(0, 15)]) {
        expectWithin([limb], [range(0, 2 ** 24 - 1)]);
      }
    }
  });

  test('an inverse is made of tight numbers alone', () => {
    const element = kernel('-element');
    element.define('multiply', provenTight);
    element.define('square', provenTight);
    const out = zeros(16);
    element.call('invert', out, tight());
    expectWithin(out, tight());
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
    kernel('-point').call(name, out, ...parameters.map((make) => make()));
    expectTight(out, 'x', 'y', 'z');
    if (name === 'cache') expectTight(out, 'zSquared', 'zCubed');
    expect(peak.value).toBeLessThan(1);
  });

  test('the first operand may be the result', () => {
    for (const name of ['double', 'addCached', 'addAffine', 'addComplete', 'toHomogeneous']) {
      const point = jacobian();
      kernel('-point').call(name, point, point, ...(name === 'addComplete' ? [jacobian()] : [cached()]));
      expectTight(point, 'x', 'y', 'z');
    }
  });

  test('the constants are tight', () => {
    const point = kernel('-point');
    expectWithin(array(point.exported('B')), tight());
    expectTight(point.exported('GENERATOR'), 'x', 'y');
    expectWithin(array(kernel('-element').exported('ONE')), tight());
  });
});

describe('secrets', () => {
  const any = () => range(0, 31);
  const digits = () => record({ values: Array.from({ length: 77 }, any), even: range(0, 1) });

  test('are made of entropy by the same steps whatever it is', () => {
    const module = kernel('-secret');
    const remainders: Interval[] = [];
    module.define('canonical', ([out, a]) => {
      remainders.push(...array(a).map(interval));
      return fill(out, unsigned());
    });
    module.define('writeBytes', () => undefined);
    module.call('secret', bytes(72));
    // The topmost limb is -1 as far as intervals know, which do not see that what the carry comes from is not negative.
    expectWithin(remainders.slice(0, 16), [...unsigned().slice(1), range(-1, 2 ** 24)]);
    expectWithin(remainders.slice(16), [range(1, 2 ** 24), ...unsigned().slice(1)]);
  });

  test('have digits by the same steps', () => {
    const module = kernel('-digits');
    module.define('writeBytes', ([out]) => {
      array(out).splice(1, 48, ...bytes(48));
      return undefined;
    });
    const values = bytes(77);
    module.call('recode', record({ values, even: constant(0) }), unsigned());
    for (const value of values) expectWithin([value], [any()]);
  });

  test('take one of sixteen tight numbers, with limbs of P-384 as of P-256', () => {
    for (let e = 0; e < 32; e++) {
      const scan = new Kernel('service/tls/kernels/p256-scan.ts');
      const out = zeros(16);
      scan.call('choose', constant(e));
      scan.call('scan', out, tight(1, 16 * 16), constant(0), constant(e < 16 ? -1 : 1));
      expectWithin(out, tight());
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
  const selecting = (module: Kernel): void =>
    module.define('select', ([out]) => {
      for (const name of ['x', 'y']) fill(member(out, name), tight());
      return undefined;
    });

  test('a multiple of the generator is of tight points, by the same steps for all digits', () => {
    const module = kernel('-fixed-base');
    proven(module, 'double', 'addAffine', 'addComplete', 'toHomogeneous');
    module.define('generatorTable', () => zeros(0));
    selecting(module);
    const out = jacobian();
    module.call('multiplyGenerator', out, digits());
    expectTight(out, 'x', 'y', 'z');
  });

  test("a multiple of a peer's point is of tight points, by the same steps for all digits", () => {
    const module = kernel('');
    proven(module, 'double', 'addAffine', 'addComplete', 'toHomogeneous');
    module.define('writeRow', () => undefined);
    selecting(module);
    const out = jacobian();
    module.call('multiplyVariable', out, affine(), digits());
    expectTight(out, 'x', 'y', 'z');
  });

  test('choose no branch: a zero, a modulus and the scalar are told by arithmetic', () => {
    const limbs = kernel('-limbs');
    expect(numberOf(interval(limbs.call('isZero', zeros(16))))).toBe(1);
    expectWithin([limbs.call('isZero', unsigned())], [range(0, 1)]);
    expectWithin([limbs.call('isBelow', unsigned(), limbs.exported('N'))], [range(0, 1)]);
  });
});

describe('a mistake in the source is found', () => {
  test.each([
    ['a carry that is left out', '-columns', 'const u6 = t6 - h6;', 'const u6 = t6;', 'reduce'],
    ['a carry that is missing at the end', '-columns', 'out[8] = v8 - g8;', 'out[8] = v8;', 'reduce'],
    ['a limb that is not carried first', '-columns', 'const u20 = t20 - h20 +', 'const u20 = t20 +', 'reduce'],
    ['a carry constant that is too small', '-columns', 'CARRY = 3 * 2 ** 75', 'CARRY = 3 * 2 ** 71', 'reduce'],
    ['a sum that is not carried', '-point', 'addCarried(out.x, t3, -4, t2);', 'subtract(out.x, t3, t2);', 'double'],
    ['a factor that is not carried', '-point', 'addCarried(t0, t0, 2, t0);', 'scale(t0, 3, t0);', 'double'],
    ['a factor that is too large', '-point', 'scale(t1, 2, t1);', 'scale(t1, 4, t1);', 'double'],
  ])('%s', (_, name, right, wrong, operation) => {
    const module = kernel(name, (source) => {
      if (!source.includes(right)) throw new Error(`${name} has no "${right}"`);
      return source.replace(right, wrong);
    });
    expect(() => {
      if (operation === 'double') {
        const point = jacobian();
        module.call(operation, point, point);
        module.call(operation, point, point);
        return;
      }
      const out = zeros(16);
      const most = 2 ** 53 - 2 ** 47;
      fill(
        module.exported('columns'),
        Array.from({ length: 31 }, () => range(-most, most)),
      );
      module.call('reduce', out);
      expectWithin(out, tight());
    }).toThrow(/2\^|limb/);
  });
});
