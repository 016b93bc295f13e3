import { bytesToHex } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cbor, CborMap, encodeCbor } from '../../service/attest/cbor.ts';
import { allPassed } from '../../service/attest/check.ts';
import { decodeSign1, encodeSign1 } from '../../service/attest/cose.ts';
import { decodeNitroDocument, decodeNitroResponse, encodeNitroRequest } from '../../service/attest/nitro-document.ts';
import {
  type NitroCheckName,
  type NitroExpectations,
  nitroRootG1,
  nitroTpmMeasured,
  verifyNitroDocument,
} from '../../service/attest/nitro-verify.ts';
import { mockNitro, nitroTime, signedDocument } from '../support/mock-nitro.ts';

const nitro = mockNitro();
const filled = (octet: number) => new Uint8Array(48).fill(octet);
const nonce = new Uint8Array(32).fill(0xa0);
const identity = new Uint8Array(32).fill(0xb0);

const registers = (change: Readonly<Record<number, Uint8Array>> = {}) =>
  new CborMap(
    Object.entries({
      0: filled(1),
      1: filled(2),
      4: filled(4),
      7: filled(7),
      8: filled(8),
      12: filled(0),
      ...change,
    }).map(([pcr, value]): [bigint, Cbor] => [BigInt(pcr), value]),
  );

const fields = {
  module_id: 'i-0123456789abcdef0',
  digest: 'SHA384',
  timestamp: BigInt(nitroTime) * 1000n,
  nitrotpm_pcrs: registers(),
  certificate: nitro.certificate,
  cabundle: nitro.cabundle,
  public_key: null,
  user_data: identity,
  nonce,
} as const satisfies Readonly<Record<string, Cbor>>;

const expected: NitroExpectations = {
  source: 'nitrotpm',
  roots: [nitro.rootSha256],
  now: nitroTime + 2,
  nonce,
  identity,
  pcrs: new Map([
    [4, filled(4)],
    [7, filled(7)],
    [8, filled(8)],
    [12, filled(0)],
  ]),
  measured: nitroTpmMeasured,
};

const genuine = signedDocument(fields);

/** The names of the checks that did not pass. */
const failing = (document: Uint8Array, change: Partial<NitroExpectations> = {}): NitroCheckName[] =>
  verifyNitroDocument(document, { ...expected, ...change })
    .filter(({ outcome }) => outcome !== 'pass')
    .map(({ name }) => name);

/** Those whose words say why: what was not reached says nothing. */
const blamed = (document: Uint8Array, change: Partial<NitroExpectations> = {}): string[] =>
  verifyNitroDocument(document, { ...expected, ...change })
    .filter(({ outcome, found }) => outcome !== 'pass' && found !== 'not reached')
    .map(({ name, found }) => `${name}: ${found}`);

test('a document of a machine that is as it should be passes, check by check', () => {
  const checks = verifyNitroDocument(genuine, expected);
  expect(checks.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
    'nitro-form pass',
    'nitro-root pass',
    'nitro-chain pass',
    'nitro-signature pass',
    'nitro-time pass',
    'nitro-nonce pass',
    'nitro-identity pass',
    'nitro-measured pass',
    'nitro-pcrs pass',
  ]);
  expect(allPassed(checks)).toBe(true);
});

test('the tag of COSE_Sign1 may be there', () => {
  expect(failing(Uint8Array.of(0xd2, ...genuine))).toEqual([]);
});

test('an enclave’s document names its registers otherwise, and is none of a TPM', () => {
  const { nitrotpm_pcrs: pcrs, ...rest } = fields;
  const enclave = signedDocument({ ...rest, pcrs });
  expect(failing(enclave, { source: 'enclave' })).toEqual([]);
  expect(failing(enclave)).toContain('nitro-form');
  expect(failing(genuine, { source: 'enclave' })).toContain('nitro-form');
});

describe('refused', () => {
  test.each<[string, Uint8Array, Partial<NitroExpectations>, RegExp]>([
    ['another nonce', signedDocument({ ...fields, nonce: identity }), {}, /^nitro-nonce: it holds b0/],
    ['no nonce', signedDocument({ ...fields, nonce: null }), {}, /^nitro-nonce: it holds none/],
    ['a nonce left out', signedDocument({ ...fields, nonce: undefined }), {}, /^nitro-nonce: it holds none/],
    ['a relayed identity', signedDocument({ ...fields, user_data: nonce }), {}, /^nitro-identity: it holds a0/],
    [
      'another image',
      signedDocument({ ...fields, nitrotpm_pcrs: registers({ 4: filled(5) }) }),
      {},
      /^nitro-pcrs: PCR 4 is 0505/,
    ],
    [
      'another command line or a credential file',
      signedDocument({ ...fields, nitrotpm_pcrs: registers({ 12: filled(5) }) }),
      {},
      /^nitro-pcrs: PCR 12 is 0505/,
    ],
    ['a register that is missing', genuine, { pcrs: new Map([[9, filled(0)]]) }, /^nitro-pcrs: PCR 9 is missing/],
    ['a verifier that expects nothing', genuine, { pcrs: new Map() }, /^nitro-pcrs: no value is known/],
    ['six minutes old', genuine, { now: nitroTime + 360 }, /^nitro-time: made 360 seconds/],
    ['from the future', genuine, { now: nitroTime - 360 }, /^nitro-time: made -360 seconds/],
    [
      'a time at which its certificates were not valid any more',
      signedDocument({ ...fields, timestamp: BigInt(nitroTime + 7201) * 1000n }),
      { now: nitroTime + 7201 },
      /^nitro-chain: certificate 0 .*expired/,
    ],
    [
      'a time before its certificates',
      signedDocument({ ...fields, timestamp: BigInt(nitroTime - 3601) * 1000n }),
      { now: nitroTime - 3601 },
      /^nitro-chain: certificate 0 .*not yet valid/,
    ],
    ['the root of AWS, where this is not it', genuine, { roots: [nitroRootG1] }, /^nitro-root: /],
    ['no root', genuine, { roots: [] }, /^nitro-root: /],
    [
      'a bundle whose first certificate is another’s root',
      signedDocument({ ...fields, cabundle: [mockNitro(9).rootCertificate, ...nitro.cabundle.slice(1)] }),
      {},
      /^nitro-root: /,
    ],
    [
      'a whole bundle under another’s root, with ours in front',
      signedDocument({
        ...fields,
        cabundle: [nitro.rootCertificate, ...mockNitro(9).cabundle.slice(1)],
        certificate: mockNitro(9).certificate,
      }),
      {},
      /^nitro-chain: /,
    ],
    [
      'a bundle from the wrong end',
      signedDocument({ ...fields, cabundle: nitro.cabundle.toReversed() }),
      {},
      /^nitro-root: /,
    ],
    [
      'a bundle with two in the wrong order',
      signedDocument({
        ...fields,
        cabundle: [nitro.cabundle[0], nitro.cabundle[2], nitro.cabundle[1]].filter((c) => c !== undefined),
      }),
      {},
      /^nitro-chain: .*its issuer is CN=instance/,
    ],
    [
      'a bundle with one too many',
      signedDocument({ ...fields, cabundle: [nitro.rootCertificate, ...nitro.cabundle] }),
      {},
      /^nitro-chain: /,
    ],
    [
      'a bundle with one too few',
      signedDocument({ ...fields, cabundle: nitro.cabundle.slice(0, 2) }),
      {},
      /^nitro-chain: /,
    ],
    [
      'the certificate of somebody else below the same authority',
      signedDocument({ ...fields, certificate: nitro.certificates.byTheRegion }),
      {},
      /^nitro-chain: .*its issuer is CN=region/,
    ],
    [
      'a certificate that may not sign',
      signedDocument({ ...fields, certificate: nitro.certificates.withoutSigning }),
      {},
      /^nitro-chain: the last certificate may not sign/,
    ],
    [
      'an authority’s certificate',
      signedDocument({ ...fields, certificate: nitro.certificates.ofAnAuthority }),
      {},
      /^nitro-chain: the leaf is an authority/,
    ],
    [
      'registers that are zero, as in debug mode',
      signedDocument({ ...fields, nitrotpm_pcrs: registers({ 4: filled(0), 7: filled(0) }) }),
      { pcrs: new Map([[4, filled(0)]]) },
      /^nitro-measured: PCR 4, 7 zero or missing/,
    ],
    [
      'an algorithm other than ES384',
      signedDocument(fields, encodeCbor(new CborMap([[1n, -7n]]))),
      {},
      /^nitro-form: the protected/,
    ],
    [
      'a second protected header parameter',
      signedDocument(
        fields,
        encodeCbor(
          new CborMap([
            [1n, -35n],
            [4n, 1n],
          ]),
        ),
      ),
      {},
      /^nitro-form: the protected/,
    ],
    ['another digest', signedDocument({ ...fields, digest: 'SHA256' }), {}, /^nitro-form: digest/],
    [
      'a field that it does not have',
      signedDocument({ ...fields, pcrs: registers() }),
      {},
      /^nitro-form: it has a field "pcrs"/,
    ],
    [
      'a short register',
      signedDocument({ ...fields, nitrotpm_pcrs: registers({ 3: new Uint8Array(32) }) }),
      {},
      /^nitro-form: nitrotpm_pcrs: PCR 3/,
    ],
    [
      'a register 32',
      signedDocument({ ...fields, nitrotpm_pcrs: registers({ 32: filled(1) }) }),
      {},
      /^nitro-form: nitrotpm_pcrs: 32 is no register/,
    ],
    ['no certificates', signedDocument({ ...fields, cabundle: [] }), {}, /^nitro-form: cabundle/],
    ['no document', new Uint8Array(), {}, /^nitro-form: /],
  ])('%s', (_, document, change, words) => {
    const blame = blamed(document, change);
    expect(blame).toHaveLength(1);
    expect(blame[0]).toMatch(words);
  });

  test('an unprotected header', () => {
    const parts = decodeSign1(genuine);
    if (!parts.ok) throw new Error(parts.fault);
    const { protectedHeader, payload, signature } = parts.value;
    const odd = encodeCbor([protectedHeader, new CborMap([[4n, 'key']]), payload, signature]);
    expect(blamed(odd)).toEqual(['nitro-form: it has an unprotected header, which nobody signed']);
  });

  test('a signature of zeros, and one with r and s exchanged', () => {
    const parts = decodeSign1(genuine);
    if (!parts.ok) throw new Error(parts.fault);
    const { signature } = parts.value;
    const exchanged = Uint8Array.of(...signature.subarray(48), ...signature.subarray(0, 48));
    for (const wrong of [new Uint8Array(96), exchanged]) {
      expect(blamed(encodeSign1({ ...parts.value, signature: wrong }))).toEqual([
        'nitro-signature: it is not by the key of the last certificate',
      ]);
    }
  });

  test('every prefix, and whatever follows', () => {
    for (let length = 0; length < genuine.length; length += 7) {
      expect(decodeNitroDocument(genuine.subarray(0, length), 'nitrotpm').ok).toBe(false);
    }
    expect(failing(Uint8Array.of(...genuine, 0))).toContain('nitro-form');
  });

  test('any bit that is turned', () => {
    fc.assert(
      fc.property(fc.nat({ max: genuine.length * 8 - 1 }), (bit) => {
        const turned = genuine.slice();
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(failing(turned)).not.toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

test('any bytes: a list with every check, and no exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const checks = verifyNitroDocument(bytes, expected);
      expect(checks).toHaveLength(9);
      expect(allPassed(checks)).toBe(false);
    }),
  );
});

test('the request is as the Nitro Security Module wants it, and its answers are read at the head of what they stand in', () => {
  expect(bytesToHex(encodeNitroRequest(Uint8Array.of(1), Uint8Array.of(2)))).toBe(
    // {"Attestation": {"user_data": h'01', "nonce": h'02', "public_key": null}}
    'a16b4174746573746174696f6ea369757365725f646174614101656e6f6e636541026a7075626c69635f6b6579f6',
  );
  const answer = encodeCbor(new CborMap([['Attestation', new CborMap([['document', genuine]])]]));
  expect(decodeNitroResponse(Uint8Array.of(...answer, 0xff, 0xff))).toEqual({ ok: true, value: genuine });
  expect(decodeNitroResponse(encodeCbor(new CborMap([['Error', 'InvalidArgument']])))).toEqual({
    ok: false,
    fault: 'it answers "InvalidArgument"',
  });
  expect(decodeNitroResponse(new Uint8Array(64).fill(0xff)).ok).toBe(false);
});
