import type { PublicKey } from '../x509/index.ts';
import { type AeadFactory, aes128Gcm, aes256Gcm, chaCha20Poly1305 } from './aead.ts';
import type { HashName } from './hkdf.ts';

/** A cipher suite of TLS 1.2: ECDHE, an AEAD, and how the server signs (RFC 5288, RFC 5289, RFC 7905, RFC 8422). */
export interface CipherSuite12 {
  readonly name: string;
  readonly code: number;
  readonly hash: HashName;
  readonly keyLength: number;
  /** The implicit part of the nonce: 4 of 12 bytes for GCM, which sends the rest along; all 12 for ChaCha20. */
  readonly fixedIvLength: 4 | 12;
  readonly aead: AeadFactory;
  readonly authentication: 'ecdsa' | 'rsa';
}

const chacha = { hash: 'sha256', keyLength: 32, fixedIvLength: 12, aead: chaCha20Poly1305 } as const;
const gcm128 = { hash: 'sha256', keyLength: 16, fixedIvLength: 4, aead: aes128Gcm } as const;
const gcm256 = { hash: 'sha384', keyLength: 32, fixedIvLength: 4, aead: aes256Gcm } as const;

/** In our order of preference. Ed25519 certificates go with ECDHE_ECDSA too (RFC 8422 §5.1.1). */
export const cipherSuites12: readonly CipherSuite12[] = [
  { name: 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', code: 0xcca9, authentication: 'ecdsa', ...chacha },
  { name: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', code: 0xc02b, authentication: 'ecdsa', ...gcm128 },
  { name: 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', code: 0xc02c, authentication: 'ecdsa', ...gcm256 },
  { name: 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', code: 0xcca8, authentication: 'rsa', ...chacha },
  { name: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', code: 0xc02f, authentication: 'rsa', ...gcm128 },
  { name: 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', code: 0xc030, authentication: 'rsa', ...gcm256 },
];

/** How a key of that kind authenticates. Ed25519 goes with ECDHE_ECDSA (RFC 8422 §5.1.1). */
export const authenticationBy = (algorithm: PublicKey['algorithm']): CipherSuite12['authentication'] =>
  algorithm === 'rsa' || algorithm === 'rsa_pss' ? 'rsa' : 'ecdsa';
