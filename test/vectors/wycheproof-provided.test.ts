import { describe, expect, test } from 'vitest';
import { ecPoint, ed25519Key } from '../../service/x509/public-key.ts';
import { required } from '../support/required.ts';
import { hex, judged } from './wycheproof.ts';
import { agreement, compressed, type EcdhTest, scalarSeed } from './wycheproof-agreement.ts';
import { type SignatureTest, verified } from './wycheproof-verified.ts';

const wycheproof = required.vectors('wycheproof');

/* What a provider computes: noble's here, ours in test/fast. The AEADs are in wycheproof-symmetric.test.ts. */

describe.skipIf(wycheproof.missing)('Wycheproof: X25519, P-256 and Ed25519', () => {
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

  test('ecdsa_secp256r1_sha256_test.json', () => {
    const outcome = judged<{ publicKey: { uncompressed: string } }, SignatureTest>(
      wycheproof.path,
      'ecdsa_secp256r1_sha256_test.json',
      {
        verdict: (test, { publicKey }) =>
          verified(ecPoint('P-256', hex(publicKey.uncompressed)), { type: 'ecdsa', hash: 'sha256' }, test),
      },
    );
    expect(outcome).toMatchObject({
      cases: 484,
      numberOfTests: 484,
      accepted: 174,
      refused: 310,
      mistaken: [],
      left: 0,
    });
  });

  test('ed25519_test.json', () => {
    const outcome = judged<{ publicKey: { pk: string } }, SignatureTest>(wycheproof.path, 'ed25519_test.json', {
      verdict: (test, { publicKey }) => verified(ed25519Key(hex(publicKey.pk)), { type: 'ed25519' }, test),
    });
    expect(outcome).toMatchObject({ cases: 151, numberOfTests: 151, accepted: 88, refused: 63, mistaken: [], left: 0 });
  });
});
