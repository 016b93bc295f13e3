import type { RefusalReason } from '../../service/x509/index.ts';
import {
  algorithms,
  authority,
  bitString,
  clientAuth,
  directoryName,
  dnsName,
  extension,
  extensions,
  hex,
  integer,
  iPAddress,
  issued,
  NULL,
  name,
  now,
  oid,
  role,
  sequence,
  serverAuth,
  tlv,
  validityOf,
} from './certificate-builder.ts';
import {
  anchoredBy,
  ascii,
  ca,
  caDer,
  constrained,
  foreignCa,
  genuine,
  goodExtensions,
  hacker,
  leafAlso,
  leafEntity,
  leafWith,
  leafWithExtension,
  type Provocation,
  parts,
  subCa,
  swappedSpki,
} from './refusal-world.ts';
import type { ofCertificates } from './refusals-of-certificates.ts';

/* Certificates that are refused for where they stand: on a path, or as leaf in a role. */

type OfPaths = Exclude<RefusalReason, keyof typeof ofCertificates>;

export const ofPaths: Record<OfPaths, readonly Provocation[]> = {
  path_too_long: [
    { what: 'six certificates', chain: [genuine, ...Array.from({ length: 5 }, () => caDer)], certificate: 5 },
  ],
  version: [
    { what: 'version 1', chain: [leafWith({ version: new Uint8Array(), extensions: [] })] },
    { what: 'version 1 with extensions', chain: [leafWith({ version: new Uint8Array() })] },
    { what: 'version 2', chain: [leafWith({ version: tlv(0xa0, integer(1)), extensions: [] })] },
    { what: 'version 4', chain: [leafWith({ version: tlv(0xa0, integer(3)) })] },
  ],
  expired: [
    { what: 'a leaf a second too old', chain: [leafWith({ validity: validityOf(now - 86_400, now - 1) })] },
    {
      what: 'the anchor',
      chain: [genuine],
      request: anchoredBy(
        issued(ca, ca, [extensions.ca(0), extensions.keyCertSign], { validity: validityOf(now - 10, now - 1) }),
      ),
      certificate: 1,
    },
  ],
  not_yet_valid: [
    { what: 'a leaf a second too young', chain: [leafWith({ validity: validityOf(now + 1) })] },
    { what: 'no clock', chain: [genuine], request: { now: Number.NaN } },
  ],
  self_signed: [
    { what: 'CN=hacker', chain: [issued(hacker, hacker, goodExtensions)] },
    { what: 'as openssl req -x509 makes it', chain: [authority(hacker)] },
    { what: 'the authority itself', chain: [caDer] },
    {
      what: "the authority's name, another key",
      chain: [issued({ ...hacker, name: ca.name }, { ...hacker, name: ca.name }, goodExtensions)],
    },
    {
      what: 'a leaf that the authority gave its own name',
      chain: [issued({ ...leafEntity, name: ca.name }, ca, goodExtensions)],
    },
  ],
  leaf_is_ca: [
    { what: 'of the authority', chain: [authority(leafEntity, ca)] },
    { what: 'of a foreign authority', chain: [authority(hacker, foreignCa), authority(foreignCa)] },
  ],

  no_trust_anchor: [
    { what: 'no certificate', chain: [] },
    { what: 'a leaf of a foreign authority', chain: [issued(hacker, foreignCa, goodExtensions)] },
    {
      what: 'with that authority',
      chain: [issued(hacker, foreignCa, goodExtensions), authority(foreignCa)],
      certificate: 1,
    },
    {
      what: 'with that authority and ours',
      chain: [issued(hacker, foreignCa, goodExtensions), authority(foreignCa), caDer],
      certificate: 1,
    },
  ],
  issuer_subject_mismatch: [
    { what: 'a leaf beside the genuine chain', chain: [issued(hacker, foreignCa, goodExtensions), genuine, caDer] },
    { what: 'a leaf beside the authority', chain: [issued(hacker, foreignCa, goodExtensions), caDer] },
  ],
  key_identifier_mismatch: [
    {
      what: "the authority's name, another key, and that key's identifier",
      chain: [issued(hacker, { ...foreignCa, name: ca.name }, goodExtensions)],
    },
    {
      what: 'with the clone of the authority',
      certificate: 1,
      chain: [
        issued(hacker, { ...foreignCa, name: ca.name }, goodExtensions),
        authority({ ...foreignCa, name: ca.name }, undefined, 0),
      ],
    },
    { what: 'no authorityKeyIdentifier', chain: [leafWith({ extensions: goodExtensions })] },
    {
      what: 'an anchor without subjectKeyIdentifier',
      chain: [genuine],
      request: anchoredBy(issued(ca, ca, [], { extensions: [extensions.ca(0), extensions.keyCertSign] })),
      certificate: 1,
    },
  ],
  issuer_not_ca: [
    {
      what: 'a leaf by a genuine leaf',
      chain: [issued(hacker, leafEntity, goodExtensions), genuine, caDer],
      certificate: 1,
    },
    {
      what: 'basicConstraints not critical',
      chain: [genuine],
      request: anchoredBy(issued(ca, ca, [extensions.ca(0, false), extensions.keyCertSign])),
      certificate: 1,
    },
    {
      what: 'no basicConstraints',
      chain: [genuine],
      request: anchoredBy(issued(ca, ca, [extensions.keyCertSign])),
      certificate: 1,
    },
  ],
  issuer_key_usage: [
    {
      what: 'keyUsage without keyCertSign',
      chain: [genuine],
      request: anchoredBy(issued(ca, ca, [extensions.ca(0), extensions.digitalSignature])),
      certificate: 1,
    },
  ],
  path_length_exceeded: [
    {
      what: 'an intermediate under pathLenConstraint 0',
      chain: [issued(leafEntity, subCa, goodExtensions), authority(subCa, ca)],
      certificate: 2,
    },
    {
      what: 'an intermediate where none was asked for',
      chain: [issued(leafEntity, subCa, goodExtensions), authority(subCa, ca)],
      request: { ...anchoredBy(authority(ca)), maxPathLength: 0 },
    },
  ],
  unknown_critical_extension: [
    { what: 'in the leaf', chain: [leafAlso(extension('1.3.6.1.4.1.55738.666.1', NULL, true))] },
    {
      what: 'certificatePolicies',
      chain: [leafAlso(extension('2.5.29.32', sequence(sequence(oid('2.5.29.32.0'))), true))],
    },
    {
      what: 'in the anchor',
      chain: [genuine],
      request: anchoredBy(authority(ca, ca, 0, extension('1.2.3', NULL, true))),
      certificate: 1,
    },
  ],
  name_constraints: [
    { what: 'a name outside', chain: [genuine], request: constrained([dnsName('other.test')]) },
    {
      what: 'a name within what is excluded',
      chain: [genuine],
      request: constrained([dnsName('test')], [dnsName('pinata.test')]),
    },
    {
      what: 'a wildcard that can be what is excluded',
      chain: [leafWithExtension(3, extensions.dnsNames('server.pinata.test', '*.pinata.test'))],
      request: constrained([], [dnsName('web.pinata.test')]),
    },
    {
      what: 'an address outside',
      chain: [leafWithExtension(3, extensions.subjectAltName(dnsName('server.pinata.test'), iPAddress(127, 0, 0, 2)))],
      request: constrained([iPAddress(127, 0, 0, 1, 255, 255, 255, 255)]),
    },
    { what: 'a subject outside', chain: [genuine], request: constrained([directoryName(name('somebody else'))]) },
    {
      what: 'a subject that is excluded but for its case and encoding',
      chain: [leafWith({ subject: name(tlv(0x13, ascii('SERVER'))) })],
      request: constrained([], [directoryName(name('server'))]),
    },
    {
      what: 'a form of name that is not read',
      chain: [
        leafWithExtension(
          3,
          extensions.subjectAltName(dnsName('server.pinata.test'), tlv(0x81, ascii('a@pinata.test'))),
        ),
      ],
      request: constrained([tlv(0x81, ascii('pinata.test'))]),
    },
    {
      what: 'an address in the subject',
      chain: [leafWith({ subject: name(tlv(0x16, ascii('a@evil.test')), '1.2.840.113549.1.9.1') })],
      request: constrained([], [tlv(0x81, ascii('pinata.test'))]),
    },
    {
      what: 'more comparisons than are made',
      chain: [
        leafWithExtension(
          3,
          extensions.dnsNames('server.pinata.test', ...Array.from({ length: 200 }, (_, i) => `a${i}.test`)),
        ),
      ],
      request: constrained(
        [],
        Array.from({ length: 200 }, (_, i) => dnsName(`b${i}.example`)),
      ),
    },
  ],
  leaf_key_usage: [
    { what: 'keyEncipherment alone', chain: [leafWithExtension(1, extensions.keyEncipherment)] },
    { what: 'keyCertSign', chain: [leafWithExtension(1, extensions.keyCertSign)] },
  ],
  extended_key_usage: [
    { what: "a client's certificate", chain: [leafWithExtension(2, extensions.extKeyUsage(clientAuth, role))] },
    { what: 'any purpose', chain: [leafWithExtension(2, extensions.extKeyUsage('2.5.29.37.0', role))] },
    { what: 'none', chain: [leafWithExtension(2)] },
    {
      what: 'an anchor for clients',
      chain: [genuine],
      request: anchoredBy(authority(ca, ca, 0, extensions.extKeyUsage(clientAuth))),
      certificate: 1,
    },
  ],
  role_key_purpose: [
    { what: 'the standard purpose alone', chain: [leafWithExtension(2, extensions.extKeyUsage(serverAuth))] },
    { what: 'that of another role', chain: [leafWithExtension(2, extensions.extKeyUsage(serverAuth, `${role}.1`))] },
  ],
  name_mismatch: [
    { what: 'another name', chain: [leafWithExtension(3, extensions.dnsNames('client.pinata.test'))] },
    { what: 'no subjectAltName', chain: [leafWithExtension(3)] },
    {
      what: 'the name as common name alone',
      chain: [issued({ ...leafEntity, name: name('server.pinata.test') }, ca, goodExtensions.slice(0, 3))],
    },
    {
      what: 'a wildcard for two labels',
      chain: [leafWithExtension(3, extensions.dnsNames('*.pinata.test'))],
      request: { dnsName: 'a.b.pinata.test' },
    },
    { what: 'a name that is none', chain: [genuine], request: { dnsName: '*.pinata.test' } },
    { what: 'an address as name', chain: [genuine], request: { ipAddress: '127.0.0.1' } },
  ],
  bad_signature: [
    { what: 'our certificate with another key', chain: [sequence(swappedSpki(genuine), ...parts(genuine).slice(1))] },
    { what: 'a signature zeroed out', chain: [sequence(...parts(genuine).slice(0, 2), bitString(new Uint8Array(70)))] },
    { what: 'r and s of 0', chain: [leafWith({ signature: hex('3006020100020100') })] },
    { what: 'no signature', chain: [leafWith({ signature: new Uint8Array() })] },
    { what: "another key under the authority's name and identifier", chain: [leafWith({ signer: hacker.key })] },
    {
      what: 'another key, and no authorityKeyIdentifier',
      chain: [leafWith({ signer: hacker.key, extensions: goodExtensions })],
    },
    { what: 'a type of signature that is not of the key', chain: [leafWith({ algorithm: algorithms.ed25519 })] },
  ],
};
