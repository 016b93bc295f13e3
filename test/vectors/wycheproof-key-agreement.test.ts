import { concatBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { equalBytes } from '../../service/tls/hkdf.ts';
import { offerKeyShare } from '../../service/tls/named-group.ts';
import { required } from '../support/required.ts';
import { hex, judged } from './wycheproof.ts';
import { agreement, compressed, type EcdhTest, group, scalarSeed, seeds } from './wycheproof-agreement.ts';

const wycheproof = required.vectors('wycheproof');

describe.skipIf(wycheproof.missing)('Wycheproof: key agreement', () => {
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
