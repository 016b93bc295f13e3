import { createPrivateKey, type KeyObject, sign as nodeSign, randomBytes } from 'node:crypto';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { CertifiedKey } from '../../tls/index.ts';
import {
  exportPkcs8,
  generatePrivateKey,
  type IssuedCertificate,
  issueAuthority,
  issueLeaf,
} from '../../x509/index.ts';

/* Who a rogue says it is, and what it signs with. Signatures are OpenSSL's, by node:crypto. */

export interface Signer {
  /** SignatureScheme, RFC 9846 §4.2.3. */
  readonly scheme: number;
  sign(content: Uint8Array): Uint8Array;
}

export interface Identity {
  /** DER, leaf first. */
  readonly chain: readonly Uint8Array[];
  readonly signer: Signer;
}

const spaces = new Uint8Array(64).fill(0x20);

/** §4.4.3: 64 spaces, the context, a zero, the transcript hash; or anything else in the place of each. */
export const signedContent = (context: string, transcriptHash: Uint8Array, prefix: Uint8Array = spaces): Uint8Array =>
  concatBytes(prefix, utf8ToBytes(context), Uint8Array.of(0), transcriptHash);

const ECDSA_SECP256R1_SHA256 = 0x0403;

export function signerOf(pem: string): Signer {
  return p256Signer(createPrivateKey(pem));
}

function p256Signer(key: KeyObject): Signer {
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new RangeError('a P-256 key is wanted');
  return {
    scheme: ECDSA_SECP256R1_SHA256,
    sign: (content) => new Uint8Array(nodeSign('sha256', content, { key, dsaEncoding: 'der' })),
  };
}

/** Says the same whatever it is asked to sign. */
export const forger = (signature: Uint8Array, scheme = ECDSA_SECP256R1_SHA256): Signer => ({
  scheme,
  sign: () => signature,
});

/** The same as the engine takes it. */
export interface IssuedIdentity extends Identity {
  readonly certifiedKey: CertifiedKey;
}

export interface LeafChoices {
  readonly purpose: 'serverAuth' | 'clientAuth';
  readonly dnsNames: readonly string[];
  readonly commonName?: string;
  readonly roleKeyPurpose?: string;
  readonly notBefore?: number;
  readonly notAfter?: number;
}

/** An authority of the attacker's own: it may call itself whatever it likes. */
export class RogueAuthority {
  readonly certificate: IssuedCertificate;
  readonly #key = freshKey();

  constructor(commonName: string, permittedDnsNames: readonly string[]) {
    this.certificate = issueAuthority({
      commonName,
      key: this.#key,
      serial: freshSerial(),
      ...validity(),
      permittedDnsNames,
    });
  }

  issue(choices: LeafChoices): IssuedIdentity {
    const key = freshKey();
    const { certificate, der } = issueLeaf({
      commonName: choices.commonName ?? choices.dnsNames[0] ?? 'rogue',
      publicKey: key.publicKey,
      authority: this.certificate.certificate,
      authorityKey: this.#key,
      serial: freshSerial(),
      ...validity(),
      ...choices,
    });
    const pkcs8 = Buffer.from(exportPkcs8(key));
    const signer = p256Signer(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
    return { chain: [der], signer, certifiedKey: { chain: [certificate], key } };
  }
}

const freshKey = () => generatePrivateKey('P-256', new Uint8Array(randomBytes(48)), { extractable: true });

function freshSerial(): Uint8Array {
  const serial = new Uint8Array(randomBytes(16));
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}

function validity(): { readonly notBefore: number; readonly notAfter: number } {
  const now = Math.floor(Date.now() / 1000);
  return { notBefore: now - 86_400, notAfter: now + 86_400 };
}
