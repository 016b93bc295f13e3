import { p256 } from '@noble/curves/nist.js';
import { afterAll, expect, test } from 'vitest';
import { chooseBaseTable } from '../../service/x509/base-point.ts';
import { generatePrivateKey } from '../../service/x509/private-key.ts';

afterAll(() => chooseBaseTable('service'));

const message = Uint8Array.of(1, 2, 3);

/** Of one and the same entropy: RFC 6979 signs without chance. */
const signed = () => {
  const key = generatePrivateKey('P-256', new Uint8Array(48).fill(7));
  return { publicKey: key.publicKey, signature: key.sign(message) };
};

test('keys and signatures are the same by either table, and after a change in the midst', () => {
  const plain = signed();
  for (const table of ['start', 'service', 'start'] as const) {
    chooseBaseTable(table);
    expect(signed()).toEqual(plain);
    const { Fn, BASE } = p256.Point;
    for (const scalar of [1n, 2n, 0x1234_5678_9abcn, Fn.ORDER - 1n]) {
      // By addition alone, which knows no table.
      const other = BASE.add(BASE).multiplyUnsafe(Fn.mul(scalar, Fn.inv(2n)));
      expect(BASE.multiply(scalar).equals(other)).toBe(true);
      expect(BASE.multiplyUnsafe(scalar).equals(other)).toBe(true);
    }
  }
});
