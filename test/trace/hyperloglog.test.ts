import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { emptyRegisters, estimate, footprint, leave, registerCount, union } from '../../service/trace/index.ts';

/* How many different things, from the traces that they leave. */

const visit = (registers: Uint8Array, from: number, to: number): Uint8Array => {
  for (let i = from; i < to; i++) leave(registers, footprint(sha256(utf8ToBytes(`visitor ${i}`))));
  return registers;
};

describe('registers', () => {
  test.each([0, 1, 10, 100, 1000, 10_000, 40_000, 100_000])(
    'of %i are off by less than five standard errors',
    (count) => {
      const found = estimate(visit(emptyRegisters(), 0, count));
      expect(Math.abs(found - count)).toBeLessThanOrEqual(Math.max(2, count * 5 * 0.0081));
    },
  );

  test('know who was there', () => {
    const registers = visit(emptyRegisters(), 0, 500);
    const before = registers.slice();
    expect(visit(registers, 0, 500)).toEqual(before);
  });

  test('of two sets make those of their union', () => {
    const both = union([visit(emptyRegisters(), 0, 600), visit(emptyRegisters(), 400, 1000)]);
    expect(both).toEqual(visit(emptyRegisters(), 0, 1000));
    expect(union([])).toEqual(emptyRegisters());
  });

  test.each([
    ['0000000000000000', 0, 51],
    ['0003ffffffffffff', 0, 1],
    ['0004000000000001', 1, 50],
    ['ffffffffffffffff', registerCount - 1, 1],
    ['0000000080000000', 0, 19],
  ])('the bits %s leave their trace in register %i, as deep as %i', (bits, register, rank) => {
    expect(footprint(new Uint8Array(Buffer.from(bits, 'hex')))).toEqual({ register, rank });
  });
});
