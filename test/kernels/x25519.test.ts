import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { x25519 as noble, ed25519 as nobleEd25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { x25519 } from '../../service/tls/kernels/x25519.ts';
import { required } from '../support/required.ts';
import { judged } from '../vectors/wycheproof.ts';
import { compare, iterated, sampleSize } from './compare25519.ts';
import { Draw, p, smallOrderU } from './inputs25519.ts';

const { Fp } = nobleEd25519.Point;
const wycheproof = required.vectors('wycheproof');

const shared = (secret: string, u: string) => bytesToHex(x25519.sharedSecret(hexToBytes(secret), hexToBytes(u)));

describe('RFC 7748', () => {
  test.each([
    [
      'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
      'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
      'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
    ],
    [
      '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
      'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
      '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
    ],
  ])('§5.2: %s', (secret, u, expected) => {
    expect(shared(secret, u)).toBe(expected);
  });

  test('§5.2: 1 and 1000 iterations; test/kernels/million25519.ts has the million', () => {
    expect(iterated(1)).toBe('422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079');
    expect(iterated(1000)).toBe('684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51');
  });

  test('§6.1: Alice and Bob', () => {
    const alice = '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a';
    const bob = '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb';
    const [ofAlice, ofBob] = [alice, bob].map((secret) => bytesToHex(x25519.publicKey(hexToBytes(secret))));
    expect(ofAlice).toBe('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
    expect(ofBob).toBe('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
    const expected = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';
    expect(shared(alice, ofBob ?? '')).toBe(expected);
    expect(shared(bob, ofAlice ?? '')).toBe(expected);
  });
});

describe.skipIf(wycheproof.missing)('Wycheproof', () => {
  test('x25519_test.json: all but those whose secret would be zero', () => {
    const zero = 'RFC 7748 §6.1: the shared secret is zero whatever our key is';
    const outcome = judged<object, Readonly<Record<'public' | 'private' | 'shared', string>>>(
      wycheproof.path,
      'x25519_test.json',
      {
        verdict: (vector) => {
          try {
            return shared(vector.private, vector.public) === vector.shared ? 'accepted' : 'wrong';
          } catch {
            return 'refused';
          }
        },
        outside: ({ flags }) => (flags.includes('ZeroSharedSecret') ? zero : undefined),
      },
    );
    expect(outcome).toMatchObject({
      cases: 518,
      numberOfTests: 518,
      accepted: 487,
      refused: 31,
      mistaken: [],
      left: 0,
    });
  });
});

describe('against noble', () => {
  test('shared secrets and public values of random and edge inputs', () => {
    const outcome = compare('x25519.sharedSecret', sampleSize, 1);
    expect(outcome.accepted).toBeGreaterThan(outcome.refused);
    expect(outcome.refused).toBeGreaterThan(0);
    expect(compare('x25519.publicKey', sampleSize, 2).refused).toBe(0);
  });

  test('a public value is that of the ladder', () => {
    const nine = numberToBytesLE(9n, 32);
    const draw = new Draw(3);
    for (let i = 0; i < 20; i++) {
      const secret = draw.bytes(32);
      expect(x25519.publicKey(secret)).toEqual(x25519.sharedSecret(secret, nine));
    }
  });

  test('points of small order are refused, in every encoding, with the highest bit or without', () => {
    const secret = new Draw(4).bytes(32);
    for (const u of smallOrderU.flatMap((bytes) => [bytes, bytes.with(31, (bytes[31] ?? 0) | 0x80)])) {
      expect(() => x25519.sharedSecret(secret, u)).toThrow(/small order/);
      expect(() => noble.getSharedSecret(secret, u)).toThrow();
    }
  });

  test('u is taken modulo p: 2 to 18 and what is p more', () => {
    const secret = new Draw(5).bytes(32);
    for (let u = 2n; u < 19n; u++) {
      const canonical = x25519.sharedSecret(secret, numberToBytesLE(u, 32));
      expect(x25519.sharedSecret(secret, numberToBytesLE(u + p, 32))).toEqual(canonical);
      expect(x25519.sharedSecret(secret, numberToBytesLE(u + 2n ** 255n, 32))).toEqual(canonical);
    }
  });

  test('points of the twist as well: u^3 + 486662 u^2 + u is a square for half of all u', () => {
    const draw = new Draw(6);
    const onCurve = { yes: 0, no: 0 };
    while (Math.min(onCurve.yes, onCurve.no) < 10) {
      const [secret, u] = [draw.bytes(32), draw.bytes(32)];
      const x = Fp.create(bytesToNumberLE(u) % 2n ** 255n);
      const square = Fp.create(x * (x * x + 486662n * x + 1n));
      onCurve[Fp.pow(square, (p - 1n) / 2n) === 1n ? 'yes' : 'no']++;
      expect(x25519.sharedSecret(secret, u)).toEqual(noble.getSharedSecret(secret, u));
    }
  });
});

test('what is not 32 bytes is refused, and says how long it was', () => {
  for (const length of [0, 31, 33]) {
    const [bytes, right] = [new Uint8Array(length).fill(9), new Uint8Array(32).fill(9)];
    expect(() => x25519.publicKey(bytes)).toThrow(`is 32 bytes, and this has ${length}`);
    expect(() => x25519.sharedSecret(bytes, right)).toThrow(`a secret of X25519 is 32 bytes, and this has ${length}`);
    expect(() => x25519.sharedSecret(right, bytes)).toThrow(`a public value of X25519 is 32 bytes`);
  }
});

test('the inputs stay as they are', () => {
  const [secret, u] = [new Uint8Array(32).fill(0xff), new Uint8Array(32).fill(0xfe)];
  x25519.sharedSecret(secret, u);
  x25519.publicKey(secret);
  expect([secret, u]).toEqual([new Uint8Array(32).fill(0xff), new Uint8Array(32).fill(0xfe)]);
});

test('agrees with OpenSSL', () => {
  const draw = new Draw(7);
  for (let i = 0; i < 10; i++) {
    const [ours, theirs] = [draw.bytes(32), draw.bytes(32)];
    const der = (prefix: string, key: Uint8Array) => Buffer.concat([Buffer.from(prefix, 'hex'), key]);
    const privateKey = createPrivateKey({
      key: der('302e020100300506032b656e04220420', theirs),
      format: 'der',
      type: 'pkcs8',
    });
    const publicKey = createPublicKey({
      key: der('302a300506032b656e032100', x25519.publicKey(ours)),
      format: 'der',
      type: 'spki',
    });
    const their = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
    expect(x25519.sharedSecret(ours, their)).toEqual(new Uint8Array(diffieHellman({ privateKey, publicKey })));
  }
});
