import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Certificate, decodeCertificate, generatePrivateKey, type PrivateKey } from '../../x509/index.ts';
import { timeText } from '../../x509/time.ts';

/*
 * Certificates by hand, right or wrong in one place: what an encoder of certificates would refuse to write. It shares no
 * code with the decoder but the form of times.
 */

/** One value of BER with a minimal definite length. */
export function tlv(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(...contents);
  const { length } = content;
  const head =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : length < 0x10000
          ? [0x82, length >> 8, length & 255]
          : [];
  if (head.length === 0)
    return concatBytes(Uint8Array.of(tag, 0x83, length >> 16, (length >> 8) & 255, length & 255), content);
  return concatBytes(Uint8Array.of(tag, ...head), content);
}

export const sequence = (...contents: readonly Uint8Array[]): Uint8Array => tlv(0x30, ...contents);
export const octetString = (content: Uint8Array): Uint8Array => tlv(0x04, content);
export const bitString = (content: Uint8Array, unused = 0): Uint8Array => tlv(0x03, Uint8Array.of(unused), content);
export const integer = (...octets: readonly number[]): Uint8Array => tlv(0x02, Uint8Array.from(octets));
export const boolean = (value: boolean): Uint8Array => tlv(0x01, Uint8Array.of(value ? 0xff : 0));
export const NULL = tlv(0x05);
export const utf8String = (text: string): Uint8Array => tlv(0x0c, utf8ToBytes(text));

export function oid(dotted: string): Uint8Array {
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt);
  const octets = [first * 40n + second, ...rest].flatMap((arc) => {
    const digits = [Number(arc & 127n)];
    for (let high = arc >> 7n; high > 0n; high >>= 7n) digits.unshift(Number(high & 127n) | 0x80);
    return digits;
  });
  return tlv(0x06, Uint8Array.from(octets));
}

/** A Name of one common name, or of one value made elsewhere. */
export const name = (value: string | Uint8Array, type = '2.5.4.3'): Uint8Array =>
  sequence(tlv(0x31, sequence(oid(type), typeof value === 'string' ? utf8String(value) : value)));

export const emptyName = sequence();

export const extension = (extnID: string, value: Uint8Array, critical = false): Uint8Array =>
  sequence(oid(extnID), ...(critical ? [boolean(true)] : []), octetString(value));

/** Extensions by name, each as its value's DER; see RFC 5280 §4.2.1. */
export const extensions = {
  ca: (pathLen?: number, critical = true): Uint8Array =>
    extension('2.5.29.19', sequence(boolean(true), ...(pathLen === undefined ? [] : [integer(pathLen)])), critical),
  notCa: extension('2.5.29.19', sequence(), true),
  keyCertSign: extension('2.5.29.15', bitString(Uint8Array.of(0x04), 2), true),
  digitalSignature: extension('2.5.29.15', bitString(Uint8Array.of(0x80), 7), true),
  keyEncipherment: extension('2.5.29.15', bitString(Uint8Array.of(0x20), 5), true),
  extKeyUsage: (...purposes: readonly string[]): Uint8Array => extension('2.5.29.37', sequence(...purposes.map(oid))),
  subjectAltName: (...names: readonly Uint8Array[]): Uint8Array => extension('2.5.29.17', sequence(...names)),
  dnsNames: (...names: readonly string[]): Uint8Array => extensions.subjectAltName(...names.map(dnsName)),
  nameConstraints: (permitted: readonly Uint8Array[], excluded: readonly Uint8Array[] = []): Uint8Array => {
    const subtrees = (tag: number, bases: readonly Uint8Array[]): readonly Uint8Array[] =>
      bases.length === 0 ? [] : [tlv(tag, ...bases.map((base) => sequence(base)))];
    return extension('2.5.29.30', sequence(...subtrees(0xa0, permitted), ...subtrees(0xa1, excluded)), true);
  },
  subjectKeyIdentifier: (identifier: Uint8Array): Uint8Array => extension('2.5.29.14', octetString(identifier)),
  authorityKeyIdentifier: (identifier: Uint8Array): Uint8Array =>
    extension('2.5.29.35', sequence(tlv(0x80, identifier))),
} as const;

/** GeneralNames */
export const dnsName = (text: string): Uint8Array => tlv(0x82, utf8ToBytes(text));
export const iPAddress = (...octets: readonly number[]): Uint8Array => tlv(0x87, Uint8Array.from(octets));
export const directoryName = (value: Uint8Array): Uint8Array => tlv(0xa4, value);
export const rfc822Name = (text: string): Uint8Array => tlv(0x81, utf8ToBytes(text));

/** AlgorithmIdentifiers */
export const algorithms = {
  ecdsaWithSha256: sequence(oid('1.2.840.10045.4.3.2')),
  ecdsaWithSha1: sequence(oid('1.2.840.10045.4.1')),
  ed25519: sequence(oid('1.3.101.112')),
  sha256WithRSA: sequence(oid('1.2.840.113549.1.1.11'), NULL),
} as const;

export const serverAuth = '1.3.6.1.5.5.7.3.1';
export const clientAuth = '1.3.6.1.5.5.7.3.2';

export const p256Spki = (point: Uint8Array): Uint8Array =>
  sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')), bitString(point));

export interface Parts {
  readonly version?: Uint8Array;
  readonly serial?: Uint8Array;
  readonly innerAlgorithm?: Uint8Array;
  readonly algorithm?: Uint8Array;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly validity?: Uint8Array;
  readonly spki: Uint8Array;
  readonly extensions: readonly Uint8Array[] | Uint8Array;
  /** Instead of a signature by `signer`. */
  readonly signature?: Uint8Array;
  readonly signer: PrivateKey;
}

export const version3 = tlv(0xa0, integer(2));

export const time = (seconds: number): Uint8Array =>
  tlv(seconds < 2_524_608_000 ? 0x17 : 0x18, utf8ToBytes(timeText(seconds)));

/** The time of the tests: 2026-11-21. Certificates run from a day before to a day after. */
export const now = 1_795_219_200;
export const day = 86_400;

export const validityOf = (notBefore = now - day, notAfter = now + day): Uint8Array =>
  sequence(time(notBefore), time(notAfter));

/** Signs and encodes; ECDSA with P-256 and SHA-256 unless `algorithm` says otherwise. */
export function build(parts: Parts): Uint8Array {
  const algorithm = parts.algorithm ?? algorithms.ecdsaWithSha256;
  const list = parts.extensions instanceof Uint8Array ? parts.extensions : explicitExtensions(parts.extensions);
  const tbs = sequence(
    parts.version ?? version3,
    parts.serial ?? integer(1),
    parts.innerAlgorithm ?? algorithm,
    parts.issuer,
    parts.validity ?? validityOf(),
    parts.subject,
    parts.spki,
    list,
  );
  return sequence(tbs, algorithm, bitString(parts.signature ?? parts.signer.sign(tbs)));
}

const explicitExtensions = (list: readonly Uint8Array[]): Uint8Array =>
  list.length === 0 ? new Uint8Array() : tlv(0xa3, sequence(...list));

/** A key that is the same in every run. */
export function key(seed: number, type: 'P-256' | 'ed25519' = 'P-256'): PrivateKey {
  return generatePrivateKey(type, new Uint8Array(type === 'P-256' ? 48 : 32).fill(seed));
}

export function spkiOf({ publicKey }: PrivateKey): Uint8Array {
  if (publicKey.algorithm === 'ecdsa') return p256Spki(publicKey.point);
  if (publicKey.algorithm === 'ed25519') return sequence(algorithms.ed25519, bitString(publicKey.key));
  throw new Error('keys of the tests are P-256 or Ed25519');
}

/** An identity of the tests: a name, a key, and the key identifier that its seed makes. */
export interface Entity {
  readonly name: Uint8Array;
  readonly key: PrivateKey;
  readonly identifier: Uint8Array;
}

export const entity = (commonName: string, seed: number): Entity => ({
  name: name(commonName),
  key: key(seed),
  identifier: new Uint8Array(20).fill(seed),
});

const algorithmOf = ({ publicKey }: PrivateKey): Uint8Array =>
  publicKey.algorithm === 'ed25519' ? algorithms.ed25519 : algorithms.ecdsaWithSha256;

/** A certificate for `subject` by `issuer`, with both key identifiers and what else is in `list`; `change` comes last. */
export const issued = (
  subject: Entity,
  issuer: Entity,
  list: readonly Uint8Array[],
  change: Partial<Parts> = {},
): Uint8Array =>
  build({
    issuer: issuer.name,
    subject: subject.name,
    spki: spkiOf(subject.key),
    signer: issuer.key,
    algorithm: algorithmOf(issuer.key),
    extensions: [
      ...list,
      extensions.subjectKeyIdentifier(subject.identifier),
      extensions.authorityKeyIdentifier(issuer.identifier),
    ],
    ...change,
  });

export const authority = (
  subject: Entity,
  issuer: Entity = subject,
  pathLen?: number,
  ...more: readonly Uint8Array[]
): Uint8Array => issued(subject, issuer, [extensions.ca(pathLen), extensions.keyCertSign, ...more]);

/** What a leaf of the tests carries, but for its key identifiers. */
export const leafExtensions = (...dnsNames: readonly string[]): readonly Uint8Array[] => [
  extensions.notCa,
  extensions.digitalSignature,
  extensions.extKeyUsage(serverAuth, role),
  extensions.dnsNames(...dnsNames),
];

export const role = '2.25.42095045963457113556817268850454953073.1';

export function decoded(der: Uint8Array): Certificate {
  const result = decodeCertificate(der);
  if (!result.ok) throw new Error(`${result.fault.reason}: ${result.fault.detail}`);
  return result.value;
}

export const hex = hexToBytes;
