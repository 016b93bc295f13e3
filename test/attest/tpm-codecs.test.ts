import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { bytesToNumberBE } from '@noble/curves/utils.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encryptOaep } from '../../service/attest/rsa-oaep.ts';
import {
  marshalQuote,
  marshalSignature,
  type QuoteAttest,
  unmarshalQuote,
  unmarshalSignature,
} from '../../service/attest/tpm-attest.ts';
import { hashes, TPM_ALG } from '../../service/attest/tpm-constants.ts';
import {
  credentialRequestLength,
  decodeCredentialRequest,
  encodeCredentialRequest,
  makeCredential,
} from '../../service/attest/tpm-credential.ts';
import { endorsementKeyTemplate, endorsementPolicy } from '../../service/attest/tpm-endorsement-key.ts';
import { kdfa } from '../../service/attest/tpm-kdf.ts';
import { pcrDigest } from '../../service/attest/tpm-pcr.ts';
import {
  attestationKeyTemplate,
  marshalPublic,
  type TpmtPublic,
  unmarshalPublic,
} from '../../service/attest/tpm-public.ts';
import { explainResponseCode, responseCodeKind } from '../../service/attest/tpm-response-code.ts';

/* The structures of the TPM 2.0 Library that are read and written: each round trip, each prefix, each value out of range. */

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const hashAlg = fc.constantFrom(TPM_ALG.SHA256, TPM_ALG.SHA384, TPM_ALG.SHA512);
const u32 = fc.nat({ max: 0xffff_ffff });

const selection = fc.record({
  hash: hashAlg,
  pcrs: fc.uniqueArray(fc.nat({ max: 23 }), { maxLength: 24 }).map((pcrs) => pcrs.toSorted((a, b) => a - b)),
});

const quotes: fc.Arbitrary<QuoteAttest> = fc.record({
  qualifiedSigner: bytes(66),
  extraData: bytes(64),
  clockInfo: fc.record({
    clock: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    resetCount: u32,
    restartCount: u32,
    safe: fc.boolean(),
  }),
  firmwareVersion: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  pcrSelect: fc.array(selection, { maxLength: 3 }),
  pcrDigest: bytes(64),
});

const common = {
  nameAlg: hashAlg,
  objectAttributes: u32,
  authPolicy: bytes(64),
  symmetric: fc.constantFrom(undefined, { keyBits: 128 } as const, { keyBits: 256 } as const),
  scheme: fc.option(fc.record({ scheme: fc.constantFrom(TPM_ALG.RSASSA, TPM_ALG.RSAPSS, TPM_ALG.ECDSA), hashAlg }), {
    nil: undefined,
  }),
};
const publics: fc.Arbitrary<TpmtPublic> = fc.oneof(
  fc.record({
    type: fc.constant('rsa' as const),
    ...common,
    keyBits: fc.constantFrom(2048, 3072),
    exponent: u32,
    unique: bytes(512),
  }),
  fc.record({
    type: fc.constant('ecc' as const),
    ...common,
    curveID: fc.nat({ max: 0xffff }),
    unique: fc.record({ x: bytes(66), y: bytes(66) }),
  }),
);

const signatures = fc.record({ hash: hashAlg, signatureR: bytes(66), signatureS: bytes(66) });

describe.each([
  ['TPMS_ATTEST', () => check(quotes, marshalQuote, unmarshalQuote)],
  ['TPMT_PUBLIC', () => check(publics, marshalPublic, unmarshalPublic)],
  ['TPMT_SIGNATURE', () => check(signatures, marshalSignature, unmarshalSignature)],
])('%s', (_, run) => {
  test('comes back as it went in; no prefix of it and nothing longer is one', run);
});

function check<T>(
  values: fc.Arbitrary<T>,
  marshal: (value: T) => Uint8Array,
  unmarshal: (bytes: Uint8Array) => { readonly ok: boolean },
): void {
  fc.assert(
    fc.property(values, (value) => {
      const marshalled = marshal(value);
      expect(unmarshal(marshalled)).toEqual({ ok: true, value });
      for (let length = 0; length < marshalled.length; length++) {
        expect(unmarshal(marshalled.subarray(0, length)).ok).toBe(false);
      }
      expect(unmarshal(Uint8Array.of(...marshalled, 0)).ok).toBe(false);
    }),
    { numRuns: 50 },
  );
}

test('what is read is what would be written', () => {
  fc.assert(
    fc.property(publics, fc.nat(), fc.nat({ max: 255 }), (value, at, octet) => {
      const changed = marshalPublic(value);
      changed[at % changed.length] = octet;
      const read = unmarshalPublic(changed);
      if (read.ok) expect(marshalPublic(read.value)).toEqual(changed);
    }),
  );
});

describe('a TPMS_ATTEST is refused', () => {
  const quote: QuoteAttest = {
    qualifiedSigner: new Uint8Array(34),
    extraData: new Uint8Array(32),
    clockInfo: { clock: 1n, resetCount: 2, restartCount: 3, safe: true },
    firmwareVersion: 4n,
    pcrSelect: [{ hash: TPM_ALG.SHA256, pcrs: [4, 7] }],
    pcrDigest: new Uint8Array(32),
  };
  const marshalled = marshalQuote(quote);
  const changed = (at: number, ...octets: readonly number[]) => {
    const copy = marshalled.slice();
    copy.set(octets, at);
    return unmarshalQuote(copy);
  };
  test.each([
    ['that no TPM made', 0, [0x00], 'magic 0x544347: no TPM made this'],
    ['of another type', 4, [0x80, 0x17], 'type 0x8017 is no quote'],
    ['with a boolean that is neither', 6 + 36 + 34 + 16, [2], 'safe is 2, neither 0 nor 1'],
    ['with a bank of SHA-1', 6 + 36 + 34 + 17 + 8 + 4, [0, 4], 'pcrSelect.hash 0x4 is not SHA-2'],
    ['with nine banks', 6 + 36 + 34 + 17 + 8, [0, 0, 0, 9], '9 banks are selected, at most 8 are read'],
    ['with a selection of four octets', 6 + 36 + 34 + 17 + 8 + 6, [4], 'sizeofSelect is 4, not 3'],
  ])('%s', (_, at, octets, fault) => {
    expect(changed(at, ...octets)).toEqual({ ok: false, fault });
  });
});

describe('templates', () => {
  test('the policy of the endorsement key is that of the EK Credential Profile, §B.3.3', () => {
    expect(bytesToHex(endorsementPolicy)).toBe('837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa');
  });

  test('the endorsement key has the attributes of template L-1, the attestation key is restricted and signs', () => {
    expect(endorsementKeyTemplate.objectAttributes).toBe(0x0003_00b2);
    expect(attestationKeyTemplate.objectAttributes).toBe(0x0005_0472);
    expect(marshalPublic(endorsementKeyTemplate)).toHaveLength(2 + 2 + 4 + 34 + 6 + 2 + 2 + 4 + 258);
  });
});

test('KDFa takes its key, label, contexts and length: each of them makes another', () => {
  const [key, u, v] = [utf8ToBytes('key'), utf8ToBytes('u'), utf8ToBytes('v')];
  const outputs = [
    kdfa(TPM_ALG.SHA256, key, 'STORAGE', u, v, 256),
    kdfa(TPM_ALG.SHA256, u, 'STORAGE', u, v, 256),
    kdfa(TPM_ALG.SHA256, key, 'INTEGRITY', u, v, 256),
    kdfa(TPM_ALG.SHA256, key, 'STORAGE', v, u, 256),
    kdfa(TPM_ALG.SHA512, key, 'STORAGE', u, v, 256),
  ].map(bytesToHex);
  expect(new Set(outputs).size).toBe(outputs.length);
  expect(kdfa(TPM_ALG.SHA256, key, 'ATH', u, v, 512)).toHaveLength(64);
  expect(kdfa(TPM_ALG.SHA256, key, 'ATH', u, v, 128)).toHaveLength(16);
});

test('OAEP is what node opens, with the zero octet that a TPM has behind the label', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n = '' } = publicKey.export({ format: 'jwk' });
  const modulus = bytesToNumberBE(Buffer.from(n, 'base64url'));
  const key = { modulus, exponent: 65_537n, bits: 2048 };
  const message = Uint8Array.from({ length: 32 }, (_, i) => i);
  const sealed = encryptOaep(key, 'IDENTITY', message, new Uint8Array(32).fill(9));
  const opened = privateDecrypt(
    {
      key: privateKey,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: 'sha256',
      oaepLabel: Buffer.from('IDENTITY\0'),
    },
    sealed,
  );
  expect(Uint8Array.from(opened)).toEqual(message);
  expect(() => encryptOaep(key, 'IDENTITY', new Uint8Array(191), new Uint8Array(32))).toThrow('191 bytes are too many');
  expect(() => encryptOaep(key, 'IDENTITY', message, new Uint8Array(31))).toThrow('a seed of 31 bytes');
});

describe('the request of a credential', () => {
  const made = makeCredential(
    { algorithm: 'rsa', modulus: (1n << 2047n) + 1n, exponent: 65_537n, bits: 2048 },
    new Uint8Array(34),
    { credential: new Uint8Array(32), seed: new Uint8Array(32), oaepSeed: new Uint8Array(32) },
  );
  if (!made.ok) throw new Error(made.fault);
  const request = encodeCredentialRequest(made.value);

  test('has one length, and comes back as it went in', () => {
    expect(request).toHaveLength(credentialRequestLength);
    expect(decodeCredentialRequest(request)).toEqual({ ok: true, value: made.value });
  });

  test('of another length, or with other lengths inside, is refused', () => {
    for (let length = 0; length < request.length; length += 3)
      expect(decodeCredentialRequest(request.subarray(0, length)).ok).toBe(false);
    expect(decodeCredentialRequest(Uint8Array.of(...request, 0)).ok).toBe(false);
    const shifted = request.slice();
    shifted[1] = 67;
    expect(decodeCredentialRequest(shifted).ok).toBe(false);
  });

  test('is not made to a key that no endorsement key of ours is', () => {
    const entropy = { credential: new Uint8Array(32), seed: new Uint8Array(32), oaepSeed: new Uint8Array(32) };
    expect(makeCredential({ algorithm: 'ed25519', key: new Uint8Array(32) }, new Uint8Array(34), entropy).ok).toBe(
      false,
    );
    const large = { algorithm: 'rsa', modulus: (1n << 3071n) + 1n, exponent: 3n, bits: 3072 } as const;
    expect(makeCredential(large, new Uint8Array(34), entropy).ok).toBe(false);
  });
});

test('a digest over registers wants all of them, each of its bank’s length', () => {
  const selection = { hash: TPM_ALG.SHA256, pcrs: [4, 7] } as const;
  const [four, seven] = [new Uint8Array(32).fill(4), new Uint8Array(32).fill(7)];
  const values = new Map([
    [7, seven],
    [4, four],
  ]);
  expect(pcrDigest(TPM_ALG.SHA256, selection, values)).toEqual(
    hashes[TPM_ALG.SHA256](Uint8Array.of(...four, ...seven)),
  );
  expect(pcrDigest(TPM_ALG.SHA256, selection, new Map([[4, four]]))).toBeUndefined();
  expect(
    pcrDigest(
      TPM_ALG.SHA256,
      selection,
      new Map([
        [4, four],
        [7, new Uint8Array(48)],
      ]),
    ),
  ).toBeUndefined();
});

test.each([
  [0x000, '0x000 TPM_RC_SUCCESS'],
  [0x143, '0x143 TPM_RC_COMMAND_CODE: it does not know this command'],
  [
    0x921,
    '0x921 TPM_RC_LOCKOUT: locked after too many failures or unclean ends; it recovers by itself with time, or by TPM2_DictionaryAttackLockReset',
  ],
  [0x18b, '0x18b TPM_RC_HANDLE: there is no such object, index or session (handle 1)'],
  [0x99d, '0x99d TPM_RC_POLICY_FAIL: the policy is not met: the PCRs are not those it was made for (session 1)'],
  [0x1df, '0x1df TPM_RC_INTEGRITY: the credential was made for another key (parameter 1)'],
  [0x0ff, '0x0ff (not known here: TPM 2.0 Library, Part 2 §6.6; tpm2_rc_decode tells it)'],
  [0x7ff, '0x7ff (not known here: TPM 2.0 Library, Part 2 §6.6; tpm2_rc_decode tells it)'],
])('response code %i in words', (code, words) => {
  expect(explainResponseCode(code)).toBe(words);
});

test('what a code is about does not change its kind', () => {
  expect([0x18b, 0x28b, 0x98b].map(responseCodeKind)).toEqual([0x8b, 0x8b, 0x8b]);
  expect(responseCodeKind(0x1df)).toBe(0x9f);
  expect(responseCodeKind(0x148)).toBe(0x148);
});
