import { readdirSync } from 'node:fs';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { describe, expect, test } from 'vitest';
import { type EcCurve, ecPoint, rsaKey } from '../../service/x509/public-key.ts';
import { os2ip, verifyPss } from '../../service/x509/rsa.ts';
import type { SignatureHash } from '../../service/x509/signature.ts';
import { required } from '../support/required.ts';
import { hex, judged } from './wycheproof.ts';
import { type SignatureTest, verified } from './wycheproof-verified.ts';

const wycheproof = required.vectors('wycheproof');

interface EcGroup {
  readonly publicKey: { readonly uncompressed: string };
}

describe.skipIf(wycheproof.missing)('Wycheproof: ECDSA', () => {
  test.each<[string, EcCurve, SignatureHash, number, number]>([
    ['ecdsa_secp384r1_sha384_test.json', 'P-384', 'sha384', 504, 194],
    ['ecdsa_secp521r1_sha512_test.json', 'P-521', 'sha512', 542, 232],
  ])('%s', (file, curve, hash, total, valid) => {
    const outcome = judged<EcGroup, SignatureTest>(wycheproof.path, file, {
      verdict: (test, { publicKey }) =>
        verified(ecPoint(curve, hex(publicKey.uncompressed)), { type: 'ecdsa', hash }, test),
    });
    expect(outcome).toMatchObject({
      cases: total,
      numberOfTests: total,
      accepted: valid,
      refused: total - valid,
      mistaken: [],
      left: 0,
    });
  });

  // These are bitcoin's: the curve is none of TLS's, and the glue is noble's own secp256k1 with the rule of BIP 62.
  test.each<[string, boolean, number]>([
    ['ecdsa_secp256k1_sha256_test.json', false, 476],
    ['ecdsa_secp256k1_sha256_bitcoin_test.json', true, 463],
  ])('%s: with lowS %s', (file, lowS, total) => {
    const outcome = judged<EcGroup, SignatureTest>(wycheproof.path, file, {
      verdict: ({ msg, sig }, { publicKey }) => {
        const options = { lowS, prehash: true, format: 'der' } as const;
        return secp256k1.verify(hex(sig), hex(msg), hex(publicKey.uncompressed), options) ? 'accepted' : 'refused';
      },
    });
    expect(outcome).toMatchObject({ cases: total, numberOfTests: total, mistaken: [], left: 0 });
  });
});

interface RsaGroup {
  readonly sha: string;
  readonly mgfSha: string;
  readonly sLen: number;
  readonly publicKey: { readonly modulus: string; readonly publicExponent: string };
}

const rsa = ({ publicKey }: RsaGroup) =>
  rsaKey('rsa', os2ip(hex(publicKey.modulus)), os2ip(hex(publicKey.publicExponent)));

const hashOf = (name: string): SignatureHash | undefined =>
  (['sha256', 'sha384', 'sha512'] as const).find((hash) => hash === name.toLowerCase().replace('-', ''));

describe.skipIf(wycheproof.missing)('Wycheproof: RSA', () => {
  test.each<[number, SignatureHash, number, number]>([
    [2048, 'sha256', 259, 9],
    [2048, 'sha384', 258, 7],
    [2048, 'sha512', 259, 8],
    [3072, 'sha256', 259, 8],
    [4096, 'sha256', 258, 7],
    [4096, 'sha384', 259, 7],
  ])('rsa_signature_%i_%s_test.json: PKCS#1 v1.5', (bits, hash, total, valid) => {
    const noNull = 'RFC 8017 §9.2, note 1: the parameters of DigestInfo are NULL, not absent';
    const outcome = judged<RsaGroup, SignatureTest>(wycheproof.path, `rsa_signature_${bits}_${hash}_test.json`, {
      verdict: (test, group) => verified(rsa(group), { type: 'rsa_pkcs1', hash }, test),
      outside: ({ flags }) => (flags.includes('MissingNull') ? noNull : undefined),
    });
    expect(outcome).toEqual({
      cases: total,
      numberOfTests: total,
      accepted: valid,
      refused: total - valid,
      outside: { [noNull]: 1 },
      mistaken: [],
      left: 0,
    });
  });

  test.each<[string, SignatureHash, number, number]>([
    ['rsa_pss_2048_sha256_mgf1_32_test.json', 'sha256', 108, 63],
    ['rsa_pss_2048_sha384_mgf1_48_test.json', 'sha384', 141, 95],
    ['rsa_pss_3072_sha256_mgf1_32_test.json', 'sha256', 108, 63],
    ['rsa_pss_4096_sha256_mgf1_32_test.json', 'sha256', 108, 63],
    ['rsa_pss_4096_sha384_mgf1_48_test.json', 'sha384', 141, 95],
    ['rsa_pss_4096_sha512_mgf1_64_test.json', 'sha512', 179, 132],
    ['rsa_pss_4096_sha512_mgf1_64_params_test.json', 'sha512', 179, 132],
  ])('%s: the salt as long as the hash', (file, hash, total, valid) => {
    const outcome = judged<RsaGroup, SignatureTest>(wycheproof.path, file, {
      verdict: (test, group) => verified(rsa(group), { type: 'rsa_pss', hash }, test),
    });
    expect(outcome).toMatchObject({
      cases: total,
      numberOfTests: total,
      accepted: valid,
      refused: total - valid,
      mistaken: [],
      left: 0,
    });
  });

  test.each(['rsa_pss_4096_sha512_mgf1_32_test.json', 'rsa_pss_4096_sha512_mgf1_32_params_test.json'])(
    '%s: right by the encoding, and refused by the profile, whose salt is as long as the hash',
    (file) => {
      const encoding = judged<RsaGroup, SignatureTest>(wycheproof.path, file, {
        verdict: ({ msg, sig }, group) => {
          const key = rsa(group);
          if (key === undefined || !('modulus' in key)) throw new Error('the key of a group was refused');
          return verifyPss(key, 'sha512', hex(msg), hex(sig), group.sLen) ? 'accepted' : 'refused';
        },
      });
      expect(encoding).toMatchObject({
        cases: 177,
        numberOfTests: 177,
        accepted: 132,
        refused: 45,
        mistaken: [],
        left: 0,
      });

      const salt = 'RFC 9846 §4.2.3: the salt is as long as the hash';
      const profile = judged<RsaGroup, SignatureTest>(wycheproof.path, file, {
        verdict: (test, group) => verified(rsa(group), { type: 'rsa_pss', hash: 'sha512' }, test),
        outside: () => salt,
      });
      expect(profile).toMatchObject({ accepted: 0, refused: 177, outside: { [salt]: 132 }, mistaken: [] });
    },
  );

  test('rsa_pss_misc_test.json: of every pair of hashes and every salt, those of the profile alone', () => {
    const outcome = judged<RsaGroup, SignatureTest>(wycheproof.path, 'rsa_pss_misc_test.json', {
      // SHA-1 and SHA-224 have no name here: whichever hash such a signature is said to have, it must not verify.
      verdict: (test, group) => {
        const named = hashOf(group.sha);
        const tried = named === undefined ? (['sha256', 'sha384', 'sha512'] as const) : [named];
        const verdicts = tried.map((hash) => verified(rsa(group), { type: 'rsa_pss', hash }, test));
        return verdicts.includes('accepted') ? 'accepted' : 'refused';
      },
      outside: (_, { sha, mgfSha, sLen }) => {
        const hash = hashOf(sha);
        if (hash === undefined) return 'SHA-1 and SHA-224 are not supported';
        if (sha !== mgfSha) return 'RFC 9846 §4.2.3: MGF1 uses the hash of the signature';
        return sLen === Number(hash.slice(3)) / 8 ? undefined : 'RFC 9846 §4.2.3: the salt is as long as the hash';
      },
    });
    expect(outcome).toEqual({
      cases: 150,
      numberOfTests: 150,
      accepted: 3,
      refused: 147,
      outside: {
        'SHA-1 and SHA-224 are not supported': 60,
        'RFC 9846 §4.2.3: MGF1 uses the hash of the signature': 72,
        'RFC 9846 §4.2.3: the salt is as long as the hash': 15,
      },
      mistaken: [],
      left: 0,
    });
  });

  test('no file of the folder is left out', () => {
    const files = readdirSync(wycheproof.path).filter((name) => name.endsWith('.json'));
    expect(files.toSorted()).toEqual(
      [
        'aes_gcm',
        'chacha20_poly1305',
        ...['256', '384'].map((bits) => `ecdh_secp${bits}r1_ecpoint`),
        ...['256k1_sha256_bitcoin', '256k1_sha256', '256r1_sha256', '384r1_sha384', '521r1_sha512'].map(
          (c) => `ecdsa_secp${c}`,
        ),
        'ed25519',
        ...['hkdf_sha256', 'hkdf_sha384', 'hmac_sha256', 'hmac_sha384'],
        'mlkem_768',
        ...[
          '2048_sha256_mgf1_32',
          '2048_sha384_mgf1_48',
          '3072_sha256_mgf1_32',
          '4096_sha256_mgf1_32',
          '4096_sha384_mgf1_48',
        ].map((parameters) => `rsa_pss_${parameters}`),
        ...['32_params', '32', '64_params', '64'].map((salt) => `rsa_pss_4096_sha512_mgf1_${salt}`),
        'rsa_pss_misc',
        ...['2048_sha256', '2048_sha384', '2048_sha512', '3072_sha256', '4096_sha256', '4096_sha384'].map(
          (parameters) => `rsa_signature_${parameters}`,
        ),
        'x25519',
      ].map((name) => `${name}_test.json`),
    );
  });
});
