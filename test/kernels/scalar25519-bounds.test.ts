import { describe, expect, test } from 'vitest';
import { type Interval, peak, range } from './interval.ts';
import { Kernel } from './interval-run.ts';
import { array, bytes, callable, element, expectWithin, interval, zeros } from './interval-values.ts';

/* That nothing in scalar25519.ts rounds, branches on a value or indexes by one, and that what it takes q to be is right. */

const path = 'service/tls/kernels/scalar25519.ts';
const byte = new Array<Interval>(32).fill(range(0, 255));

/** The kernel, and what the limb above 252 bits was each time it alone was folded. */
function watched(): { kernel: Kernel; quotients: Interval[] } {
  const kernel = new Kernel(path);
  const fold = callable(kernel.exported('fold'));
  const quotients: Interval[] = [];
  kernel.define('fold', (parameters) => {
    const [highest] = parameters;
    const above = element(array(kernel.exported('limbs')), 12);
    if (interval(highest).lo === range(12, 12).lo) quotients.push(interval(above));
    return fold(parameters);
  });
  return { kernel, quotients };
}

describe.each<[string, number[]]>([
  ['reduceHash', [64]],
  ['multiplyAdd', [32, 32, 32]],
])('%s, of any bytes', (name, lengths) => {
  test('gives bytes, and never comes near to 2^53', () => {
    peak.value = 0;
    const result = array(new Kernel(path).call(name, ...lengths.map((length) => bytes(length))));
    expectWithin(result, byte);
    expect(Math.log2(peak.value)).toBeLessThan(-4);
  });

  test('leaves nothing behind', () => {
    const kernel = new Kernel(path);
    kernel.call(name, ...lengths.map((length) => bytes(length)));
    for (const [own, length] of Object.entries({ limbs: 25, left: 13, right: 13 })) {
      expectWithin(array(kernel.exported(own)), zeros(length));
    }
  });

  test('the first quotient is not negative and below 2^11, so the second is 0 or -1', () => {
    const { kernel, quotients } = watched();
    kernel.call(name, ...lengths.map((length) => bytes(length)));
    expectWithin(quotients, [range(0, 2 ** 11), range(-1, 0)]);
  });
});

test('without the 2^10 L it would not be known which', () => {
  const kernel = new Kernel(path, (source) => source.replaceAll('2 ** 10', '0'));
  expect(() => kernel.call('reduceHash', bytes(64))).toThrow(/scalar25519\.ts:\d+, reduceHash/);
});

test('a carry that is left out is found', () => {
  const kernel = new Kernel(path, (source) => source.replace('carry(LIMBS - 6, 18);', ''));
  expect(() => kernel.call('reduceHash', bytes(64))).toThrow(/passes 2\^53/);
});
