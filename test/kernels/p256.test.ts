import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prepare, publicKey, sharedX, sign, verify } from '../../service/tls/kernels/p256.ts';
import { bytesOf, nobleVerify } from './p256-agreement.ts';

const { Fn, Fp, BASE } = p256.Point;
const n = Fn.ORDER;
const p = Fp.ORDER;

const point = (x: bigint, y: bigint, prefix = 4) => concatBytes(Uint8Array.of(prefix), bytesOf(x), bytesOf(y));
const multiple = (k: bigint): Uint8Array => BASE.multiply(k).toBytes(false);
const der = (r: bigint, s: bigint): Uint8Array => new p256.Signature(r, s).toBytes('der');

describe('RFC 6979 §A.2.5', () => {
  const secret = hexToBytes('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721');
  const key = hexToBytes(
    '0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
  );

  test.each([
    [
      'sample',
      'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716',
      'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
    ],
    [
      'test',
      'f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367',
      '019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083',
    ],
  ])('"%s" with SHA-256', (message, r, s) => {
    expect(bytesToHex(publicKey(secret))).toBe(bytesToHex(key));
    const digest = sha256(utf8ToBytes(message));
    const signature = sign(digest, secret);
    expect(bytesToHex(signature)).toBe(bytesToHex(der(BigInt(`0x${r}`), BigInt(`0x${s}`))));
    expect(verify(digest, signature, key)).toBe(true);
    expect(verify(digest, signature, prepare(key))).toBe(true);
  });
});

/** Where windows, digits and n have their ends; n - 34 and 2^256 - n make the last digit's point equal to the sum of all others. */
const edges = [
  ...[1n, 2n, 3n, 15n, 16n, 17n, 30n, 31n, 32n, 33n, 34n, 62n, 63n, 64n, 1023n, 1024n, 1025n],
  ...Array.from({ length: 70 }, (_, i) => n - 1n - BigInt(i)),
  ...[n / 2n, n / 2n + 1n, 2n ** 256n - n, 2n ** 256n - n + 1n, 2n ** 256n - n - 1n],
  ...Array.from({ length: 52 }, (_, i) => 2n ** BigInt(5 * i)),
  ...Array.from({ length: 51 }, (_, i) => n - 2n ** BigInt(5 * i)),
  ...Array.from({ length: 51 }, (_, i) => (31n * 2n ** BigInt(5 * i)) % n),
];

describe('multiples', () => {
  test('known ones of the generator', () => {
    // x and y of k G for k = 2, 3, 20 and 112233445566778899 (NIST Routine Implementer's examples for P-256).
    const known: readonly (readonly [bigint, string, string])[] = [
      [
        2n,
        '7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978',
        '07775510db8ed040293d9ac69f7430dbba7dade63ce982299e04b79d227873d1',
      ],
      [
        3n,
        '5ecbe4d1a6330a44c8f7ef951d4bf165e6c6b721efada985fb41661bc6e7fd6c',
        '8734640c4998ff7e374b06ce1a64a2ecd82ab036384fb83d9a79b127a27d5032',
      ],
      [
        20n,
        '83a01a9378395bab9bcd6a0ad03cc56d56e6b19250465a94a234dc4c6b28da9a',
        '76e49b6de2f73234ae6a5eb9d612b75c9f2202bb6923f54ff8240aaa86f640b8',
      ],
      [
        112233445566778899n,
        '339150844ec15234807fe862a86be77977dbfb3ae3d96f4c22795513aeaab82f',
        'b1c14ddfdc8ec1b2583f51e85a5eb3a155840f2034730e9b5ada38b674336a21',
      ],
    ];
    for (const [k, x, y] of known) expect(bytesToHex(publicKey(bytesOf(k)))).toBe(`04${x}${y}`);
  });

  test('at the edges of windows, digits and n', () => {
    const peer = multiple(0x1234567890abcdefn);
    const peerPoint = p256.Point.fromBytes(peer);
    for (const k of edges) {
      expect(bytesToHex(publicKey(bytesOf(k))), `${k} G`).toBe(bytesToHex(multiple(k)));
      const x = bytesToHex(peerPoint.multiply(k).toBytes(false).slice(1, 33));
      expect(bytesToHex(sharedX(bytesOf(k), peer)), `${k} Q`).toBe(x);
    }
  });

  test("a peer's point may be the generator, a multiple of it, or the opposite of one", () => {
    for (const k of [1n, 2n, 3n, 31n, n - 1n, n - 2n, n - 34n]) {
      for (const d of [1n, 2n, 3n, 16n, 31n, 32n, n - 1n, n - 2n, n - 34n]) {
        const expected = multiple((k * d) % n).slice(1, 33);
        expect(bytesToHex(sharedX(bytesOf(k), multiple(d)))).toBe(bytesToHex(expected));
      }
    }
  });

  test('both ends of an agreement share the same', () => {
    const secret = fc.bigInt({ min: 1n, max: n - 1n }).map(bytesOf);
    fc.assert(
      fc.property(secret, secret, (a, b) => {
        expect(sharedX(a, publicKey(b))).toEqual(sharedX(b, publicKey(a)));
      }),
    );
  });
});

describe('what is refused', () => {
  test.each([0n, n, n + 1n, 2n ** 256n - 1n, p])('a secret of %i', (value) => {
    const secret = bytesOf(value);
    expect(() => publicKey(secret)).toThrow(RangeError);
    expect(() => sharedX(secret, multiple(5n))).toThrow(RangeError);
    expect(() => sign(new Uint8Array(32), secret)).toThrow(RangeError);
  });

  test.each([0, 31, 33])('a secret of %i bytes', (length) => {
    const secret = new Uint8Array(length).fill(1);
    expect(() => publicKey(secret)).toThrow(RangeError);
    expect(() => sharedX(secret, multiple(5n))).toThrow(RangeError);
    expect(() => sign(new Uint8Array(32), secret)).toThrow(RangeError);
  });

  const { x, y } = BASE.toAffine();
  const twist = () => {
    for (let candidate = 1n; ; candidate++) {
      const right = Fp.create(candidate ** 3n - 3n * candidate + p256.Point.CURVE().b);
      if (Fp.pow(right, (p - 1n) / 2n) !== 1n) return point(candidate, 1n);
    }
  };
  /** A point whose x + p is still below 2^256: the same point, written as no point may be. */
  const small = () => {
    for (let candidate = 0n; ; candidate++) {
      const right = Fp.create(candidate ** 3n - 3n * candidate + p256.Point.CURVE().b);
      if (Fp.pow(right, (p - 1n) / 2n) === 1n) return { x: candidate, y: Fp.sqrt(right) };
    }
  };
  const canonical = small();

  test('the points that follow are wrong in one thing alone', () => {
    expect(sharedX(bytesOf(1n), point(canonical.x, canonical.y))).toEqual(bytesOf(canonical.x));
    expect(canonical.x + p).toBeLessThan(2n ** 256n);
  });

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['infinity', Uint8Array.of(0)],
    ['infinity at full length', new Uint8Array(65)],
    ['zeros', point(0n, 0n)],
    ['a compressed point', BASE.toBytes(true)],
    ['a compressed prefix at full length', point(x, y, 2)],
    ['a hybrid point', point(x, y, 6 + Number(y & 1n))],
    ['a byte too few', BASE.toBytes(false).slice(0, 64)],
    ['a byte too many', concatBytes(BASE.toBytes(false), Uint8Array.of(0))],
    ['a point beside the curve', point(x, y + 1n)],
    ['a point of the twist', twist()],
    ['x + p', point(canonical.x + p, canonical.y)],
    ['y of p', point(x, p)],
    ['x of p', point(p, y)],
    ['the largest coordinates', point(2n ** 256n - 1n, 2n ** 256n - 1n)],
  ])('%s as a point', (_, bytes) => {
    expect(() => sharedX(bytesOf(7n), bytes)).toThrow(RangeError);
    expect(() => prepare(bytes)).toThrow(RangeError);
    const digest = sha256(bytes);
    expect(verify(digest, sign(digest, bytesOf(1n)), bytes)).toBe(false);
  });
});

describe('verify', () => {
  const generator = multiple(1n);
  const both = (digest: Uint8Array, signature: Uint8Array, key: Uint8Array): boolean => {
    const verdict = verify(digest, signature, key);
    expect(verify(digest, signature, prepare(key))).toBe(verdict);
    expect(verdict).toBe(nobleVerify(digest, signature, key));
    return verdict;
  };

  test('where u1 G and u2 Q are equal, opposite or infinity, and of digests at and beyond n', () => {
    const verdicts = new Set<boolean>();
    const prepared = prepare(generator);
    const digests = [0n, 1n, n - 1n, n, n + 1n, 2n ** 256n - 1n];
    const scalars = [1n, 2n, n - 2n, n - 1n, BASE.toAffine().x];
    for (const r of scalars) {
      for (const e of [...digests, r, n - r]) {
        for (const s of [...scalars, Fn.create(e + r) || 1n]) {
          const verdict = verify(bytesOf(e), der(r, s), generator);
          expect(verify(bytesOf(e), der(r, s), prepared)).toBe(verdict);
          expect(verdict).toBe(nobleVerify(bytesOf(e), der(r, s), generator));
          verdicts.add(verdict);
        }
      }
    }
    expect(verdicts).toEqual(new Set([true, false]));
  });

  test('a valid signature whose u1 G is u2 Q', () => {
    for (const d of [1n, 2n, 3n, 31n, n - 1n, 0x1234567890abcdefn]) {
      const k = 987654321n;
      const r = Fn.create(BASE.multiply(k).toAffine().x);
      const e = Fn.mul(r, d);
      const s = Fn.mul(Fn.inv(k), Fn.create(e + e));
      expect(both(bytesOf(e), der(r, s), multiple(d))).toBe(true);
      expect(both(bytesOf(n - e), der(r, s), multiple(d))).toBe(false); // infinity
    }
  });

  test('a digest of zero: u1 is 0', () => {
    const d = 77n;
    const k = 99n;
    const r = Fn.create(BASE.multiply(k).toAffine().x);
    const signature = der(r, Fn.mul(Fn.inv(k), Fn.mul(r, d)));
    for (const digest of [bytesOf(0n), bytesOf(n), new Uint8Array(0), new Uint8Array(20)]) {
      expect(both(digest, signature, multiple(d))).toBe(true);
    }
  });

  test('an x-coordinate between n and p: r is x - n', () => {
    // Q = (R - e G) / r for a point R of our choice, with s = 1: e G + r Q = R.
    let x = n;
    let y: bigint | undefined;
    for (; y === undefined; x++) {
      const right = Fp.create(x ** 3n - 3n * x + p256.Point.CURVE().b);
      if (x > n && Fp.pow(right, (p - 1n) / 2n) === 1n) y = Fp.sqrt(right);
    }
    const r = x - 1n - n;
    const target = p256.Point.fromAffine({ x: x - 1n, y });
    const e = 12345n;
    const key = target.subtract(BASE.multiply(e)).multiply(Fn.inv(r)).toBytes(false);
    expect(r).toBeGreaterThan(0n);
    expect(both(bytesOf(e), der(r, 1n), key)).toBe(true);
    expect(both(bytesOf(e), der(r + 1n, 1n), key)).toBe(false);
  });

  test('r or s out of 1 to n - 1, which has no other encoding that is taken', () => {
    const digest = sha256(new Uint8Array(3));
    const integer = (value: bigint) => {
      const magnitude = value === 0n ? Uint8Array.of(0) : hexToBytes(value.toString(16).padStart(66, '0'));
      return concatBytes(Uint8Array.of(2, magnitude.length), magnitude);
    };
    const sequence = (...parts: readonly Uint8Array[]) => {
      const content = concatBytes(...parts);
      return concatBytes(Uint8Array.of(0x30, content.length), content);
    };
    for (const wrong of [0n, n, n + 1n, 2n ** 256n - 1n, 2n ** 256n]) {
      for (const right of [0n, 1n, n - 1n, n]) {
        expect(verify(digest, sequence(integer(wrong), integer(right)), generator)).toBe(false);
        expect(verify(digest, sequence(integer(right), integer(wrong)), generator)).toBe(false);
      }
    }
  });

  test('every encoding but the DER of these very numbers is refused', () => {
    const digest = sha256(new Uint8Array(1));
    const key = multiple(5n);
    const signature = sign(digest, bytesOf(5n));
    const r = signature.slice(2, 4 + (signature[3] ?? 0));
    const s = signature.slice(2 + r.length);
    const padded = (integer: Uint8Array) =>
      concatBytes(Uint8Array.of(2, (integer[1] ?? 0) + 1, 0), integer.subarray(2));
    const sequence = (...parts: readonly Uint8Array[]) => {
      const content = concatBytes(...parts);
      return concatBytes(Uint8Array.of(0x30, content.length), content);
    };
    expect(verify(digest, sequence(r, s), key)).toBe(true);
    for (let length = 0; length < signature.length; length++) {
      expect(verify(digest, signature.slice(0, length), key)).toBe(false);
    }
    for (const wrong of [
      concatBytes(signature, Uint8Array.of(0)),
      sequence(r, s, Uint8Array.of(5, 0)),
      sequence(padded(r), s),
      sequence(r, padded(s)),
      sequence(r),
      sequence(s, r),
      sequence(r, Uint8Array.of(2, 0)),
      concatBytes(Uint8Array.of(0x30, 0x81, signature.length - 2), signature.slice(2)),
      concatBytes(Uint8Array.of(0x30, 0x80), signature.slice(2), Uint8Array.of(0, 0)),
      concatBytes(Uint8Array.of(0x31), signature.slice(1)),
      sequence(concatBytes(Uint8Array.of(3), r.slice(1)), s),
      sequence(concatBytes(Uint8Array.of(2, 0x81, r.length - 2), r.slice(2)), s),
    ]) {
      expect(verify(digest, wrong, key)).toBe(false);
    }
  });

  test('S may be high or low, and digests longer than n count with their leftmost 256 bits', () => {
    const d = 424242n;
    const key = multiple(d);
    for (const length of [32, 48, 64]) {
      const digest = new Uint8Array(length).map((_, i) => 200 - i);
      const { r, s } = p256.Signature.fromBytes(sign(digest, bytesOf(d)), 'der');
      expect(both(digest, der(r, s), key)).toBe(true);
      expect(both(digest, der(r, n - s), key)).toBe(true);
      expect(both(digest.with(31, 7), der(r, s), key)).toBe(false);
      if (length > 32) expect(both(digest.with(32, 7), der(r, s), key)).toBe(true);
    }
  });
});
