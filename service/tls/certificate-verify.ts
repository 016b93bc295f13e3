import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { failure, type PublicKey, type Result, success, verifySignature } from '../x509/index.ts';
import type { JudgedPath } from './certificate-message.ts';
import type { CertifiedKey } from './contract.ts';
import { distrust, type Fault, incompatibility, misbehaviour } from './fault.ts';
import { type CertificateVerify, certificateVerify } from './handshake-messages.ts';
import type { OwnSecrets } from './own-secrets.ts';
import { decode } from './presentation.ts';
import { type SignatureScheme, schemeName } from './signature-scheme.ts';
import type { HandshakeMessage } from './states.ts';
import type { Transcript } from './transcript.ts';

/* CertificateVerify, RFC 9846 §4.4.3. */

type Role = 'client' | 'server';

const context: Readonly<Record<Role, Uint8Array>> = {
  client: utf8ToBytes('TLS 1.3, client CertificateVerify'),
  server: utf8ToBytes('TLS 1.3, server CertificateVerify'),
};

/** What is signed: 64 spaces, whose signature it is, a zero, the transcript hash. The context keeps the roles apart. */
export const signedContent = (signer: Role, transcriptHash: Uint8Array): Uint8Array =>
  concatBytes(new Uint8Array(64).fill(0x20), context[signer], Uint8Array.of(0), transcriptHash);

/** A path, and the proof that its leaf's key signed this very handshake. Made by `verifyCertificate` alone. */
export type CertificateVerified = InstanceType<typeof CertificateVerifiedProof>;

class CertificateVerifiedProof {
  readonly #path: JudgedPath;
  constructor(path: JudgedPath) {
    this.#path = path;
  }
  get path(): JudgedPath {
    return this.#path;
  }
  static made(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #path in value;
  }
}

export const isCertificateVerified = (value: unknown): value is CertificateVerified =>
  CertificateVerifiedProof.made(value);

/**
 * §4.4.3: the scheme was offered, fits the key of the certificate that came before, and the signature is over all that was
 * said up to here. The transcript that is returned goes on from this message.
 */
export function verifyCertificate(
  signer: Role,
  { path, transcript }: { readonly path: JudgedPath; readonly transcript: Transcript },
  message: Pick<HandshakeMessage, 'body' | 'bytes'>,
  offered: readonly SignatureScheme[],
): Result<{ readonly certificate: CertificateVerified; readonly transcript: Transcript }, Fault> {
  const decoded = decode(certificateVerify, message.body);
  if (decoded.ok !== true) return decoded;
  const verified = verifySigned(path, offered, decoded.value, signedContent(signer, transcript.hash()));
  if (verified.ok !== true) return verified;
  return success({ certificate: verified.value, transcript: transcript.with(message.bytes) });
}

/**
 * The same proof in TLS 1.2, of the client's CertificateVerify (RFC 5246 §7.4.8) or the server's ServerKeyExchange
 * (RFC 8422 §5.4); `content` is what that section says is signed.
 */
export function verifySigned(
  path: JudgedPath,
  offered: readonly SignatureScheme[],
  message: CertificateVerify,
  content: Uint8Array,
): Result<CertificateVerified, Fault> {
  const scheme = offered.find(({ code }) => code === message.algorithm);
  if (scheme === undefined) {
    const names = offered.map(({ name }) => name).join(', ');
    const detail = `signed with ${schemeName(message.algorithm)}; offered were ${names}`;
    return failure(misbehaviour('signature_scheme_not_offered', detail));
  }
  const key = path.leaf.publicKey;
  if (scheme.fits(key) !== true) {
    const detail = `signed with ${scheme.name}, but the certificate's key is ${describe(key)}`;
    return failure(misbehaviour('illegal_parameter', detail));
  }
  if (verifySignature(key, scheme.algorithm, content, message.signature) !== true) {
    return failure(distrust('signature_invalid', `the ${scheme.name} signature is wrong`));
  }
  return success(new CertificateVerifiedProof(path));
}

export interface Signer {
  readonly certifiedKey: CertifiedKey;
  readonly scheme: SignatureScheme;
}

/** The first of our certificates whose key fits a scheme the peer takes (§4.2.3, §4.4.2.2). */
export function chooseSigner(
  certifiedKeys: readonly CertifiedKey[],
  ours: readonly SignatureScheme[],
  peers: readonly number[],
): Result<Signer, Fault> {
  for (const certifiedKey of certifiedKeys) {
    const scheme = ours.find(({ code, fits }) => peers.includes(code) && fits(certifiedKey.key.publicKey));
    if (scheme !== undefined) return success({ certifiedKey, scheme });
  }
  const held = certifiedKeys.map(({ key }) => describe(key.publicKey)).join(', ');
  return failure(
    incompatibility(
      'no_signature_scheme',
      `the peer takes ${peers.slice(0, 16).map(schemeName).join(', ')}; our keys are ${held === '' ? 'on no curve of supported_groups' : held}`,
    ),
  );
}

/** Our own CertificateVerify (RFC 9846 §4.4.3). The nonce is the key's affair, never the session's (threats.md V2). */
export const signCertificateVerify = (
  signer: Role,
  by: Signer,
  transcriptHash: Uint8Array,
  secrets: Pick<OwnSecrets, 'sign'>,
): CertificateVerify => ({
  algorithm: by.scheme.code,
  signature: secrets.sign(by, signedContent(signer, transcriptHash)),
});

const describe = (key: PublicKey): string => (key.algorithm === 'ecdsa' ? key.curve : key.algorithm);
