import { createPrivateKey, createPublicKey, sign as opensslSign, verify as opensslVerify } from 'node:crypto';
import { ed25519 as noble } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { ed25519 } from '../../service/tls/kernels/ed25519.ts';
import { required } from '../support/required.ts';
import { judged } from '../vectors/wycheproof.ts';
import { compare, sampleSize } from './compare25519.ts';
import { compareField } from './field25519-oracle.ts';
import { Draw, L, notCanonical, smallOrderPoints } from './inputs25519.ts';

const wycheproof = required.vectors('wycheproof');
const { Point } = noble;
const strict = { zip215: false } as const;
const message = utf8ToBytes('a message');

describe('RFC 8032 §7.1', () => {
  test.each([
    [
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
    [
      '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42',
      'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
      bytesToHex(sha512(utf8ToBytes('abc'))),
      'dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704',
    ],
  ])('%s', (seed, key, text, signature) => {
    const [secret, signed] = [hexToBytes(seed), hexToBytes(text)];
    expect(bytesToHex(ed25519.publicKey(secret))).toBe(key);
    expect(bytesToHex(ed25519.sign(signed, secret))).toBe(signature);
    expect(bytesToHex(ed25519.sign(signed, ed25519.expand(secret)))).toBe(signature);
    expect(ed25519.verify(hexToBytes(signature), signed, hexToBytes(key))).toBe(true);
    for (const at of [0, 31, 32, 63]) {
      const changed = hexToBytes(signature);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(ed25519.verify(changed, signed, hexToBytes(key))).toBe(false);
    }
    expect(ed25519.verify(hexToBytes(signature), concatBytes(signed, Uint8Array.of(0)), hexToBytes(key))).toBe(false);
  });
});

describe.skipIf(wycheproof.missing)('Wycheproof', () => {
  test('ed25519_test.json', () => {
    const outcome = judged<{ publicKey: { pk: string } }, { msg: string; sig: string }>(
      wycheproof.path,
      'ed25519_test.json',
      {
        verdict: ({ msg, sig }, { publicKey }) =>
          ed25519.verify(hexToBytes(sig), hexToBytes(msg), hexToBytes(publicKey.pk)) ? 'accepted' : 'refused',
      },
    );
    expect(outcome).toMatchObject({ cases: 151, numberOfTests: 151, accepted: 88, refused: 63, mistaken: [], left: 0 });
  });
});

describe('against noble', () => {
  test('the field and the scalars, against BigInt', () => {
    expect(() => compareField(sampleSize, 11)).not.toThrow();
  });

  test('signatures of random and edge seeds', () => {
    expect(compare('ed25519.sign', sampleSize, 12)).toEqual({ inputs: sampleSize, accepted: sampleSize, refused: 0 });
  });

  test('signatures that verify and that do not, with points of every kind', () => {
    const { accepted, refused } = compare('ed25519.verify', sampleSize, 13);
    expect(Math.min(accepted, refused)).toBeGreaterThan(sampleSize / 5);
  });
});

/** As noble says: both of one mind about whatever is not the usual. */
function verdict(signature: Uint8Array, key: Uint8Array): boolean {
  const ours = ed25519.verify(signature, message, key);
  expect(ours).toBe(noble.verify(signature, message, key, strict));
  return ours;
}

/** R and S for a key that is a B + T, as RFC 8032 §5.1.6 computes them; T and what R has beside r B are of small order. */
function signature(a: bigint, key: Uint8Array, r: bigint, encodedR: Uint8Array): Uint8Array {
  const k = bytesToNumberLE(sha512(concatBytes(encodedR, key, message)));
  return concatBytes(encodedR, numberToBytesLE((r + k * a) % L, 32));
}

describe('points of small order, and of mixed order', () => {
  const torsion = smallOrderPoints.map((bytes) => Point.fromBytes(bytes));
  const [a, r] = [123456789n ** 8n % L, 987654321n ** 8n % L];

  test('the equation has the cofactor: A and R of mixed order verify', () => {
    for (const inA of torsion) {
      for (const inR of torsion) {
        const key = Point.BASE.multiply(a).add(inA).toBytes();
        const encodedR = Point.BASE.multiply(r).add(inR).toBytes();
        expect(verdict(signature(a, key, r, encodedR), key)).toBe(true);
        expect(verdict(signature(a, key, r + 1n, encodedR), key)).toBe(false);
      }
    }
  });

  test('R of small order verifies, A of small order does not', () => {
    for (const point of smallOrderPoints) {
      const key = Point.BASE.multiply(a).toBytes();
      expect(verdict(signature(a, key, 0n, point), key)).toBe(true);
      for (const other of smallOrderPoints) {
        expect(verdict(signature(0n, point, 0n, other), point)).toBe(false);
        expect(noble.verify(signature(0n, point, 0n, other), message, point)).toBe(true); // ZIP 215 would
      }
    }
  });

  test('encodings that are not canonical are refused, as A and as R', () => {
    const key = Point.BASE.multiply(a).toBytes();
    let decodable = 0;
    for (const bytes of notCanonical.filter(
      (encoding) => !smallOrderPoints.some((point) => bytesToHex(point) === bytesToHex(encoding)),
    )) {
      const point = (() => {
        try {
          return Point.fromBytes(bytes, true);
        } catch {
          return undefined;
        }
      })();
      if (point !== undefined) decodable++;
      const canonical = point === undefined || bytesToHex(point.toBytes()) === bytesToHex(bytes);
      const asR = verdict(signature(a, key, 0n, bytes), key);
      if (!canonical) expect(asR).toBe(false);
      verdict(signature(0n, bytes, 0n, key), bytes);
    }
    expect(decodable).toBeGreaterThan(10);
  });

  test('-0: x is 0, and said to be odd', () => {
    for (const y of [1n, 2n ** 255n - 20n]) {
      const bytes = numberToBytesLE(y + 2n ** 255n, 32);
      const key = Point.BASE.multiply(a).toBytes();
      expect(verdict(signature(a, key, 0n, bytes), key)).toBe(false);
    }
  });

  test('R = S B - k A is B, -B, A, -A or the neutral point: sums of equal and of opposite points', () => {
    for (const [scalar, nonce] of [1n, 2n, 3n, L - 1n, L - 2n, (L + 1n) / 2n].flatMap((x) =>
      [0n, 1n, L - 1n, x, L - x].map((y) => [x, y] as const),
    )) {
      const key = Point.BASE.multiplyUnsafe(scalar).toBytes();
      const encodedR = Point.BASE.multiplyUnsafe(nonce).toBytes();
      expect(verdict(signature(scalar, key, nonce, encodedR), key)).toBe(true);
    }
  });
});

describe('what is no signature', () => {
  const seed = new Draw(14).bytes(32);
  const key = ed25519.publicKey(seed);
  const right = ed25519.sign(message, seed);

  test('S is below L', () => {
    const s = bytesToNumberLE(right.subarray(32));
    for (let multiple = 1n; s + multiple * L < 2n ** 256n; multiple++) {
      expect(verdict(concatBytes(right.subarray(0, 32), numberToBytesLE(s + multiple * L, 32)), key)).toBe(false);
    }
    for (const other of [0n, L - 1n, L, L + 1n, 2n ** 252n, 2n ** 256n - 1n]) {
      verdict(concatBytes(right.subarray(0, 32), numberToBytesLE(other, 32)), key);
    }
  });

  test('lengths: nothing throws', () => {
    expect(ed25519.verify(right, message, key)).toBe(true);
    for (const length of [0, 32, 63]) expect(ed25519.verify(right.slice(0, length), message, key)).toBe(false);
    for (const length of [0, 31, 33]) expect(ed25519.verify(right, message, new Uint8Array(length))).toBe(false);
    expect(ed25519.verify(concatBytes(right, Uint8Array.of(0)), message, key)).toBe(false);
    expect(() => ed25519.sign(message, new Uint8Array(31))).toThrow('a seed is 32 bytes, and this has 31');
  });
});

test('an expanded key is its owner’s: signing leaves it, and the seed, as they were', () => {
  const seed = new Draw(15).bytes(32);
  const copy = seed.slice();
  const key = ed25519.expand(seed);
  const before = [key.scalar, key.prefix, key.publicKey].map(bytesToHex);
  expect(ed25519.sign(message, key)).toEqual(ed25519.sign(message, seed));
  expect([key.scalar, key.prefix, key.publicKey].map(bytesToHex)).toEqual(before);
  expect(seed).toEqual(copy);
});

test('agrees with OpenSSL', () => {
  const draw = new Draw(16);
  for (let i = 0; i < 10; i++) {
    const seed = draw.bytes(32);
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    expect(ed25519.sign(message, seed)).toEqual(new Uint8Array(opensslSign(null, message, privateKey)));
    expect(opensslVerify(null, message, createPublicKey(privateKey), ed25519.sign(message, seed))).toBe(true);
  }
});
