import type { AeadFactory } from './aead.ts';

/*
 * What the stack needs of the primitives that were written twice: by @noble, and by us. Everything else, signatures of P-384, RSA,
 * ML-KEM and the hashes, is noble's in either case. Both must give the same bytes for the same input: keys, signatures and
 * ciphertexts of the one are those of the other.
 */

export type ProviderName = 'noble' | 'fast';

export interface Provider {
  readonly name: ProviderName;
  readonly x25519: X25519;
  readonly p256: P256;
  readonly p384: P384;
  readonly ed25519: Ed25519;
  readonly aead: Aeads;
}

/** RFC 7748 §6.1. Secrets and public values are 32 bytes. */
export interface X25519 {
  publicKey(secret: Uint8Array): Uint8Array;
  /** Throws for a public value of small order, whose product with every secret is zero (RFC 9846 §7.4.2). */
  sharedSecret(secret: Uint8Array, publicValue: Uint8Array): Uint8Array;
}

/** Points are uncompressed, 65 bytes (SEC 1 §2.3.3); secrets and digests are 32 bytes, signatures strict DER (RFC 3279 §2.2.3). */
export interface P256 {
  /** FIPS 186-5 A.2.1: (c mod (n - 1)) + 1 of the 48 bytes of `entropy`, which are read alone. */
  secret(entropy: Uint8Array): Uint8Array;
  publicKey(secret: Uint8Array): Uint8Array;
  /** SEC 1 §3.3.1: the x-coordinate alone. Throws for what is no point of the curve, and for compressed ones. */
  sharedX(secret: Uint8Array, publicPoint: Uint8Array): Uint8Array;
  /** RFC 6979 with SHA-256, S as it comes. */
  sign(digest: Uint8Array, secret: Uint8Array): Uint8Array;
  /** SEC 1 §4.1.4. Low S is bitcoin's rule, not ours. False, or an exception, for what cannot be decoded. */
  verify(digest: Uint8Array, signature: Uint8Array, publicPoint: Uint8Array): boolean;
  /** The same for a key that verifies often: with a table of its multiples. */
  prepare(publicPoint: Uint8Array): PreparedVerify;
}

export type PreparedVerify = (digest: Uint8Array, signature: Uint8Array) => boolean;

/** Key agreement alone. Points are uncompressed, 97 bytes (SEC 1 §2.3.3); secrets are 48 bytes. */
export interface P384 {
  /** FIPS 186-5 A.2.1: (c mod (n - 1)) + 1 of the 72 bytes of `entropy`, which are read alone. */
  secret(entropy: Uint8Array): Uint8Array;
  publicKey(secret: Uint8Array): Uint8Array;
  /** SEC 1 §3.3.1: the x-coordinate alone. Throws for what is no point of the curve, and for compressed ones. */
  sharedX(secret: Uint8Array, publicPoint: Uint8Array): Uint8Array;
}

/** RFC 8032 §5.1. A secret is the seed of 32 bytes. */
export interface Ed25519 {
  publicKey(secret: Uint8Array): Uint8Array;
  sign(message: Uint8Array, secret: Uint8Array): Uint8Array;
  /** §5.1.7, without ZIP-215: no key of small order. False, or an exception, for what cannot be decoded. */
  verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean;
}

export interface Aeads {
  /** AEAD_AES_128_GCM, RFC 5116 §5.1. */
  readonly aes128Gcm: AeadFactory;
  /** AEAD_AES_256_GCM, RFC 5116 §5.2. */
  readonly aes256Gcm: AeadFactory;
  /** AEAD_CHACHA20_POLY1305, RFC 8439 §2.8. */
  readonly chaCha20Poly1305: AeadFactory;
}
