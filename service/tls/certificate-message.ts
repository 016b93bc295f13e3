import {
  type Certificate,
  decodeCertificate,
  failure,
  type PublicKey,
  type Result,
  success,
  type ValidatedPath,
  validatePath,
} from '../x509/index.ts';
import type { CertifiedKey, Trust, UnverifiedTrust } from './contract.ts';
import { ExtensionBlock } from './extensions.ts';
import { distrust, type Fault, misbehaviour, refusal } from './fault.ts';
import { type CertificateMessage, certificate as certificateCodec } from './handshake-messages.ts';
import { equalBytes } from './hkdf.ts';
import { decode } from './presentation.ts';

/** Beyond these a chain is refused before anything in it is parsed (issue A; threats.md C12, J8). */
export const MAX_CERTIFICATES = 5;
export const MAX_CERTIFICATE_BYTES = 16 * 1024;

/** What a verifier made for tests let pass: as much of a path as a signature takes, and without its brand. */
export interface UnvalidatedPath {
  readonly leaf: { readonly publicKey: PublicKey };
  /** As the peer sent them. */
  readonly shown: readonly Uint8Array[];
}

export type JudgedPath = ValidatedPath | UnvalidatedPath;

export interface CertificateJudge {
  readonly sender: 'client' | 'server';
  readonly trust: Trust | UnverifiedTrust;
  /** Seconds since 1970. */
  readonly now: number;
  /** Our own leaves: no peer can show one of them honestly (X4). */
  readonly own: readonly Certificate[];
}

/** Certificate, RFC 9846 §4.4.2. */
export function judgeCertificate(body: Uint8Array, judge: CertificateJudge): Result<JudgedPath, Fault> {
  const decoded = decode(certificateCodec, body);
  if (decoded.ok !== true) return decoded;
  const { certificateRequestContext, certificateList } = decoded.value;
  if (certificateRequestContext.length > 0) {
    return failure(misbehaviour('illegal_parameter', 'certificate_request_context must be empty in the handshake'));
  }
  for (const entry of certificateList) {
    const block = ExtensionBlock.from(entry.extensions, 'CertificateEntry');
    if (block.ok !== true) return block;
    // Neither status_request nor signed_certificate_timestamp is ever asked for.
    const fault = block.value.allow('CertificateEntry', [], []);
    if (fault !== undefined) return failure(fault);
  }
  return judgeCertificates(
    certificateList.map(({ certData }) => certData),
    judge,
  );
}

/**
 * What both versions have in common: decodes the certificates, and validates their path. Cheap checks come first, the
 * chain before CertificateVerify, as the statistics want it (failures.md §3.3).
 */
export function judgeCertificates(list: readonly Uint8Array[], judge: CertificateJudge): Result<JudgedPath, Fault> {
  const bounds = judgeBounds(list, judge.sender);
  if (bounds !== undefined) return failure(bounds);
  const { trust } = judge;
  if ('judgeUnverified' in trust) return letPass(list, trust);
  const chain: Certificate[] = [];
  for (const [index, der] of list.entries()) {
    const certificate = decodeCertificate(der);
    if (certificate.ok !== true) return failure(refusal({ ...certificate.fault, certificate: index }));
    chain.push(certificate.value);
  }
  const leaf = chain[0];
  if (leaf !== undefined && judge.own.some(({ der }) => equalBytes(der, leaf.der) === true)) {
    return failure(distrust('reflected_certificate', 'the peer shows the certificate of this very end'));
  }
  const path = validatePath(chain, { ...trust, now: judge.now });
  return path.ok === true ? path : failure(refusal(path.fault));
}

function letPass(shown: readonly Uint8Array[], trust: UnverifiedTrust): Result<UnvalidatedPath, Fault> {
  const publicKey = trust.judgeUnverified(shown);
  return publicKey.ok === true
    ? success({ leaf: { publicKey: publicKey.value }, shown })
    : failure(refusal(publicKey.fault));
}

/** The certificate_authorities we ask with (§4.2.4; RFC 5246 §7.4.4). */
export const authorityNames = (trust: Trust | UnverifiedTrust): readonly Uint8Array[] =>
  'judgeUnverified' in trust ? trust.authorityNames : [trust.anchor.subject];

function judgeBounds(list: readonly Uint8Array[], sender: 'client' | 'server'): Fault | undefined {
  if (list.length === 0) {
    return sender === 'client'
      ? distrust('certificate_missing', 'the client has no certificate; this port demands one')
      : { kind: 'undecodable', reason: 'malformed', detail: 'certificate_list of a server must not be empty' };
  }
  if (list.length > MAX_CERTIFICATES) {
    return distrust('too_many_certificates', `${list.length} certificates; at most ${MAX_CERTIFICATES} are taken`);
  }
  const size = list.reduce((sum, der) => sum + der.length, 0);
  return size > MAX_CERTIFICATE_BYTES
    ? distrust('certificates_too_long', `certificates of ${size} bytes; at most ${MAX_CERTIFICATE_BYTES} are taken`)
    : undefined;
}

/** Our chain, leaf first and without the anchor (RFC 9846 §4.4.2). */
export const encodeCertificates = (certifiedKey: CertifiedKey | undefined): readonly Uint8Array[] =>
  (certifiedKey?.chain ?? []).map(({ der }) => der);

/** Our Certificate message of TLS 1.3 (RFC 9846 §4.4.2); without a key of ours an empty one. */
export const encodeCertificate = (certifiedKey: CertifiedKey | undefined): CertificateMessage => ({
  certificateRequestContext: new Uint8Array(0),
  certificateList: encodeCertificates(certifiedKey).map((certData) => ({ certData, extensions: [] })),
});
