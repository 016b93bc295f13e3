import { describe, expect, test } from 'vitest';
import { carried, loose } from './bounds25519.ts';
import { constant, type Interval, range, real } from './interval.ts';
import { Kernel } from './interval-run.ts';
import { array, bytes, expectWithin, interval, record, type Value, zeros } from './interval-values.ts';

/*
 * What is made of the field: the ladder, the point formulas, the table of the base point. Each keeps its coordinates carried
 * (field25519.ts), so that it may be done again and again. Where bounds depend on a secret bit or digit, each of its values is
 * tried; that nothing branches on it is seen by running what is around with all of its values at once.
 */

/** With what field25519-bounds.test.ts proves of the powers; to run them each time takes seconds. */
function kernel(name: string): Kernel {
  const made = new Kernel(`service/tls/kernels/${name}.ts`);
  for (const power of ['invert', 'power22523'])
    made.define(power, ([out, a]) => {
      expectWithin(array(a), carried());
      set(out, carried());
      return undefined;
    });
  // Constants come of hexadecimal digits, by `decode`, which gives what is carried.
  for (const constant of ['d', 'd2', 'rootOfMinusOne']) made.define(constant, carried());
  // Lengths are public.
  made.define('expectLength', () => undefined);
  return made;
}
const point = () => record({ x: carried(), y: carried(), z: carried(), t: carried() });
const summand = () => record({ plus: loose(2), minus: loose(2), z2: loose(2), td2: carried() });
const affine = () => record({ plus: carried(), minus: carried(), td2: carried() });
const set = (values: Value, to: readonly Interval[]) => void array(values).splice(0, 12, ...to);

function setPoint(value: Value): undefined {
  const made = value as ReturnType<typeof point>;
  for (const name of ['x', 'y', 'z', 't']) set(made.names.get(name) as Value, carried());
}

function expectPoint(value: ReturnType<typeof point>, coordinates = ['x', 'y', 'z', 't']): void {
  for (const name of coordinates) expectWithin(array(value.names.get(name) as Value), carried());
}

describe('edwards25519.ts: of carried coordinates, carried ones', () => {
  const curve = kernel('edwards25519');

  test.each<[string, () => Value]>([
    ['addPoint', summand],
    ['addAffine', affine],
    ['subtractPoint', summand],
    ['subtractAffine', affine],
  ])('%s', (name, other) => {
    const [out, inPlace] = [point(), point()];
    curve.call(name, out, point(), other());
    expectPoint(out);
    curve.call(name, inPlace, inPlace, other());
    expectPoint(inPlace);
  });

  test('addPoint takes any four coordinates that are loose by 2, carried or not', () => {
    const out = point();
    const all = record({ plus: loose(2), minus: loose(2), z2: loose(2), td2: loose(2) });
    curve.call('addPoint', out, point(), all);
    expectPoint(out);
  });

  test.each(['doublePoint', 'doubleWithoutT'])('%s, whatever t is', (name) => {
    const out = record({ x: carried(), y: carried(), z: carried(), t: [] });
    out.names.set('t', name === 'doublePoint' ? zeros(12) : []);
    curve.call(name, out, out);
    expectPoint(out, name === 'doublePoint' ? undefined : ['x', 'y', 'z']);
  });

  test('toSummand', () => {
    const out = record({ plus: zeros(12), minus: zeros(12), z2: zeros(12), td2: zeros(12) });
    curve.call('toSummand', point(), out);
    for (const name of ['plus', 'minus', 'z2']) expectWithin(array(out.names.get(name) as Value), loose(2));
    expectWithin(array(out.names.get('td2') as Value), carried());
  });
});

describe('edwards25519-bytes.ts', () => {
  const codec = kernel('edwards25519-bytes');

  test('encodePoint: in constant time, to bytes', () => {
    expect(array(codec.call('encodePoint', point())).map((byte) => real(interval(byte).lo))).toEqual(
      new Array(32).fill(0),
    );
  });

  test.each([
    [1, 1],
    [0, 1],
    [0, 0],
  ])('squareRoot, where the comparisons say %i and %i', (first, second) => {
    codec.define('equal', () => constant(first));
    codec.define('isZero', () => constant(second));
    const x = zeros(12);
    codec.call('squareRoot', x, carried());
    expectWithin(x, carried());
  });

  test('what is compared may be loose by 4', () => {
    const out = array(codec.call('encoded', loose(4)));
    expect(out).toHaveLength(32);
  });
});

describe('x25519.ts', () => {
  const ladder = kernel('x25519');
  const state = ['x2', 'z2', 'x3', 'z3'];
  const inState = (of: Kernel) => state.map((name) => array(of.exported(name)));

  test.each([0, 1])('a step after an exchange by %i', (bit) => {
    for (const coordinate of [...inState(ladder), ladder.exported('x1')]) set(coordinate, carried());
    ladder.call('exchange', constant(bit));
    for (const coordinate of inState(ladder)) expectWithin(coordinate, carried());
    ladder.call('step');
    for (const coordinate of inState(ladder)) expectWithin(coordinate, carried());
  });

  test('sharedSecret, of any 32 bytes twice: no bit decides a branch or an index', () => {
    const whole = kernel('x25519');
    const bits: Interval[] = [];
    let steps = 0;
    whole.define('exchange', ([bit]) => void bits.push(interval(bit)));
    whole.define('step', () => void steps++);
    whole.define('isZero', () => constant(0));
    for (const coordinate of inState(whole)) set(coordinate, carried());
    const shared = array(whole.call('sharedSecret', bytes(32), bytes(32)));
    expectWithin(shared, bytes(32) as Interval[]);
    expect(steps).toBe(255);
    expectWithin(bits, new Array<Interval>(256).fill(range(0, 1)));
    expect(bits.filter(({ lo, hi }) => lo !== hi)).toHaveLength(256);
    for (const name of [...state, 'x1', 'a', 'b', 'c', 'd']) expectWithin(array(whole.exported(name)), zeros(12));
  });

  test('publicKey, of any 32 bytes', () => {
    const whole = kernel('x25519');
    whole.define('multiplyBase', ([out]) => setPoint(out));
    const value = array(whole.call('publicKey', bytes(32)));
    expectWithin(value, bytes(32) as Interval[]);
    expectWithin(array(whole.exported('a')), zeros(12));
  });
});

describe('edwards25519-base.ts', () => {
  const base = kernel('edwards25519-base');
  const entry = base.exported('entry') as ReturnType<typeof affine>;
  const parts = () => ['plus', 'minus', 'td2'].map((name) => array(entry.names.get(name) as Value));
  const table = Array.from({ length: 8 * 3 }, carried).flat();

  test.each(Array.from({ length: 17 }, (_, index) => index - 8))('the entry for the digit %i is carried', (digit) => {
    base.call('choose', table, constant(0), constant(digit));
    for (const part of parts()) expectWithin(part, carried());
  });

  test('any digit at all: no branch, no index', () => {
    expect(() => base.call('choose', table, constant(0), range(-8, 8))).toThrow(/wraps/);
    const digitless = new Kernel('service/tls/kernels/edwards25519-base.ts', (source) =>
      source.replace('const magnitude = (digit ^ sign) - sign;', 'const magnitude = digit;'),
    );
    digitless.define('same', () => range(0, 1));
    digitless.call('choose', table, constant(0), range(0, 8));
  });

  test('multiplyBase: the digits of any scalar are -8 to 8, and the point is carried throughout', () => {
    // The sums and doublings were proven above to give what is carried, of what is carried.
    for (const name of ['addAffine', 'doublePoint', 'doubleWithoutT']) {
      base.define(name, ([out, p]) => {
        expectPoint(p as ReturnType<typeof point>);
        return setPoint(out);
      });
    }
    const chosen: Interval[] = [];
    const places = new Set<number>();
    base.define('table', []);
    base.define('choose', ([, start, digit]) => {
      places.add(real(interval(start).lo));
      chosen.push(interval(digit));
      for (const part of parts()) set(part, carried());
      return undefined;
    });
    const out = point();
    base.call('multiplyBase', out, [...bytes(31), range(0, 127)]);
    expectPoint(out);
    expect(chosen).toHaveLength(64);
    expectWithin(chosen, new Array<Interval>(64).fill(range(-8, 8)));
    expect(places.size).toBe(32);
    expectWithin(array(base.exported('digits')), zeros(64));
    for (const part of parts()) expectWithin(part, zeros(12));
  });
});
