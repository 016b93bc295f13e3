import { numberToBytesBE } from '@noble/curves/utils.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { equalBytes } from '../../service/tls/hkdf.ts';
import {
  answerKeyShare,
  type KeyShareSeeds,
  type NamedGroupName,
  namedGroups,
  offerKeyShare,
} from '../../service/tls/named-group.ts';
import { required } from '../support/required.ts';
import { hex, judged, type Verdict } from './wycheproof.ts';

const wycheproof = required.vectors('wycheproof');

const group = (name: NamedGroupName) => {
  const found = namedGroups.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no group ${name}`);
  return found;
};

/** Seeds that lead to a secret we know: X25519 takes the seed as it is; a scalar d comes of d - 1 (FIPS 186-5 A.2.1). */
const seeds = (secret: Partial<KeyShareSeeds>): KeyShareSeeds => ({
  x25519: new Uint8Array(32).fill(7),
  mlkem: new Uint8Array(64).fill(7),
  p256: new Uint8Array(48).fill(7),
  p384: new Uint8Array(72).fill(7),
  ...secret,
});

const scalarSeed = (d: string, length: number): Uint8Array => numberToBytesBE(BigInt(`0x${d}`) - 1n, length);

/** As client and as server; the two must say the same. */
function agreement(
  name: NamedGroupName,
  secret: Partial<KeyShareSeeds>,
  peer: Uint8Array,
  expected: Uint8Array,
): Verdict {
  const asClient = offerKeyShare(group(name), seeds(secret)).agree(peer);
  const asServer = answerKeyShare(group(name), seeds(secret), peer)?.sharedSecret;
  if (asClient === undefined || asServer === undefined) return asClient === asServer ? 'refused' : 'wrong';
  return equalBytes(asClient, expected) && equalBytes(asServer, expected) ? 'accepted' : 'wrong';
}

interface EcdhTest {
  readonly public: string;
  readonly private: string;
  readonly shared: string;
}

describe.skipIf(wycheproof.missing)('Wycheproof: key agreement', () => {
  test('x25519_test.json: every valid and acceptable case agrees but those whose secret would be zero', () => {
    const zero = 'RFC 7748 §6.1: the shared secret is zero whatever our key is';
    const outcome = judged<object, EcdhTest>(wycheproof.path, 'x25519_test.json', {
      verdict: (test) => agreement('x25519', { x25519: hex(test.private) }, hex(test.public), hex(test.shared)),
      outside: ({ flags }) => (flags.includes('ZeroSharedSecret') ? zero : undefined),
    });
    expect(outcome).toEqual({
      cases: 518,
      numberOfTests: 518,
      accepted: 487,
      refused: 31,
      outside: { [zero]: 31 },
      mistaken: [],
      left: 0,
    });
  });

  const compressed = 'RFC 9846 §4.2.8.2: points are uncompressed';
  test('ecdh_secp256r1_ecpoint_test.json: uncompressed points alone', () => {
    const outcome = judged<object, EcdhTest>(wycheproof.path, 'ecdh_secp256r1_ecpoint_test.json', {
      verdict: (test) =>
        agreement('secp256r1', { p256: scalarSeed(test.private, 48) }, hex(test.public), hex(test.shared)),
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

  test('ecdh_secp384r1_ecpoint_test.json: every eighth case, and all that are invalid; PINATA_FULL=1 runs the whole file', () => {
    const outcome = judged<object, EcdhTest>(wycheproof.path, 'ecdh_secp384r1_ecpoint_test.json', {
      verdict: (test) =>
        agreement('secp384r1', { p384: scalarSeed(test.private, 72) }, hex(test.public), hex(test.shared)),
      outside: ({ flags }) => (flags.includes('CompressedPublic') ? compressed : undefined),
      sampled: ({ result }, index) => result !== 'valid' || index % 8 === 0,
    });
    expect(outcome.mistaken).toEqual([]);
    expect(outcome.outside).toEqual({ [compressed]: 1 });
    expect(outcome.refused).toBe(19);
    expect(outcome.cases + outcome.left).toBe(790);
    expect(outcome.numberOfTests).toBe(790);
    expect(outcome.accepted).toBeGreaterThanOrEqual(90);
  });

  test('mlkem_768_test.json: as the ML-KEM half of X25519MLKEM768', () => {
    const peerX25519 = offerKeyShare(group('x25519'), seeds({ x25519: new Uint8Array(32).fill(9) })).publicValue;
    const outcome = judged<object, { seed: string; ek?: string; c: string; K: string }>(
      wycheproof.path,
      'mlkem_768_test.json',
      {
        verdict: ({ seed, ek, c, K }) => {
          try {
            const share = offerKeyShare(group('X25519MLKEM768'), seeds({ mlkem: hex(seed) }));
            const secret = share.agree(concatBytes(hex(c), peerX25519));
            if (secret === undefined) return 'refused';
            const right =
              equalBytes(share.publicValue.subarray(0, 1184), hex(ek ?? '')) &&
              equalBytes(secret.subarray(0, 32), hex(K));
            return right ? 'accepted' : 'wrong';
          } catch {
            return 'refused'; // seeds of another length: ours, never the peer's
          }
        },
      },
    );
    expect(outcome).toMatchObject({
      cases: 193,
      numberOfTests: 193,
      accepted: 153,
      refused: 40,
      mistaken: [],
      left: 0,
    });
  });
});
