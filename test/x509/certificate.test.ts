import { join } from 'node:path';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import * as pkijs from 'pkijs';
import { describe, expect, it } from 'vitest';
import { decodeCertificate, distinguishedNameText } from '../../service/x509/index.ts';
import { required } from '../support/required.ts';
import {
  authority,
  decoded,
  directoryName,
  dnsName,
  entity,
  extensions,
  integer,
  iPAddress,
  issued,
  key,
  leafExtensions,
  name,
  now,
  role,
  sequence,
  serverAuth,
  spkiOf,
  tlv,
  utf8String,
} from './certificate-builder.ts';
import { filesOfTar } from './tar.ts';

const ca = entity('BTC Piñata CA', 1);
const leaf = entity('server', 2);
const names = [
  dnsName('Server.Pinata.TEST'),
  dnsName('*.pinata.test'),
  iPAddress(127, 0, 0, 1),
  directoryName(name('somebody')),
];
const der = issued(leaf, ca, [...leafExtensions('x.test').slice(0, 3), extensions.subjectAltName(...names)]);
const caDer = authority(
  ca,
  ca,
  0,
  extensions.nameConstraints([dnsName('pinata.test')], [iPAddress(10, 0, 0, 0, 255, 0, 0, 0)]),
);

describe('decodeCertificate', () => {
  it('reads a leaf', () => {
    const certificate = decoded(der);
    expect(certificate).toMatchObject({
      version: 3,
      serialNumber: Uint8Array.of(1),
      issuer: ca.name,
      subject: leaf.name,
      notBefore: now - 86_400,
      notAfter: now + 86_400,
      subjectPublicKeyInfo: spkiOf(leaf.key),
      publicKey: leaf.key.publicKey,
      signatureAlgorithm: { type: 'ecdsa', hash: 'sha256' },
      extensions: {
        basicConstraints: { critical: true, cA: false, pathLenConstraint: undefined },
        keyUsage: ['digitalSignature'],
        extKeyUsage: [serverAuth, role],
        subjectAltName: {
          critical: false,
          names: [
            { form: 'dNSName', name: 'server.pinata.test' },
            { form: 'dNSName', name: '*.pinata.test' },
            { form: 'iPAddress', address: Uint8Array.of(127, 0, 0, 1) },
            { form: 'directoryName', name: name('somebody') },
          ],
        },
        subjectKeyIdentifier: leaf.identifier,
        authorityKeyIdentifier: { keyIdentifier: ca.identifier },
        nameConstraints: undefined,
        unknownCritical: [],
      },
    });
    expect(certificate.der).toEqual(der);
  });

  it('reads an authority', () => {
    expect(decoded(caDer).extensions).toMatchObject({
      basicConstraints: { critical: true, cA: true, pathLenConstraint: 0 },
      keyUsage: ['keyCertSign'],
      nameConstraints: {
        permitted: [{ form: 'dNSName', base: 'pinata.test' }],
        excluded: [{ form: 'iPAddress', address: Uint8Array.of(10, 0, 0, 0), mask: Uint8Array.of(255, 0, 0, 0) }],
      },
    });
  });

  it('keeps a copy: what becomes of the input later changes nothing', () => {
    const input = Buffer.from(der);
    const certificate = decoded(input);
    input.fill(0);
    expect(certificate.der).toEqual(der);
    expect(certificate.subject).toEqual(leaf.name);
  });

  it('agrees with pkijs on what both read', () => {
    for (const bytes of [der, caDer]) {
      const ours = decoded(bytes);
      const theirs = pkijs.Certificate.fromBER(new Uint8Array(bytes).buffer);
      expect(new Uint8Array(theirs.subject.toSchema().toBER())).toEqual(ours.subject);
      expect(new Uint8Array(theirs.issuer.toSchema().toBER())).toEqual(ours.issuer);
      expect(new Uint8Array(theirs.subjectPublicKeyInfo.toSchema().toBER())).toEqual(ours.subjectPublicKeyInfo);
      expect(new Uint8Array(theirs.tbsView)).toEqual(ours.tbsCertificate);
      expect(theirs.notBefore.value.getTime()).toBe(ours.notBefore * 1000);
      expect(theirs.notAfter.value.getTime()).toBe(ours.notAfter * 1000);
    }
  });

  it('refuses every strict prefix and every extension by one byte', () => {
    for (let length = 0; length < der.length; length++) {
      expect(decodeCertificate(der.subarray(0, length))).toMatchObject({
        ok: false,
        fault: { reason: 'der_malformed' },
      });
    }
    for (let octet = 0; octet < 256; octet++) {
      const extended = concatBytes(der, Uint8Array.of(octet));
      expect(decodeCertificate(extended)).toMatchObject({ ok: false, fault: { reason: 'der_malformed' } });
    }
  });

  it('never throws on a certificate with bytes changed, cut out or put in', () => {
    const position = fc.integer({ min: 0, max: der.length - 1 });
    const change = fc.record({
      at: position,
      remove: fc.integer({ min: 0, max: 3 }),
      insert: fc.uint8Array({ maxLength: 3 }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(der, caDer),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (original, changes) => {
          let bytes = original;
          for (const { at, remove, insert } of changes) {
            bytes = concatBytes(bytes.subarray(0, at), insert, bytes.subarray(at + remove));
          }
          const result = decodeCertificate(bytes);
          if (result.ok) expect(result.value.der).toEqual(bytes);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('reads what one changed bit leaves a certificate as other bytes, never as the same content', () => {
    for (let bit = 0; bit < der.length * 8; bit++) {
      const changed = der.map((octet, i) => (i === bit >> 3 ? octet ^ (1 << (bit & 7)) : octet));
      const result = decodeCertificate(changed);
      if (!result.ok) continue;
      const { tbsCertificate, signature } = result.value;
      expect([tbsCertificate, signature]).not.toEqual([decoded(der).tbsCertificate, decoded(der).signature]);
    }
  });
});

const corpora = required.vectors('corpora');

describe.skipIf(corpora.missing)("OpenSSL's corpus of certificates", () => {
  it('makes nothing throw, and what is accepted keeps its bytes', () => {
    const inputs = filesOfTar(join(corpora.path, 'openssl-x509.tar.gz'));
    expect(inputs.length).toBeGreaterThan(500);
    for (const input of inputs) {
      const result = decodeCertificate(input);
      if (result.ok) expect(result.value.der).toEqual(input);
    }
  });
});

describe('distinguishedNameText (RFC 4514)', () => {
  const rdn = (type: Uint8Array, value: Uint8Array): Uint8Array => tlv(0x31, sequence(type, value));
  const cn = tlv(0x06, Uint8Array.of(0x55, 4, 3));
  const country = tlv(0x06, Uint8Array.of(0x55, 4, 6));

  it('puts the most specific first', () => {
    const text = sequence(rdn(country, tlv(0x13, utf8ToBytes('CH'))), rdn(cn, utf8String('Piñata')));
    expect(distinguishedNameText(text)).toBe('CN=Piñata,C=CH');
  });

  it('escapes what would read as another name', () => {
    expect(distinguishedNameText(sequence(rdn(cn, utf8String('a,CN=b+c "\\'))))).toBe('CN=a\\,CN=b\\+c \\"\\\\');
    expect(distinguishedNameText(sequence(rdn(cn, utf8String(' #a '))))).toBe('CN=\\ #a\\ ');
  });

  it('shows an unknown type by its number, and of no name nothing', () => {
    expect(distinguishedNameText(sequence(rdn(tlv(0x06, Uint8Array.of(0x2a, 3)), utf8String('x'))))).toBe('1.2.3=x');
    expect(distinguishedNameText(integer(1))).toBe('');
  });
});

it('keys of the tests are what they are said to be', () => {
  expect(key(1, 'ed25519').publicKey.algorithm).toBe('ed25519');
});
