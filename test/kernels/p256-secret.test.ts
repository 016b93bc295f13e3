import { p256 } from '@noble/curves/nist.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { secret } from '../../service/tls/kernels/p256-secret.ts';

const { ORDER } = p256.Point.Fn;

const bytes = (value: bigint): Uint8Array => hexToBytes(value.toString(16).padStart(96, '0'));
/** FIPS 186-5 A.2.1, as it is written. */
const expected = (value: bigint): string => ((value % (ORDER - 1n)) + 1n).toString(16).padStart(64, '0');

test('around every kind of multiple of n - 1 it is what FIPS 186-5 says', () => {
  const quotients = [0n, 1n, 2n, 3n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 64n, 2n ** 127n, 2n ** 128n - 1n, 2n ** 128n];
  for (const quotient of quotients) {
    for (const rest of [-2n, -1n, 0n, 1n, 2n, 2n ** 24n, 2n ** 255n, ORDER - 3n, ORDER - 2n]) {
      const value = quotient * (ORDER - 1n) + rest;
      if (value >= 0n && value < 2n ** 384n) expect(bytesToHex(secret(bytes(value)))).toBe(expected(value));
    }
  }
  expect(bytesToHex(secret(bytes(2n ** 384n - 1n)))).toBe(expected(2n ** 384n - 1n));
});

test('it is the secret that noble makes, and leaves the entropy as it was', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 48, maxLength: 48 }), (entropy) => {
      const before = entropy.slice();
      expect(secret(entropy)).toEqual(p256.utils.randomSecretKey(entropy));
      expect(entropy).toEqual(before);
    }),
    { numRuns: 2000 },
  );
});

test('entropy of another length is refused', () => {
  for (const length of [0, 32, 47, 49]) expect(() => secret(new Uint8Array(length))).toThrow(RangeError);
});
