import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { type PreparedKey, prepare, sharedX, verify } from '../../service/tls/kernels/p256.ts';
import { required } from '../support/required.ts';
import { hex, judged, type Verdict } from '../vectors/wycheproof.ts';

const wycheproof = required.vectors('wycheproof');

interface EcdsaGroup {
  readonly publicKey: { readonly uncompressed: string };
}

interface EcdsaTest {
  readonly msg: string;
  readonly sig: string;
}

interface EcdhTest {
  readonly public: string;
  readonly private: string;
  readonly shared: string;
}

describe.skipIf(wycheproof.missing)('Wycheproof: our own P-256', () => {
  const expected = { cases: 484, numberOfTests: 484, accepted: 174, refused: 310, outside: {}, mistaken: [], left: 0 };
  const verdict = (key: Uint8Array | PreparedKey, { msg, sig }: EcdsaTest): Verdict =>
    verify(sha256(hex(msg)), hex(sig), key) === true ? 'accepted' : 'refused';

  test('ecdsa_secp256r1_sha256_test.json', () => {
    const outcome = judged<EcdsaGroup, EcdsaTest>(wycheproof.path, 'ecdsa_secp256r1_sha256_test.json', {
      verdict: (test, { publicKey }) => verdict(hex(publicKey.uncompressed), test),
    });
    expect(outcome).toEqual(expected);
  });

  test('ecdsa_secp256r1_sha256_test.json, with prepared keys', () => {
    const keys = new Map<string, PreparedKey>();
    const outcome = judged<EcdsaGroup, EcdsaTest>(wycheproof.path, 'ecdsa_secp256r1_sha256_test.json', {
      verdict: (test, { publicKey: { uncompressed } }) => {
        const key = keys.get(uncompressed) ?? prepare(hex(uncompressed));
        keys.set(uncompressed, key);
        return verdict(key, test);
      },
    });
    expect(outcome).toEqual(expected);
  });

  test('ecdh_secp256r1_ecpoint_test.json: uncompressed points alone', () => {
    const compressed = 'RFC 9846 §4.2.8.2: points are uncompressed';
    const outcome = judged<object, EcdhTest>(wycheproof.path, 'ecdh_secp256r1_ecpoint_test.json', {
      verdict: (test) => {
        try {
          const secret = hex(test.private.padStart(64, '0').slice(-64));
          return bytesToHex(sharedX(secret, hex(test.public))) === test.shared ? 'accepted' : 'wrong';
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          return 'refused';
        }
      },
      outside: ({ flags }) => (flags.includes('CompressedPublic') ? compressed : undefined),
    });
    expect(outcome).toEqual({
      cases: 355,
      numberOfTests: 355,
      accepted: 330,
      refused: 25,
      outside: { [compressed]: 1 },
      mistaken: [],
      left: 0,
    });
  });
});
