import { describe, expect, test } from 'vitest';
import { carried } from './bounds25519.ts';
import { constant, type Interval, numberOf, peak, range } from './interval.ts';
import { Kernel } from './interval-run.ts';
import { array, callable, element, expectWithin, interval, store, type Value, zeros } from './interval-values.ts';

/*
 * That nothing in division.ts passes 2^53, and that what comes out is carried.
 *
 * The run does not know that |u| + |v| is at most 2^24, which division.test.ts shows of each matrix. A sum u x + v y is largest
 * where one of them is 2^24 in magnitude and the other is 0, so those two are run, and one between them.
 */

const path = 'service/tls/kernels/division.ts';
const matrices = { 'u alone': [2 ** 24, 0], 'v alone': [0, 2 ** 24], 'half of each': [2 ** 23, 2 ** 23] } as const;

const unsigned = (): Interval[] => limbs(0, 2 ** 24 - 1, 2 ** 16 - 1);
const limbs = (lo: number, hi: number, top: number): Interval[] =>
  Array.from({ length: 11 }, (_, i) => range(i < 10 ? lo : Math.min(0, lo), i < 10 ? hi : top));
/** What comes out: the topmost limb is that of 13.5 times 2^256. */
const quotient = (): Interval[] => limbs(-(2 ** 23), 2 ** 23, 0).with(10, range(-27 * 2 ** 15, 27 * 2 ** 15));

/** A kernel in which 24 steps are any that have such rows, and decide nothing. */
function withRows([first, second]: readonly [number, number], change?: (source: string) => string): Kernel {
  const kernel = new Kernel(path, change);
  kernel.define('roundsFor', () => constant(25)); // a quotient that is rounded, of numbers that are known
  kernel.define('divisionSteps', ([matrix, eta]) => {
    const row = [range(-first, first), range(-second, second)];
    [...row, ...row].forEach((entry, index) => {
      store(array(matrix), index, entry);
    });
    expect(numberOf(interval(eta))).toBe(-1);
    return constant(-1);
  });
  return kernel;
}

const primes: Readonly<Record<string, Value>> = {
  "P-256's field": new Kernel('service/tls/kernels/p256-limbs.ts').exported('P'),
  "P-256's order": new Kernel('service/tls/kernels/p256-limbs.ts').exported('N'),
  '2^255 - 19': new Kernel('service/tls/kernels/field25519-inverse.ts').exported('P'),
};

function divide(kernel: Kernel, prime: Value, numerator: Interval[], sign = 1): Value[] {
  const out = zeros(11);
  const division = callable(kernel.call('divisionModulo', prime, constant(256), range(-(2 ** 23), 2 ** 23)));
  const transform = callable(kernel.exported('transform'));
  let rounds = 0;
  kernel.define('transform', (parameters) => {
    transform(parameters);
    rounds++;
    // What f is in the end is known: 1 or -1, or the modulus where d is 0.
    if (rounds === 25) store(array(parameters[0]), 0, constant(sign));
    return undefined;
  });
  division([out, numerator, unsigned()]);
  expect(rounds).toBe(25);
  return out;
}

describe.each(Object.entries(matrices))('%s', (_name, rows) => {
  test.each(Object.entries(primes))('modulo %s: exact, and carried', (_, prime) => {
    for (const sign of [1, -1]) {
      peak.value = 0;
      const out = divide(withRows(rows), prime, unsigned(), sign);
      expectWithin(out, quotient());
      expect(peak.value).toBeLessThan(1);
      expect(peak.value).toBeGreaterThan(2 ** -6);
    }
  });
});

test('the quotient modulo 2^255 - 19 becomes a carried element', () => {
  const kernel = new Kernel('service/tls/kernels/field25519-inverse.ts');
  const out: Value[] = zeros(12);
  kernel.call('join', out, quotient());
  expectWithin(out, carried());
});

test('of an element, bytes and nothing else reach the division', () => {
  const kernel = new Kernel('service/tls/kernels/field25519-inverse.ts');
  kernel.define('divide', ([out, numerator, denominator]) => {
    expectWithin(array(denominator), limbs(0, 2 ** 24 - 1, 2 ** 24 - 1));
    expectWithin(array(numerator), unsigned());
    array(out).splice(0, 11, ...quotient());
    return undefined;
  });
  const out: Value[] = zeros(12);
  kernel.call('invert', out, carried());
  expectWithin(out, carried());
  for (const [name, length] of [['bytes', 33] as const, ['quotient', 11] as const])
    expectWithin(array(kernel.exported(name)), zeros(length));
});

describe('a change for the worse is found', () => {
  const changed = (from: string, to: string) =>
    withRows(matrices['half of each'], (source) => {
      expect(source).toContain(from);
      return source.replaceAll(from, to);
    });
  const prime = primes["P-256's order"];

  test.each([
    ['a limb that is not carried', 'f[i - 1] = sumF - highF;', 'f[i - 1] = sumF;'],
    [
      'a multiple of the modulus that is not reduced',
      'const m = low(low(firstD) * negatedInverse);',
      'const m = low(firstD) * negatedInverse;',
    ],
    ['a carry that is not moved down', 'carryE = highE * DOWN;', 'carryE = highE;'],
    ['a carry that is not rounded', 'carryD = highD * DOWN;', 'carryD = sumD * DOWN;'],
  ])('%s', (_, from, to) => {
    expect(() => expectWithin(divide(changed(from, to), prime, unsigned()), quotient())).toThrow(/2\^|limb/);
  });

  test('a branch on a limb', () => {
    const branching = changed('const x = f[i] ?? 0;', 'const x = f[i] === 0 ? 0 : (f[i] ?? 0);');
    expect(() => divide(branching, prime, unsigned())).toThrow(/depends on the data/);
  });
});

test('24 steps branch on nothing: the analysis follows four of them, on shorter numbers', () => {
  const kernel = new Kernel(path, (source) => source.replace('const STEPS = 24;', 'const STEPS = 4;'));
  const matrix: Value[] = zeros(4);
  kernel.call('divisionSteps', matrix, range(-601, 600), range(-(2 ** 12), 2 ** 12), range(-(2 ** 12), 2 ** 12));
  for (let i = 0; i < 4; i++) expect(interval(element(matrix, i)).unit).toBeGreaterThanOrEqual(0);
});
