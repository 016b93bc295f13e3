import { concatBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { type AeadFactory, aes128Gcm, aes256Gcm, chaCha20Poly1305 } from '../../service/tls/aead.ts';
import { equalBytes, type HashName, hkdfExpand, hkdfExtract, hmac } from '../../service/tls/hkdf.ts';
import { required } from '../support/required.ts';
import { hex, judged, type Verdict } from './wycheproof.ts';

const wycheproof = required.vectors('wycheproof');

interface AeadGroup {
  readonly ivSize: number;
  readonly keySize: number;
}

interface AeadTest {
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
}

/** Opens, compares, and seals again: both directions must agree with the vector. */
function aeadVerdict(factory: AeadFactory, test: AeadTest): Verdict {
  const [iv, aad, msg] = [hex(test.iv), hex(test.aad), hex(test.msg)];
  const sealed = concatBytes(hex(test.ct), hex(test.tag));
  try {
    const aead = factory(hex(test.key));
    const opened = aead.open(iv, aad, sealed);
    if (opened === undefined) return 'refused';
    return equalBytes(opened, msg) && equalBytes(aead.seal(iv, aad, msg), sealed) ? 'accepted' : 'wrong';
  } catch (error) {
    if (error instanceof RangeError) return 'refused';
    throw error;
  }
}

describe.skipIf(wycheproof.missing)('Wycheproof: AEAD, HMAC and HKDF', () => {
  test('aes_gcm_test.json: keys of 128 and 256 bits with nonces of 96, all else refused', () => {
    const outcome = judged<AeadGroup, AeadTest>(wycheproof.path, 'aes_gcm_test.json', {
      verdict: (test, { keySize }) => aeadVerdict(keySize === 128 ? aes128Gcm : aes256Gcm, test),
      outside: (_, { ivSize, keySize }) => {
        if (keySize === 192) return 'TLS 1.3 has no AES-192';
        return ivSize === 96 ? undefined : 'the nonces of TLS have 96 bits';
      },
    });
    expect(outcome).toEqual({
      cases: 316,
      numberOfTests: 316,
      accepted: 79,
      refused: 237,
      outside: { 'TLS 1.3 has no AES-192': 74, 'the nonces of TLS have 96 bits': 76 },
      mistaken: [],
      left: 0,
    });
  });

  test('chacha20_poly1305_test.json', () => {
    const outcome = judged<AeadGroup, AeadTest>(wycheproof.path, 'chacha20_poly1305_test.json', {
      verdict: (test) => aeadVerdict(chaCha20Poly1305, test),
    });
    expect(outcome).toMatchObject({
      cases: 325,
      numberOfTests: 325,
      accepted: 256,
      refused: 69,
      mistaken: [],
      left: 0,
    });
  });

  test.each<HashName>(['sha256', 'sha384'])('hmac_%s_test.json', (hash) => {
    const outcome = judged<{ tagSize: number }, { key: string; msg: string; tag: string }>(
      wycheproof.path,
      `hmac_${hash}_test.json`,
      {
        verdict: (test, { tagSize }) =>
          equalBytes(hmac(hash, hex(test.key), hex(test.msg)).subarray(0, tagSize / 8), hex(test.tag))
            ? 'accepted'
            : 'refused',
      },
    );
    expect(outcome).toMatchObject({
      cases: 174,
      numberOfTests: 174,
      accepted: 66,
      refused: 108,
      mistaken: [],
      left: 0,
    });
  });

  test.each<[HashName, number]>([
    ['sha256', 83],
    ['sha384', 80],
  ])('hkdf_%s_test.json', (hash, valid) => {
    const outcome = judged<object, { ikm: string; salt: string; info: string; size: number; okm: string }>(
      wycheproof.path,
      `hkdf_${hash}_test.json`,
      {
        verdict: ({ ikm, salt, info, size, okm }) => {
          try {
            const expanded = hkdfExpand(hash, hkdfExtract(hash, hex(salt), hex(ikm)), hex(info), size);
            return equalBytes(expanded, hex(okm)) ? 'accepted' : 'wrong';
          } catch {
            return 'refused';
          }
        },
      },
    );
    expect(outcome).toMatchObject({
      cases: valid + 3,
      numberOfTests: valid + 3,
      accepted: valid,
      refused: 3,
      mistaken: [],
      left: 0,
    });
  });
});
