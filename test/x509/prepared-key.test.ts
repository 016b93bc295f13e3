import { p256 } from '@noble/curves/nist.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fast } from '../../service/tls/kernels/fast.ts';
import { noble } from '../../service/tls/kernels/noble.ts';
import type { PreparedVerify } from '../../service/tls/kernels/provider.ts';
import { preparedVerify, prepareKey } from '../../service/x509/prepared-key.ts';
import { ecPoint, type PublicKey } from '../../service/x509/public-key.ts';
import { verifySignature } from '../../service/x509/signature.ts';
import { required } from '../support/required.ts';
import { hex, judged } from '../vectors/wycheproof.ts';

const wycheproof = required.vectors('wycheproof');
const { Fn } = p256.Point;

/** What is compared: the same digest under the same key, by noble and by the table. */
const byNoble = (publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean =>
  p256.verify(signature, digest, publicKey, { lowS: false, prehash: false, format: 'der' });

function byTable(verify: PreparedVerify, digest: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(digest, signature);
  } catch {
    return false; // as verifySignature does
  }
}

const signed = (r: bigint, s: bigint): Uint8Array => new p256.Signature(r, s).toBytes('der');

describe.each([noble, fast])('a prepared key of $name', ({ p256: { prepare } }) => {
  test.skipIf(wycheproof.missing)('gives every verdict of Wycheproof', () => {
    const tables = new Map<string, PreparedVerify>(); // a table for each key, not for each of its signatures
    const outcome = judged<{ publicKey: { uncompressed: string } }, { msg: string; sig: string }>(
      wycheproof.path,
      'ecdsa_secp256r1_sha256_test.json',
      {
        verdict: ({ msg, sig }, { publicKey }) => {
          const { uncompressed } = publicKey;
          const verify = tables.get(uncompressed) ?? prepare(hex(uncompressed));
          tables.set(uncompressed, verify);
          return byTable(verify, sha256(hex(msg)), hex(sig)) ? 'accepted' : 'refused';
        },
      },
    );
    expect(outcome).toMatchObject({ cases: 484, accepted: 174, refused: 310, mistaken: [], left: 0 });
  });

  test('agrees with noble on signatures that are right, and on what a changed bit makes of them', () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(48), bytes(32), fc.nat(), fc.boolean(), (seed, digest, position, change) => {
        const { secretKey } = p256.keygen(seed);
        const publicKey = p256.getPublicKey(secretKey, false);
        const signature = p256.sign(digest, secretKey, { prehash: false, lowS: false, format: 'der' });
        const at = position % signature.length;
        const verify = prepare(publicKey);
        if (change) signature[at] = (signature[at] ?? 0) ^ (1 << (position % 8));
        expect(byTable(verify, digest, signature)).toBe(byNoble(publicKey, digest, signature));
        if (!change) expect(byTable(verify, digest, signature)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('agrees with noble where u1 G and u2 Q are equal, opposite or infinity, and on digests at and beyond n', () => {
    const generator = p256.Point.BASE.toBytes(false); // the secret key is 1: u1 G + u2 Q = (h + r) / s G
    const verify = prepare(generator);
    const digests = [0n, 1n, Fn.ORDER - 1n, Fn.ORDER, Fn.ORDER + 1n, 2n ** 256n - 1n];
    const scalars = [1n, 2n, Fn.ORDER - 2n, Fn.ORDER - 1n, p256.Point.BASE.toAffine().x];
    const verdicts = new Set<boolean>();
    for (const r of scalars) {
      for (const h of [...digests, r, Fn.ORDER - r]) {
        for (const s of [...scalars, Fn.create(h + r) || 1n]) {
          const digest = hex(h.toString(16).padStart(64, '0'));
          const verdict = byTable(verify, digest, signed(r, s));
          expect(verdict).toBe(byNoble(generator, digest, signed(r, s)));
          verdicts.add(verdict);
        }
      }
    }
    expect(verdicts).toEqual(new Set([true, false])); // (h + r) / s = 1 and r = x(G) is a valid signature
  });
});

describe('prepareKey', () => {
  const keyOf = (secretKey: Uint8Array): PublicKey => {
    const key = ecPoint('P-256', p256.getPublicKey(secretKey, false));
    if (key === undefined) throw new Error('the key was refused');
    return key;
  };

  test('verifies SHA-256, and SHA-384 and SHA-512 by their leftmost 256 bits', () => {
    const { secretKey } = p256.keygen(new Uint8Array(48).fill(9));
    const key = keyOf(secretKey);
    prepareKey(key);
    const message = Uint8Array.of(1, 2, 3);
    for (const [hash, digest] of [
      ['sha256', sha256(message)],
      ['sha384', sha384(message)],
      ['sha512', sha512(message)],
    ] as const) {
      const signature = p256.sign(digest, secretKey, { prehash: false, lowS: false, format: 'der' });
      expect(verifySignature(key, { type: 'ecdsa', hash }, message, signature)).toBe(true);
      expect(verifySignature(key, { type: 'ecdsa', hash }, Uint8Array.of(1, 2, 4), signature)).toBe(false);
    }
  });

  test('is about that very object: an equal key is not prepared, and one of another kind is left alone', () => {
    const key = keyOf(Fn.toBytes(1n));
    prepareKey(key);
    const verify = preparedVerify(key);
    expect(verify).toBeDefined();
    prepareKey(key);
    expect(preparedVerify(key)).toBe(verify);
    expect(preparedVerify({ ...key })).toBeUndefined();
    const ed25519: PublicKey = { algorithm: 'ed25519', key: new Uint8Array(32) };
    prepareKey(ed25519);
    expect(preparedVerify(ed25519)).toBeUndefined();
  });
});
