import { describe, expect, test } from 'vitest';
import { d } from '../../service/tls/kernels/edwards25519.ts';
import { carried, loose } from './bounds25519.ts';
import { constant, type Interval, peak, real } from './interval.ts';
import { Kernel } from './interval-run.ts';
import { array, bytes, expectWithin, interval, zeros } from './interval-values.ts';

/* What the docstring of field25519.ts says, proven of its source. What may be multiplied is what the users of it need: see there. */

const kernels = 'service/tls/kernels';
const fieldPath = `${kernels}/field25519.ts`;
const field = new Kernel(fieldPath);

/** How many carried elements each factor is the sum of; fewer are within the bounds of more. */
const factors = Array.from({ length: 16 }, (_, n): [number, number] => [n + 1, Math.floor(16 / (n + 1))]);

describe('field25519.ts', () => {
  test('multiply: of factors that are loose by n and m, n m at most 16, to carried', () => {
    for (const [n, m] of factors) {
      const out = zeros(12);
      field.call('multiply', out, loose(n), loose(m));
      expectWithin(out, carried());
    }
  });

  test('multiply: 17 times is too much, and found to be', () => {
    expect(() => field.call('multiply', zeros(12), loose(17), loose(1))).toThrow(/multiply: a result .* passes 2\^53/);
  });

  test.each([1, 2, 3, 4])('square: of what is loose by %i, to carried', (n) => {
    const out = zeros(12);
    field.call('square', out, loose(n));
    expectWithin(out, carried());
  });

  test('in place: multiply and square read everything before they write', () => {
    const a = loose(4);
    field.call('multiply', a, a, a);
    field.call('square', a, a);
    expectWithin(a, carried());
  });

  test('a step of the ladder uses 51 of the 53 bits', () => {
    peak.value = 0;
    field.call('multiply', zeros(12), loose(2), loose(2));
    expect(Math.log2(peak.value)).toBeLessThan(-2);
  });

  test('add and subtract', () => {
    for (const operation of ['add', 'subtract']) {
      const out = zeros(12);
      field.call(operation, out, carried(), loose(2));
      expectWithin(out, loose(3));
    }
  });

  test('multiplyAdd121665: a carried and b loose by 2 give what is loose by 4', () => {
    const out = zeros(12);
    field.call('multiplyAdd121665', out, carried(), loose(2));
    expectWithin(out, loose(4));
  });

  test('conditionalSwap exchanges, or leaves as they were, limbs of other bounds', () => {
    for (const bit of [0, 1]) {
      const [a, b] = [carried(), loose(2)];
      field.call('conditionalSwap', constant(bit), a, b);
      expectWithin(a, bit === 0 ? carried() : loose(2));
      expectWithin(b, bit === 1 ? carried() : loose(2));
    }
  });
});

describe('field25519-bytes.ts', () => {
  const codec = new Kernel(`${kernels}/field25519-bytes.ts`);

  test('decode: any 32 bytes, to carried', () => {
    const out = zeros(12);
    codec.call('decode', out, bytes(32));
    expectWithin(out, carried());
  });

  test('encode: of carried, bytes, the last of 7 bits', () => {
    const out = bytes(32);
    codec.call('encode', out, carried());
    const ends = out.map((byte) => real(interval(byte).hi));
    expect(ends).toEqual([...new Array(31).fill(255), 127]);
  });

  test('what is carried is between -p and p, as encode has it', () => {
    const most = carried().reduce((sum, { hi }) => sum + BigInt(real(hi)), 0n);
    expect(most < 2n ** 255n - 19n).toBe(true);
  });

  test('a constant is carried', () => {
    expectWithin([...d].map(constant), carried());
  });
});

/** `multiply` and `square`, as they were proven above: to run all 263 of them would take seconds. */
function provenProducts(kernel: Kernel): Kernel {
  for (const name of ['multiply', 'square']) {
    kernel.define(name, ([out, ...factors]) => {
      for (const factor of factors) expectWithin(array(factor), carried());
      array(out).splice(0, 12, ...carried());
      return undefined;
    });
  }
  return kernel;
}

test('field25519-power.ts: of carried, to carried; and nothing is left', () => {
  const power = provenProducts(new Kernel(`${kernels}/field25519-power.ts`));
  const out = zeros(12);
  power.call('power22523', out, carried());
  expectWithin(out, carried());
  for (const own of ['x1', 'x2', 'x5', 'x10', 'x20', 'x50', 'row']) expectWithin(array(power.exported(own)), zeros(12));
});

describe('a change for the worse is found', () => {
  const changed = (from: string | RegExp, to: string) =>
    new Kernel(fieldPath, (source) => {
      const result = source.replace(from, to);
      expect(result).not.toBe(source);
      return result;
    });
  const product = (kernel: Kernel, n = 4): Interval[] => {
    const out = zeros(12);
    kernel.call('multiply', out, loose(n), loose(4));
    return out;
  };

  test.each<[string, string, string]>([
    ['a carry that is not taken off', 'out[5] = g5 - c5;', 'out[5] = g5;'],
    ['a second pass that is left out', 'out[0] = g0 - c12;', 'out[0] = g0;'],
    ['rounding to the wrong weight', 'const ROUND_4 = 3 * 2 ** 158;', 'const ROUND_4 = 3 * 2 ** 159;'],
    ['a fold to the wrong weight', '19 * 2 ** -255', '19 * 2 ** -256'],
  ])('%s', (_name, from, to) => {
    expect(() => expectWithin(product(changed(from, to)), carried())).toThrow(/^limb \d+ is .*, not within/);
  });

  test.each<[string, string, string]>([
    ['a larger fold', '19 * 2 ** -255', '38 * 2 ** -255'],
    ['a column that is added twice', 'const h0 = a0 * b0', 'const h0 = u0 * FOLD + a0 * b0'],
    ['a carry that is the whole limb', 'const g7 = h7 + c6;', 'const g7 = h7 + h6;'],
    ['a product in a column too low', 'const h4 = a0 * b4', 'const h4 = a0 * b3'],
  ])('%s', (_name, from, to) => {
    expect(() => product(changed(from, to))).toThrow(/passes 2\^53/);
  });

  test('a branch on a limb', () => {
    const branching = changed('const h0 = a0 * b0', 'const h0 = a0 === 0 ? 0 : a0 * b0');
    expect(() => product(branching)).toThrow(/depends on the data/);
  });
});
