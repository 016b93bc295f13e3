import {
  algorithms,
  authority,
  bitString,
  boolean,
  dnsName,
  emptyName,
  extension,
  extensions,
  hex,
  integer,
  iPAddress,
  NULL,
  name,
  octetString,
  oid,
  p256Spki,
  sequence,
  tlv,
} from './certificate-builder.ts';
import {
  ascii,
  ca,
  compressed,
  e65537,
  flipped,
  genuine,
  leafAlso,
  leafEntity,
  leafWith,
  leafWithExtension,
  type Provocation,
  parts,
  pointOf,
  pss,
  rsaOf2052Bits,
  rsaSpki,
  sha1,
  sha256,
  subCa,
} from './refusal-world.ts';

/* Certificates that are refused for their own sake, and chains before any path is tried. */

type OfCertificates =
  | 'der_malformed'
  | 'certificate_malformed'
  | 'extension_malformed'
  | 'certificate_extension_duplicate'
  | 'name_malformed'
  | 'serial_number'
  | 'algorithm_mismatch'
  | 'algorithm_forbidden'
  | 'key_unsupported'
  | 'key_too_weak';

export const ofCertificates: Record<OfCertificates, readonly Provocation[]> = {
  der_malformed: [
    { what: 'a byte after the end', chain: [new Uint8Array([...genuine, 0])] },
    { what: 'an indefinite length', chain: [new Uint8Array([0x30, 0x80, ...genuine.subarray(4), 0, 0])] },
    { what: 'a length that is not minimal', chain: [new Uint8Array([0x30, 0x83, 0, ...genuine.subarray(2)])] },
    { what: 'an OID of 254 000 arcs', chain: [leafWith({ subject: name('x', `2.5${'.1'.repeat(254_000)}`) })] },
    { what: 'more than 16 KiB', chain: [new Uint8Array(20_000)] },
  ],
  certificate_malformed: [
    { what: 'a value that is no certificate', chain: [sequence(integer(1))] },
    { what: 'an Extensions without an element', chain: [leafWith({ extensions: tlv(0xa3, sequence()) })] },
    { what: 'version 1 written out', chain: [leafWith({ version: tlv(0xa0, integer(0)), extensions: [] })] },
    {
      what: 'a GeneralizedTime before 2050',
      chain: [leafWith({ validity: sequence(tlv(0x18, ascii('20261120000000Z')), tlv(0x17, ascii('261130000000Z'))) })],
    },
    {
      what: 'critical FALSE written out',
      chain: [leafAlso(sequence(oid('1.2.3'), boolean(false), octetString(NULL)))],
    },
    {
      what: 'a signature of 7 unused bits',
      chain: [sequence(...parts(genuine).slice(0, 2), bitString(Uint8Array.of(0x80), 7))],
    },
  ],
  extension_malformed: [
    {
      what: 'a keyUsage without a bit',
      chain: [leafWithExtension(1, extension('2.5.29.15', bitString(new Uint8Array(0)), true))],
    },
    {
      what: 'a keyUsage with a trailing zero bit',
      chain: [leafWithExtension(1, extension('2.5.29.15', bitString(Uint8Array.of(0x80), 6), true))],
    },
    { what: 'an extKeyUsage without a purpose', chain: [leafWithExtension(2, extension('2.5.29.37', sequence()))] },
    {
      what: 'a subjectAltName that is text',
      chain: [leafWithExtension(3, extension('2.5.29.17', ascii('server.pinata.test')))],
    },
    {
      what: 'basicConstraints with cA FALSE written out',
      chain: [leafWithExtension(0, extension('2.5.29.19', sequence(boolean(false))))],
    },
    {
      what: 'pathLenConstraint without cA',
      chain: [leafWithExtension(0, extension('2.5.29.19', sequence(integer(0))))],
    },
    { what: 'nameConstraints in a leaf', chain: [leafAlso(extensions.nameConstraints([dnsName('pinata.test')]))] },
    { what: 'nameConstraints with both lists empty', chain: [authority(subCa, ca, 0, extensions.nameConstraints([]))] },
    {
      what: 'nameConstraints of an address without mask',
      chain: [authority(subCa, ca, 0, extensions.nameConstraints([iPAddress(127, 0, 0, 1)]))],
    },
    {
      what: 'a mask with a hole',
      chain: [authority(subCa, ca, 0, extensions.nameConstraints([iPAddress(10, 0, 0, 0, 255, 0, 255, 0)]))],
    },
    {
      what: 'a critical subjectKeyIdentifier',
      chain: [leafWith({ extensions: [extension('2.5.29.14', octetString(Uint8Array.of(1)), true)] })],
    },
    {
      what: 'policyConstraints that are not critical',
      chain: [leafAlso(extension('2.5.29.36', sequence(tlv(0x80, Uint8Array.of(0)))))],
    },
    { what: 'an authorityInfoAccess without content', chain: [leafAlso(extension('1.3.6.1.5.5.7.1.1', sequence()))] },
  ],
  certificate_extension_duplicate: [
    { what: 'basicConstraints twice', chain: [leafAlso(extensions.notCa)] },
    { what: 'an unknown extension twice', chain: [leafAlso(extension('1.2.3', NULL), extension('1.2.3', NULL))] },
  ],
  name_malformed: [
    { what: 'an empty subject', chain: [leafWith({ subject: emptyName })] },
    { what: 'an empty issuer', chain: [leafWith({ issuer: emptyName })] },
    { what: 'a NUL in the subject', chain: [leafWith({ subject: name('server\0.evil.test') })] },
    { what: 'text that turns around', chain: [leafWith({ subject: name('\u202etset.atañip') })] },
    { what: 'UTF-8 that is none', chain: [leafWith({ subject: name(tlv(0x0c, hex('c0af'))) })] },
    { what: 'an @ in a PrintableString', chain: [leafWith({ subject: name(tlv(0x13, ascii('hacker@hacker'))) })] },
    {
      what: 'a NUL in a dNSName',
      chain: [leafWithExtension(3, extensions.dnsNames('server.pinata.test\0.evil.test'))],
    },
    { what: 'an underscore in a dNSName', chain: [leafWithExtension(3, extensions.dnsNames('a_b.pinata.test'))] },
    { what: 'a partial wildcard', chain: [leafWithExtension(3, extensions.dnsNames('ser*.pinata.test'))] },
    { what: 'an address as dNSName', chain: [leafWithExtension(3, extensions.dnsNames('127.0.0.1'))] },
    {
      what: 'an iPAddress of 8 octets',
      chain: [leafWithExtension(3, extensions.subjectAltName(iPAddress(127, 0, 0, 0, 255, 0, 0, 0)))],
    },
  ],
  serial_number: [
    { what: 'zero', chain: [leafWith({ serial: integer(0) })] },
    { what: 'negative', chain: [leafWith({ serial: integer(0x80) })] },
    {
      what: '21 octets behind that of the sign',
      chain: [leafWith({ serial: integer(0, ...new Array<number>(21).fill(0x80)) })],
    },
    { what: '21 octets', chain: [leafWith({ serial: integer(...new Array<number>(21).fill(1)) })] },
  ],
  algorithm_mismatch: [
    { what: 'SHA-1 inside, SHA-256 outside', chain: [leafWith({ innerAlgorithm: algorithms.ecdsaWithSha1 })] },
  ],
  algorithm_forbidden: [
    { what: 'SHA-1', chain: [leafWith({ algorithm: algorithms.ecdsaWithSha1 })] },
    { what: 'ECDSA with parameters', chain: [leafWith({ algorithm: sequence(oid('1.2.840.10045.4.3.2'), NULL) })] },
    { what: 'RSA without them', chain: [leafWith({ algorithm: sequence(oid('1.2.840.113549.1.1.11')) })] },
    {
      what: 'PSS with the default, SHA-1',
      chain: [leafWith({ algorithm: sequence(oid('1.2.840.113549.1.1.10'), sequence()) })],
    },
    { what: 'PSS with another hash in the mask', chain: [leafWith({ algorithm: pss(sha256, sha1, 32) })] },
    { what: 'PSS with a short salt', chain: [leafWith({ algorithm: pss(sha256, sha256, 20) })] },
  ],
  key_unsupported: [
    {
      what: 'explicit parameters',
      chain: [
        leafWith({
          spki: sequence(sequence(oid('1.2.840.10045.2.1'), sequence(integer(1))), bitString(pointOf(leafEntity.key))),
        }),
      ],
    },
    {
      what: 'secp256k1',
      chain: [
        leafWith({
          spki: sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.3.132.0.10')), bitString(pointOf(leafEntity.key))),
        }),
      ],
    },
    { what: 'a point off the curve', chain: [leafWith({ spki: p256Spki(flipped(pointOf(leafEntity.key), 64)) })] },
    { what: 'a compressed point', chain: [leafWith({ spki: p256Spki(compressed(pointOf(leafEntity.key))) })] },
    {
      what: 'a hybrid point',
      chain: [leafWith({ spki: p256Spki(pointOf(leafEntity.key).map((octet, i) => (i === 0 ? 6 : octet))) })],
    },
    { what: 'infinity', chain: [leafWith({ spki: p256Spki(Uint8Array.of(0)) })] },
    {
      what: 'an Ed25519 key of small order',
      chain: [leafWith({ spki: sequence(algorithms.ed25519, bitString(Uint8Array.of(1, ...new Uint8Array(31)))) })],
    },
    { what: 'RSA of 2052 bits', chain: [leafWith({ spki: rsaOf2052Bits() })] },
    { what: 'DSA', chain: [leafWith({ spki: sequence(sequence(oid('1.2.840.10040.4.1')), bitString(integer(5))) })] },
  ],
  key_too_weak: [
    { what: 'RSA of 1024 bits', chain: [leafWith({ spki: rsaSpki(128, e65537) })] },
    { what: 'RSA of 16384 bits', chain: [leafWith({ spki: rsaSpki(2048, e65537) })] },
    { what: 'exponent 1', chain: [leafWith({ spki: rsaSpki(256, integer(1)) })] },
    { what: 'an exponent of 2^40 + 1', chain: [leafWith({ spki: rsaSpki(256, integer(1, 0, 0, 0, 0, 1)) })] },
    { what: 'an even modulus', chain: [leafWith({ spki: rsaSpki(256, e65537, undefined, 0) })] },
  ],
};
