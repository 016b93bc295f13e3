import { bytesToHex } from '@noble/hashes/utils.js';
import { type Certificate, certificateFields, decodeCertificate, distinguishedNameText } from '../x509/index.ts';
import type { Annotation } from './annotation.ts';

/** What a certificate says of itself (RFC 5280 §4.1), in words. Whoever made it chose them: still to be escaped for HTML. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  readonly version: number;
  readonly serialNumber: string;
  /** Seconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: string;
  readonly signatureAlgorithm: string;
  readonly extensions: readonly { readonly name: string; readonly value: string }[];
}

export type CertificateReading =
  | ({ readonly type: 'read' } & CertificateFacts)
  /** Refused before any path was looked at. */
  | { readonly type: 'unreadable'; readonly reason: string; readonly detail: string };

/** Reads the bytes that a Certificate message held (RFC 9846 §4.4.2). Total: they may be no DER. */
export function readCertificate(der: Uint8Array): CertificateReading {
  const decoded = decodeCertificate(der);
  if (!decoded.ok) return { type: 'unreadable', ...decoded.fault };
  const { subject, issuer, version, serialNumber, notBefore, notAfter } = decoded.value;
  return {
    type: 'read',
    subject: distinguishedNameText(subject),
    issuer: distinguishedNameText(issuer),
    version,
    serialNumber: bytesToHex(serialNumber),
    notBefore,
    notAfter,
    publicKey: publicKeyText(decoded.value.publicKey),
    signatureAlgorithm: signatureText(decoded.value.signatureAlgorithm),
    extensions: extensionTexts(decoded.value.extensions),
  };
}

/** What each byte of it is (RFC 5280 §4.1), also of one that is refused, as far as it is DER. */
export const explainCertificate = (der: Uint8Array): Annotation => certificateFields(der, 0);

function publicKeyText(key: Certificate['publicKey']): string {
  switch (key.algorithm) {
    case 'ecdsa':
      return `ECDSA, ${key.curve}`;
    case 'ed25519':
      return 'Ed25519';
    case 'rsa':
      return `RSA, ${key.bits} bits`;
    case 'rsa_pss':
      return `RSA-PSS, ${key.bits} bits`;
  }
}

function signatureText(algorithm: Certificate['signatureAlgorithm']): string {
  switch (algorithm.type) {
    case 'ed25519':
      return 'Ed25519';
    case 'ecdsa':
      return `ECDSA with ${algorithm.hash}`;
    case 'rsa_pkcs1':
      return `RSA PKCS#1 with ${algorithm.hash}`;
    case 'rsa_pss':
      return `RSA-PSS with ${algorithm.hash}`;
  }
}

/** Those of RFC 5280 §4.2 that a rule of ours reads. */
function extensionTexts(extensions: Certificate['extensions']): CertificateFacts['extensions'] {
  const { basicConstraints, keyUsage, extKeyUsage, subjectAltName, subjectKeyIdentifier } = extensions;
  const { authorityKeyIdentifier, nameConstraints, unknownCritical } = extensions;
  const text = (name: string, value: string | undefined) => (value === undefined ? [] : [{ name, value }]);
  const hex = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : bytesToHex(bytes));
  return [
    ...text('basicConstraints', basicConstraints === undefined ? undefined : constraintsText(basicConstraints)),
    ...text('keyUsage', keyUsage?.join(', ')),
    ...text('extKeyUsage', extKeyUsage?.join(', ')),
    ...text('subjectAltName', subjectAltName?.names.map(nameText).join(', ')),
    ...text('nameConstraints', nameConstraints === undefined ? undefined : 'present'),
    ...text('subjectKeyIdentifier', hex(subjectKeyIdentifier)),
    ...text('authorityKeyIdentifier', hex(authorityKeyIdentifier?.keyIdentifier)),
    ...text('critical and unknown', unknownCritical.length === 0 ? undefined : unknownCritical.join(', ')),
  ];
}

type Constraints = NonNullable<Certificate['extensions']['basicConstraints']>;
type Names = NonNullable<Certificate['extensions']['subjectAltName']>['names'];

const constraintsText = ({ cA, pathLenConstraint, critical }: Constraints): string =>
  [
    cA ? 'a CA' : 'no CA',
    ...(pathLenConstraint === undefined ? [] : [`at most ${pathLenConstraint} below it`]),
    ...(critical ? ['critical'] : []),
  ].join(', ');

function nameText(name: Names[number]): string {
  switch (name.form) {
    case 'dNSName':
      return name.name;
    case 'iPAddress':
      return name.address.length === 4
        ? name.address.join('.')
        : bytesToHex(name.address).replace(/(....)(?=.)/g, '$1:');
    case 'directoryName':
      return distinguishedNameText(name.name);
    default:
      return name.form;
  }
}
