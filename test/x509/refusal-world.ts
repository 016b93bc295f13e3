import type { Certificate, PathRequest } from '../../service/x509/index.ts';
import {
  algorithms,
  authority,
  bitString,
  decoded,
  entity,
  extensions,
  integer,
  issued,
  type key,
  leafExtensions,
  NULL,
  now,
  oid,
  type Parts,
  role,
  sequence,
  spkiOf,
  tlv,
} from './certificate-builder.ts';

/* What the provocations of every refusal are made of. */

export const ca = entity('BTC Piñata CA', 1);
export const leafEntity = entity('server', 2);
export const foreignCa = entity('Google Internal SNAX Authority', 3);
export const hacker = entity('hacker', 4);
export const subCa = entity('sub CA', 5);

export const caDer = authority(ca, ca, 0);
export const anchor = decoded(caDer);
export const goodExtensions = leafExtensions('server.pinata.test');
export const genuine = issued(leafEntity, ca, goodExtensions);

export const request: PathRequest = {
  anchor,
  now,
  purpose: 'serverAuth',
  roleKeyPurpose: role,
  dnsName: 'server.pinata.test',
};

export interface Provocation {
  /** What is wrong. */
  readonly what: string;
  readonly chain: readonly (Uint8Array | Certificate)[];
  readonly request?: Partial<PathRequest>;
  /** The index that is blamed. */
  readonly certificate?: number;
}

/** A leaf of the authority with something changed. */
export const leafWith = (change: Partial<Parts>): Uint8Array => issued(leafEntity, ca, goodExtensions, change);

/** A leaf of the authority that carries `replacement` instead of the right extension at `index` of leafExtensions. */
export const leafWithExtension = (index: number, ...replacement: readonly Uint8Array[]): Uint8Array =>
  issued(leafEntity, ca, [...goodExtensions.slice(0, index), ...replacement, ...goodExtensions.slice(index + 1)]);

export const leafAlso = (...more: readonly Uint8Array[]): Uint8Array =>
  issued(leafEntity, ca, [...goodExtensions, ...more]);

/** The trust anchor's own key under a changed certificate: what it signed is still right. */
export const anchoredBy = (der: Uint8Array): Partial<PathRequest> => ({ anchor: decoded(der) });

export const rsaSpki = (
  bytes: number,
  exponent: Uint8Array,
  algorithm = '1.2.840.113549.1.1.1',
  lowest = 1,
): Uint8Array => {
  const modulus = new Uint8Array(bytes).fill(0xff);
  modulus[bytes - 1] = 0xfe | lowest;
  return sequence(sequence(oid(algorithm), NULL), bitString(sequence(tlv(0x02, Uint8Array.of(0), modulus), exponent)));
};
export const e65537 = integer(1, 0, 1);

export const pss = (hash: string, mask: string, salt: number): Uint8Array =>
  sequence(
    oid('1.2.840.113549.1.1.10'),
    sequence(
      tlv(0xa0, sequence(oid(hash), NULL)),
      tlv(0xa1, sequence(oid('1.2.840.113549.1.1.8'), sequence(oid(mask), NULL))),
      tlv(0xa2, integer(salt)),
    ),
  );
export const sha256 = '2.16.840.1.101.3.4.2.1';
export const sha1 = '1.3.14.3.2.26';

export const flipped = (der: Uint8Array, at: number): Uint8Array =>
  der.map((octet, i) => (i === at ? octet ^ 1 : octet));

export function constrained(
  permitted: readonly Uint8Array[],
  excluded: readonly Uint8Array[] = [],
): Partial<PathRequest> {
  return anchoredBy(authority(ca, ca, 0, extensions.nameConstraints(permitted, excluded)));
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** tbsCertificate, signatureAlgorithm and signatureValue as they stand. */
export function parts(der: Uint8Array): readonly Uint8Array[] {
  const { tbsCertificate, signature } = decoded(der);
  return [tbsCertificate, algorithms.ecdsaWithSha256, bitString(signature)];
}

export function swappedSpki(der: Uint8Array): Uint8Array {
  const { tbsCertificate, subjectPublicKeyInfo } = decoded(der);
  const other = spkiOf(hacker.key);
  const at = tbsCertificate.findIndex((_, i) =>
    subjectPublicKeyInfo.every((octet, k) => tbsCertificate[i + k] === octet),
  );
  return new Uint8Array([...tbsCertificate.subarray(0, at), ...other, ...tbsCertificate.subarray(at + other.length)]);
}

export function pointOf({ publicKey }: ReturnType<typeof key>): Uint8Array {
  if (publicKey.algorithm !== 'ecdsa') throw new Error('a P-256 key was meant');
  return publicKey.point;
}

export function compressed(point: Uint8Array): Uint8Array {
  return Uint8Array.of(2 + ((point[64] ?? 0) & 1), ...point.subarray(1, 33));
}

export function rsaOf2052Bits(): Uint8Array {
  const modulus = new Uint8Array(257).fill(0xff);
  modulus[0] = 0x0f;
  return sequence(sequence(oid('1.2.840.113549.1.1.1'), NULL), bitString(sequence(tlv(0x02, modulus), e65537)));
}
