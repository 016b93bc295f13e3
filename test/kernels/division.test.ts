import { p256 } from '@noble/curves/nist.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { divisionModulo, divisionSteps } from '../../service/tls/kernels/division.ts';
import { fieldElement } from '../../service/tls/kernels/field25519.ts';
import { decode, encode } from '../../service/tls/kernels/field25519-bytes.ts';
import { invert } from '../../service/tls/kernels/field25519-inverse.ts';

const LIMB = 2n ** 24n;
const LIMBS = 11;

/** Limbs from 0 to 2^24 - 1. */
const limbsOf = (value: bigint): Float64Array =>
  Float64Array.from({ length: LIMBS }, (_, i) => Number((value >> BigInt(24 * i)) & (LIMB - 1n)));

const numberOf = (limbs: Float64Array): bigint =>
  limbs.reduceRight((value, limb) => value * LIMB + BigInt(limb === 0 ? 0 : limb), 0n);

const modulo = (value: bigint, modulus: bigint): bigint => ((value % modulus) + modulus) % modulus;

/** -1/modulus mod 2^24, at most 2^23 in magnitude: by Newton's iteration. */
function negatedInverse(modulus: bigint): number {
  let inverse = 1n;
  for (let i = 0; i < 5; i++) inverse = modulo(inverse * (2n - modulus * inverse), LIMB);
  return Number(BigInt.asIntN(24, -inverse));
}

const primes: readonly (readonly [string, bigint])[] = [
  ["P-256's field", p256.Point.Fp.ORDER],
  ["P-256's order", p256.Point.Fn.ORDER],
  ['2^255 - 19', 2n ** 255n - 19n],
  ['the largest below 2^256', 2n ** 256n - 189n],
];

/** 1 to 2^255 - 20: uniform, and where limbs and rounds have their ends. */
const denominators = fc.oneof(
  fc.bigInt(1n, 2n ** 255n - 20n),
  fc.bigInt(1n, 2n ** 30n),
  fc.bigInt(1n, 2n ** 30n).map((small) => 2n ** 255n - 19n - small),
  fc.tuple(fc.integer({ min: 0, max: 254 }), fc.bigInt(0n, 9n)).map(([bits, more]) => 2n ** BigInt(bits) + more),
  // Limbs of zeros alone, or of ones.
  fc
    .array(fc.boolean(), { minLength: 10, maxLength: 10 })
    .map((ones) => ones.reduce((value, one) => value * LIMB + (one ? LIMB - 1n : 0n), 1n)),
);

describe.each(primes)('modulo %s', (_, prime) => {
  const modulus = limbsOf(prime);
  const divide = divisionModulo(modulus, 256, negatedInverse(prime));

  const expectQuotient = (numerator: bigint, denominator: bigint): void => {
    const out = new Float64Array(LIMBS);
    divide(out, limbsOf(numerator), limbsOf(denominator));
    expect(modulo(numberOf(out) * denominator, prime)).toBe(modulo(numerator, prime));
    expect(out.every((limb, i) => Math.abs(limb) <= (i < LIMBS - 1 ? 2 ** 23 : 2 ** 20))).toBe(true);
  };

  test('a quotient times the denominator is the numerator', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 256n - 1n), denominators, (numerator, denominator) => {
        expectQuotient(numerator, modulo(denominator, prime));
      }),
      { numRuns: 1500 },
    );
  });

  test('so it is of the ends', () => {
    for (const denominator of [1n, 2n, 3n, prime - 1n, prime - 2n, (prime - 1n) / 2n, (prime + 1n) / 2n]) {
      for (const numerator of [0n, 1n, prime - 1n, prime, 2n ** 256n - 1n]) expectQuotient(numerator, denominator);
    }
  });

  test('by 0 it is 0', () => {
    const out = limbsOf(5n);
    divide(out, limbsOf(7n), limbsOf(0n));
    expect(numberOf(out)).toBe(0n);
  });

  test('what comes out may stand where either was', () => {
    const [first, second] = [limbsOf(1234n), limbsOf(5678n)];
    const expected = new Float64Array(LIMBS);
    divide(expected, first, second);
    const [numerator, denominator] = [first.slice(), second.slice()];
    divide(numerator, numerator, second);
    divide(denominator, first, denominator);
    expect([numerator, denominator]).toEqual([expected, expected]);
  });
});

test("Bernstein's and Yang's steps, one by one: what f, g and eta are after 24 of them, and rows no longer than 2^24", () => {
  const odd = fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }).map((number) => number | 1);
  fc.assert(
    fc.property(
      odd,
      fc.integer({ min: -(2 ** 23), max: 2 ** 23 }),
      fc.integer({ min: -600, max: 600 }),
      (f, g, eta) => {
        let [u, v, q, r] = [1n, 0n, 0n, 1n];
        let [a, b, delta] = [BigInt(f), BigInt(g), -eta - 0.5];
        for (let i = 0; i < 24; i++) {
          if (delta > 0 && b % 2n !== 0n) {
            [delta, a, b] = [1 - delta, b, (b - a) / 2n];
            [u, v, q, r] = [2n * q, 2n * r, q - u, r - v];
          } else if (b % 2n === 0n) {
            [delta, b] = [1 + delta, b / 2n];
            [u, v] = [2n * u, 2n * v];
          } else {
            [delta, b] = [1 + delta, (b + a) / 2n];
            [u, v, q, r] = [2n * u, 2n * v, q + u, r + v];
          }
        }
        const row = Int32Array.of(0, 0, 0, 0);
        expect(divisionSteps(row, eta, f, g)).toBe(-delta - 0.5);
        expect([...row]).toEqual([u, v, q, r].map(Number));
        const magnitude = (x: bigint): bigint => (x < 0n ? -x : x);
        expect(magnitude(u) + magnitude(v) <= LIMB && magnitude(q) + magnitude(r) <= LIMB).toBe(true);
        expect([a * LIMB, b * LIMB]).toEqual([u * BigInt(f) + v * BigInt(g), q * BigInt(f) + r * BigInt(g)]);
      },
    ),
    { numRuns: 3000 },
  );
});

test('1/a of the elements of field25519.ts', () => {
  const prime = 2n ** 255n - 19n;
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      const element = fieldElement();
      const encoded = new Uint8Array(32);
      decode(element, bytes);
      encode(encoded, element);
      const number = BigInt(`0x${bytesToHex(encoded.toReversed())}`);
      invert(element, element);
      encode(encoded, element);
      const inverse = BigInt(`0x${bytesToHex(encoded.toReversed())}`);
      expect(modulo(number * inverse, prime)).toBe(number === 0n ? 0n : 1n);
    }),
    { numRuns: 1000, examples: [[new Uint8Array(32)], [new Uint8Array(32).fill(255)]] },
  );
});
