import { p384 } from '@noble/curves/nist.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { publicKey, secret, sharedX } from '../../service/tls/kernels/p384.ts';
import { newDigits, recode } from '../../service/tls/kernels/p384-digits.ts';
import { N, readBytes, zero } from '../../service/tls/kernels/p384-limbs.ts';
import { GENERATOR } from '../../service/tls/kernels/p384-point.ts';
import { bytesOf } from './p384-agreement.ts';

const { Fn, Fp, BASE } = p384.Point;
const n = Fn.ORDER;
const p = Fp.ORDER;

const point = (x: bigint, y: bigint, prefix = 4) => concatBytes(Uint8Array.of(prefix), bytesOf(x), bytesOf(y));
const multiple = (k: bigint): Uint8Array => BASE.multiplyUnsafe(k).toBytes(false);

test('RFC 5903 §8.2', () => {
  const i = hexToBytes(
    '099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896783ab194',
  );
  const r = hexToBytes(
    '41cb0779b4bdb85d47846725fbec3c9430fab46cc8dc5060855cc9bda0aa2942e0308312916b8ed2960e4bd55a7448fc',
  );
  const gi =
    '04667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808acb4bdb4c88732aee95f41aa' +
    '9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38eeb9fcff3c2c947dae69b4c634573a81c';
  const gr =
    '04e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336def96fda41d0774a3571' +
    'dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff5eaad96db9e6386c';
  const gir = '11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d09cf5d4a270f59746';
  expect(bytesToHex(publicKey(i))).toBe(gi);
  expect(bytesToHex(publicKey(r))).toBe(gr);
  expect(bytesToHex(sharedX(i, hexToBytes(gr)))).toBe(gir);
  expect(bytesToHex(sharedX(r, hexToBytes(gi)))).toBe(gir);
});

describe('multiples', () => {
  test('known ones of the generator', () => {
    // x and y of k G for k = 2 and 3 (NIST Routine Implementer's examples for P-384).
    const two =
      '0408d999057ba3d2d969260045c55b97f089025959a6f434d651d207d19fb96e9e4fe0e86ebe0e64f85b96a9c75295df61' +
      '8e80f1fa5b1b3cedb7bfe8dffd6dba74b275d875bc6cc43e904e505f256ab4255ffd43e94d39e22d61501e700a940e80';
    const three =
      '04077a41d4606ffa1464793c7e5fdc7d98cb9d3910202dcd06bea4f240d3566da6b408bbae5026580d02d7e5c70500c831' +
      'c995f7ca0b0c42837d0bbe9602a9fc998520b41c85115aa5f7684c0edc111eacc24abd6be4b5d298b65f28600a2f1df1';
    expect(bytesToHex(publicKey(bytesOf(2n)))).toBe(two);
    expect(bytesToHex(publicKey(bytesOf(3n)))).toBe(three);
    expect(bytesToHex(publicKey(bytesOf(1n)))).toBe(bytesToHex(BASE.toBytes(false)));
  });

  /** Where windows, digits and n have their ends; with n - 2 to n - 62 the last digit's point is equal to the sum of all others. */
  const edges = [
    ...Array.from({ length: 70 }, (_, i) => 1n + BigInt(i)),
    ...Array.from({ length: 70 }, (_, i) => n - 1n - BigInt(i)),
    ...[n / 2n, n / 2n + 1n, 2n ** 384n - n, 2n ** 384n - n + 1n, 2n ** 384n - n - 1n, 1023n, 1024n, 1025n],
    ...Array.from({ length: 77 }, (_, i) => 2n ** BigInt(5 * i)),
    ...Array.from({ length: 77 }, (_, i) => n - 2n ** BigInt(5 * i)),
    ...Array.from({ length: 77 }, (_, i) => (31n * 2n ** BigInt(5 * i)) % n),
    ...Array.from({ length: 16 }, (_, i) => 2n ** BigInt(24 * i) - 1n || 1n),
  ];

  test('at the edges of windows, digits and n, of the generator', () => {
    for (const k of edges) expect(bytesToHex(publicKey(bytesOf(k))), `${k} G`).toBe(bytesToHex(multiple(k)));
  });

  test("at the same edges, of a peer's point", () => {
    const d = 0x1234567890abcdefn;
    const peer = multiple(d);
    for (const k of edges) {
      const x = bytesToHex(multiple((k * d) % n).slice(1, 49));
      expect(bytesToHex(sharedX(bytesOf(k), peer)), `${k} Q`).toBe(x);
    }
  });

  test("a peer's point may be the generator, a multiple of it, or the opposite of one", () => {
    for (const k of [1n, 2n, 31n, n - 1n, n - 2n, n - 34n]) {
      for (const d of [1n, 2n, 3n, 16n, 31n, 32n, n - 1n, n - 2n, n - 34n]) {
        const expected = multiple((k * d) % n).slice(1, 49);
        expect(bytesToHex(sharedX(bytesOf(k), multiple(d)))).toBe(bytesToHex(expected));
      }
    }
  });

  const scalars = fc.bigInt({ min: 1n, max: n - 1n });

  test('both ends of an agreement share the same', () => {
    fc.assert(
      fc.property(scalars.map(bytesOf), scalars.map(bytesOf), (a, b) => {
        expect(sharedX(a, publicKey(b))).toEqual(sharedX(b, publicKey(a)));
      }),
      { numRuns: 50 },
    );
  });

  test('the digits of a scalar are odd, and it is their sum', () => {
    const digits = newDigits();
    const scalar = zero();
    fc.assert(
      fc.property(fc.oneof(scalars, fc.constantFrom(...edges)), (k) => {
        readBytes(scalar, bytesOf(k), 0);
        recode(digits, scalar);
        const sum = digits.values.reduceRight((above, e) => 32n * above + BigInt(2 * e - 31), 0n);
        expect(digits.even === 1 ? n - sum : sum).toBe(k);
        expect(digits.values.at(-1)).toBeGreaterThanOrEqual(16);
      }),
      { numRuns: 500 },
    );
  });

  test('the constants are those of the standard', () => {
    const value = (limbs: Float64Array) => limbs.reduceRight((above, limb) => 2n ** 24n * above + BigInt(limb), 0n);
    expect(value(N)).toBe(n);
    expect({ x: Fp.create(value(GENERATOR.x)), y: Fp.create(value(GENERATOR.y)) }).toEqual(BASE.toAffine());
  });
});

describe('secrets', () => {
  /** FIPS 186-5 A.2.1, as it is written. */
  const expected = (value: bigint): string => bytesToHex(bytesOf((value % (n - 1n)) + 1n));

  test('around every kind of multiple of n - 1 it is what FIPS 186-5 says', () => {
    for (const quotient of [0n, 1n, 2n, 3n, 2n ** 24n - 1n, 2n ** 24n, 2n ** 96n, 2n ** 191n, 2n ** 192n - 1n]) {
      for (const rest of [-2n, -1n, 0n, 1n, 2n, 2n ** 24n, 2n ** 383n, n - 3n, n - 2n]) {
        const value = quotient * (n - 1n) + rest;
        if (value >= 0n && value < 2n ** 576n)
          expect(bytesToHex(secret(bytesOf(value, 72))), `${value}`).toBe(expected(value));
      }
    }
    expect(bytesToHex(secret(bytesOf(2n ** 576n - 1n, 72)))).toBe(expected(2n ** 576n - 1n));
  });

  test('it is the secret that noble makes, and leaves the entropy as it was', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 72, maxLength: 72 }), (entropy) => {
        const before = entropy.slice();
        expect(secret(entropy)).toEqual(p384.utils.randomSecretKey(entropy));
        expect(entropy).toEqual(before);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('what is refused', () => {
  test.each([0n, n, n + 1n, 2n ** 384n - 1n, p])('a secret of %i', (value) => {
    expect(() => publicKey(bytesOf(value))).toThrow(RangeError);
    expect(() => sharedX(bytesOf(value), multiple(5n))).toThrow(RangeError);
  });

  test.each([0, 32, 47, 49])('a secret of %i bytes', (length) => {
    const scalar = new Uint8Array(length).fill(1);
    expect(() => publicKey(scalar)).toThrow(RangeError);
    expect(() => sharedX(scalar, multiple(5n))).toThrow(RangeError);
  });

  test.each([0, 48, 71, 73])('entropy of %i bytes', (length) => {
    expect(() => secret(new Uint8Array(length))).toThrow(RangeError);
  });

  const { x, y } = BASE.toAffine();
  const right = (candidate: bigint) => Fp.create(candidate ** 3n - 3n * candidate + p384.Point.CURVE().b);
  const isSquare = (value: bigint) => Fp.pow(value, (p - 1n) / 2n) === 1n;
  const twist = () => {
    for (let candidate = 1n; ; candidate++) if (!isSquare(right(candidate))) return point(candidate, 1n);
  };
  /** A point whose x + p is still below 2^384: the same point, written as no point may be. */
  const small = () => {
    for (let candidate = 0n; ; candidate++)
      if (isSquare(right(candidate))) return { x: candidate, y: Fp.sqrt(right(candidate)) };
  };
  const canonical = small();

  test('the points that follow are wrong in one thing alone', () => {
    expect(sharedX(bytesOf(1n), point(canonical.x, canonical.y))).toEqual(bytesOf(canonical.x));
    expect(canonical.x + p).toBeLessThan(2n ** 384n);
  });

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['infinity', Uint8Array.of(0)],
    ['infinity at full length', new Uint8Array(97)],
    ['zeros', point(0n, 0n)],
    ['a compressed point', BASE.toBytes(true)],
    ['a compressed prefix at full length', point(x, y, 2)],
    ['a hybrid point', point(x, y, 6 + Number(y & 1n))],
    ['a byte too few', BASE.toBytes(false).slice(0, 96)],
    ['a byte too many', concatBytes(BASE.toBytes(false), Uint8Array.of(0))],
    ['a point beside the curve', point(x, y + 1n)],
    ['a point of the twist', twist()],
    ['x + p', point(canonical.x + p, canonical.y)],
    ['y of p', point(x, p)],
    ['x of p', point(p, y)],
    ['the largest coordinates', point(2n ** 384n - 1n, 2n ** 384n - 1n)],
  ])('%s as a point', (_, bytes) => {
    expect(() => sharedX(bytesOf(7n), bytes)).toThrow('not an uncompressed point of P-384');
  });
});
