import { describe, expect, test } from 'vitest';
import { type Interval, numberOf, peak, range, real } from './interval.ts';
import { Kernel } from './interval-run.ts';
import { bytes, expectWithin, interval, type Value, zeros } from './interval-values.ts';

/** A kernel of these few lines. */
const kernel = (source: string) => new Kernel(import.meta.filename, () => source);
const ends = (value: Value): [number, number, number] => {
  const { lo, hi, unit } = interval(value);
  return [real(lo), real(hi), unit];
};
const body = (text: string, ...parameters: Value[]) => kernel(`const f = (a, b) => ${text}`).call('f', ...parameters);

describe('what is refused', () => {
  test.each<[string, string, Value[], RegExp]>([
    ['a sum of 2^53', 'a + b', [range(0, 2 ** 52), range(0, 2 ** 52)], /passes 2\^53/],
    ['a product of 2^53', 'a * b', [range(-(2 ** 27), 0), range(0, 2 ** 26)], /passes 2\^53/],
    ['a fraction beside a large number', 'a + b', [range(0, 2 ** 52), range(0, 1, -2)], /passes 2\^53/],
    ['a quotient', 'a / b', [range(1, 2), range(3, 3)], /may round/],
    ['a bitwise operator on 33 bits', 'a & 255', [range(0, 2 ** 33)], /wraps/],
    ['a carry out of what is too large', '(a + 3 * 2 ** 51) - 3 * 2 ** 51', [range(0, 2 ** 52, -1)], /too large/],
    ['an index out of data', '[1, 2][a]', [range(0, 1)], /index that depends on the data/],
    ['an index beyond the end', '[1, 2][a]', [range(2, 2)], /element 2 of 2/],
    ['a branch on data', 'a ? 1 : 2', [range(0, 1)], /depends on the data/],
    ['a comparison of data', 'a < b ? 1 : 2', [range(0, 1), range(1, 2)], /depends on the data/],
    ['a name from nowhere', 'c', [], /c is not declared/],
    ['a BigInt', '1n', [], /not a number/],
  ])('%s', (_name, text, parameters, message) => {
    expect(() => body(text, ...parameters)).toThrow(message);
  });

  test('a byte array takes bytes', () => {
    const store = kernel('function f(out, x) { out[0] = x; }');
    expect(() => store.call('f', bytes(1), range(0, 256))).toThrow(/where .* fits/);
    const out = bytes(1);
    store.call('f', out, range(3, 4));
    expect(out.map(ends)).toEqual([[3, 4, 0]]);
  });

  test('the message has the line', () => {
    const two = kernel('function f(a) {\n  const b = a * 2;\n  return b * b;\n}');
    expect(() => two.call('f', range(0, 2 ** 30))).toThrow(/interval\.test\.ts:3, f: a result in/);
  });
});

describe('bounds', () => {
  test.each<[string, string, Value[], [number, number, number]]>([
    ['a sum', 'a + b', [range(-1, 2), range(10, 20)], [9, 22, 0]],
    ['just below 2^53', 'a * b', [range(0, 2 ** 27 - 1), range(-(2 ** 26), 0)], [-(2 ** 53) + 2 ** 26, 0, 0]],
    ['steps multiply', 'a * b', [range(0, 4, 2), range(0, 0.5, -2)], [0, 2, 0]],
    ['a square is not negative', 'a * a', [range(-3, 2)], [0, 9, 0]],
    ['a - a is 0', 'a - a', [range(0, 9)], [0, 0, 1200]],
    ['a - (a - b) is b', 'a - (a - b)', [range(0, 9), range(2, 3)], [2, 3, 0]],
    ['rounding', '(a + 3 * 2 ** 61) - 3 * 2 ** 61', [range(-511, 1537)], [0, 2048, 10]],
    ['what rounding leaves', 'a - ((a + 3 * 2 ** 61) - 3 * 2 ** 61)', [range(-9999, 9999)], [-512, 512, 0]],
    ['what a floor leaves', 'a - Math.floor(a / 1024) * 1024', [range(-9999, 9999)], [0, 1023, 0]],
    ['what Math.round leaves', 'a - Math.round(a / 1024) * 1024', [range(-9999, 9999)], [-512, 511, 0]],
    ['a mask', 'a & 7', [range(0, 100)], [0, 7, 0]],
    ['a mask of something negative', 'a & 7', [range(-100, 100)], [0, 7, 0]],
    ['a mask that all fits', 'a & 7', [range(1, 5)], [1, 5, 0]],
    ['wider than it is, and so still right', 'a - (a & 7)', [range(0, 100)], [-7, 100, 0]],
    ['shifts', '((a >> 2) << 4) + (a >>> 1)', [range(8, 9)], [36, 36, 0]],
    ['numbers that are known', '((a ^ b) - 1) >>> 31', [range(3, 3), range(3, 3)], [1, 1, 0]],
    ['known numbers with a sign', '(a ^ (a >> 31)) - (a >> 31)', [range(-7, -7)], [7, 7, 0]],
    ['of unknown ones at most all ones', 'a ^ b', [range(0, 4), range(0, 3)], [0, 7, 0]],
    ['with a sign any word as long', 'a ^ b', [range(-5, 4), range(0, 3)], [-8, 7, 0]],
    ['and of two signs', 'a & b', [range(-5, 4), range(-1, 0)], [-8, 4, 0]],
    ['and of one sign at most the other', 'a & b', [range(-5, 4), range(0, 3)], [0, 3, 0]],
    ['or nothing', 'a | 0', [range(-5, 4)], [-5, 4, 0]],
    ['a bit that selects', 'a * (1 - b) + 5 * b', [range(0, 3), range(1, 1)], [5, 5, 0]],
  ])('%s', (_name, text, parameters, expected) => {
    const value = interval(body(text, ...parameters));
    const [lo, hi, unit] = ends(value);
    expect([lo, hi]).toEqual(expected.slice(0, 2));
    if (numberOf(value) === undefined) expect(unit).toBe(expected[2]);
  });

  test('the peak is the share of 2^53 that was used', () => {
    peak.value = 0;
    body('a + b', range(0, 2 ** 50), range(0, 2 ** 50));
    expect(peak.value).toBe(2 ** -2);
  });
});

test('functions, loops, arrays, objects and constants of a module', () => {
  const source = `
    const RADIX = 2 ** 4;
    function carry(limbs: Float64Array): void {
      let c = 0;
      for (let i = 0; i < limbs.length; i++) {
        const t = (limbs[i] ?? 0) + c;
        c = Math.floor(t / RADIX);
        limbs[i] = t - c * RADIX;
      }
      limbs[limbs.length - 1] += c * RADIX;
    }
    const both = ({ x, y }: { x: Float64Array; y: Float64Array }) => { carry(x); for (const one of [y]) carry(one); };
    export function run(x: Float64Array): Float64Array {
      const y = new Float64Array(2);
      if (y.length === 2 && !(x.length < 2)) y.set(x);
      both({ x, y });
      return y;
    }`;
  const x = [range(0, 1000), range(-3, 3)];
  const y = kernel(source).call('run', x);
  expectWithin(x, [range(0, 15), range(-3, 65)]);
  expect(y).toHaveLength(2);
  expect(() => expectWithin(x, [range(0, 14), range(-3, 65)])).toThrow(/limb 0 is \[0, 15\]/);
  const dropped = kernel(source.replace('c = Math.floor(t / RADIX);', ''));
  const z: Interval[] = [range(0, 1000), range(-3, 3)];
  dropped.call('run', z);
  expect(() => expectWithin(z, [range(0, 15), range(-3, 65)])).toThrow(/limb 0/);
  expect(zeros(2)).toHaveLength(2);
});
