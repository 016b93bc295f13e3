import { beforeEach, describe, expect, test } from 'vitest';
import { type Interval, peak, range } from './interval.ts';
import { Kernel } from './interval-run.ts';
import { expectWithin, type Value } from './interval-values.ts';

/* The bounds of Poly1305's limbs: no product and no sum of them passes 2^53, whatever the message and the key. */

const LIMBS = 6;
const limbs = (low: number, high: number): Interval[] => Array.from({ length: LIMBS }, () => range(low, high));

/** What a carry leaves: half a limb to either side, and what the second carry adds. */
const carried = () => limbs(-(2 ** 21) - 2 ** 13, 2 ** 21 + 2 ** 13);
/** r itself, whose limbs are as they were read. */
const read = () => limbs(0, 2 ** 22 - 1);
/** Words of a message, unsigned: what the bitwise operators make of them is the same. */
const message = (words: number): Value[] => Array.from({ length: words }, () => range(0, 2 ** 32 - 1));

const at = (index: number): Value => range(index, index);

beforeEach(() => {
  peak.value = 0;
});

describe('Poly1305: the limbs stay within their bounds', () => {
  test.each([
    ['r as it was read', read],
    ['r after a multiplication', carried],
  ])('a block at a time, %s', (_, r) => {
    const kernel = new Kernel('service/tls/kernels/poly1305-blocks.ts');
    const h = carried();
    kernel.call('absorbBlocks', h, r(), message(4), at(0), at(4));
    expectWithin(h, carried());
  });

  test('the first power is multiplied as a sum that was never carried', () => {
    const kernel = new Kernel('service/tls/kernels/poly1305-blocks.ts');
    const h = read();
    kernel.call('absorbBlocks', h, read(), message(4), at(0), at(4), at(0));
    expectWithin(h, carried());
  });

  test('four blocks at a time, which comes closest to 2^53', () => {
    const kernel = new Kernel('service/tls/kernels/poly1305-fours.ts');
    const h = carried();
    const powers = [...read(), ...carried(), ...carried(), ...carried()];
    kernel.call('absorbFours', h, powers, message(16), at(0), at(16));
    expectWithin(h, carried());
    expect(peak.value).toBeLessThan(0.5); // of 2^53
    expect(peak.value).toBeGreaterThan(0.25);
  });

  test('limbs of one bit more would be refused', () => {
    const kernel = new Kernel('service/tls/kernels/poly1305-fours.ts');
    const larger = () => limbs(0, 2 ** 23);
    const powers = [...larger(), ...larger(), ...larger(), ...larger()];
    expect(() => kernel.call('absorbFours', carried(), powers, message(16), at(0), at(16))).toThrow('passes 2^53');
  });
});
