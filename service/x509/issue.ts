import { type Certificate, decodeCertificate } from './certificate.ts';
import { equalBytes } from './components.ts';
import { distinguishedName, encodeCertificate, readDistinguishedName } from './issue-certificate.ts';
import * as extension from './issue-extensions.ts';
import { encodePem } from './pem.ts';
import type { PrivateKey } from './private-key.ts';

export interface IssuedCertificate {
  readonly certificate: Certificate;
  readonly der: Uint8Array;
  readonly pem: string;
}

export interface AuthorityRequest {
  readonly commonName: string;
  readonly key: PrivateKey;
  /** 16 random bytes. */
  readonly serial: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Permitted dNSName subtrees. */
  readonly permittedDnsNames: readonly string[];
  /** Permitted addresses, or blocks `address/prefix`, for the website's authority. Without any, every address is excluded. */
  readonly permittedIpAddresses?: readonly string[];
}

/**
 * A self-signed authority (RFC 5280 §4.2.1.9, §4.2.1.3, §4.2.1.2, §4.2.1.10): basicConstraints with pathLenConstraint 0,
 * keyCertSign alone, its key identifier, and name constraints, so that not even its key could vouch for another name.
 */
export function issueAuthority(request: AuthorityRequest): IssuedCertificate {
  const name = distinguishedName(request.commonName);
  return issue({
    ...request,
    issuer: name,
    subject: name,
    publicKey: request.key.publicKey,
    signingKey: request.key,
    extensions: [
      extension.basicConstraints({ cA: true, pathLenConstraint: 0 }),
      extension.keyUsage('keyCertSign'),
      extension.subjectKeyIdentifier(request.key.publicKey),
      extension.nameConstraints(request.permittedDnsNames, request.permittedIpAddresses ?? []),
    ],
  });
}

export interface LeafRequest {
  readonly commonName: string;
  readonly publicKey: PrivateKey['publicKey'];
  readonly authority: Certificate;
  readonly authorityKey: PrivateKey;
  /** 16 random bytes. */
  readonly serial: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly purpose: 'serverAuth' | 'clientAuth';
  readonly roleKeyPurpose?: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses?: readonly string[];
}

/**
 * A leaf (RFC 5280 §4.2.1.3, §4.2.1.6, §4.2.1.12): no CA, digitalSignature alone, one standard purpose and that of the
 * role beside it, its names, and the key identifiers of its key and of its authority's.
 */
export function issueLeaf(request: LeafRequest): IssuedCertificate {
  const authorityKeyIdentifier = request.authority.extensions.subjectKeyIdentifier;
  if (authorityKeyIdentifier === undefined) throw new Error('the authority has no subjectKeyIdentifier to be named by');
  const issued = issue({
    ...request,
    issuer: readDistinguishedName(request.authority.subject),
    subject: distinguishedName(request.commonName),
    signingKey: request.authorityKey,
    extensions: [
      extension.basicConstraints({ cA: false }),
      extension.keyUsage('digitalSignature'),
      extension.extKeyUsage(request.purpose, request.roleKeyPurpose),
      extension.subjectAltName(request.dnsNames, request.ipAddresses ?? []),
      extension.subjectKeyIdentifier(request.publicKey),
      extension.authorityKeyIdentifier(authorityKeyIdentifier),
    ],
  });
  if (!equalBytes(issued.certificate.issuer, request.authority.subject))
    throw new Error('the issuer was not encoded as the authority encodes its subject');
  return issued;
}

/** What we issue passes our own gate, or the request was wrong: names, times and serial are checked there. */
function issue(request: Parameters<typeof encodeCertificate>[0]): IssuedCertificate {
  const der = encodeCertificate(request);
  const decoded = decodeCertificate(der);
  if (!decoded.ok)
    throw new Error(`this certificate would be refused: ${decoded.fault.reason}, ${decoded.fault.detail}`);
  return { certificate: decoded.value, der: decoded.value.der, pem: encodePem(der) };
}
