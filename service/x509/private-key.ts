import { p384 } from '@noble/curves/nist.js';
import { digest, provider } from '../tls/kernels/index.ts';
import { encodeEcPrivateKey, encodeEd25519PrivateKey } from './pkcs8.ts';
import type { PublicKey } from './public-key.ts';
import type { SignatureAlgorithm } from './signature.ts';

export type PrivateKeyType = 'P-256' | 'P-384' | 'ed25519';

/** What is computed for one type of key; `secret` is a scalar of the curve's length, or a seed of RFC 8032 §5.1.5. */
interface Algorithm {
  readonly entropyLength: number;
  /** A buffer of its own, never a view of the entropy. */
  secret(entropy: Uint8Array): Uint8Array;
  publicKey(secret: Uint8Array): PublicKey;
  sign(message: Uint8Array, secret: Uint8Array): Uint8Array;
  pkcs8(secret: Uint8Array): Uint8Array;
  readonly signature: SignatureAlgorithm;
}

/** RFC 6979 as it stands: the curve's own hash, no extra entropy, S as it comes. */
const rfc6979 = { prehash: true, lowS: false, format: 'der', extraEntropy: false } as const;

/** FIPS 186-5 A.2.1: (c mod (n - 1)) + 1, c having 128 bits more than n. */
const algorithms: Readonly<Record<PrivateKeyType, Algorithm>> = {
  'P-256': {
    entropyLength: 48,
    signature: { type: 'ecdsa', hash: 'sha256' },
    secret: (entropy) => provider().p256.secret(entropy),
    publicKey: (secret) => ({ algorithm: 'ecdsa', curve: 'P-256', point: provider().p256.publicKey(secret) }),
    sign: (message, secret) => provider().p256.sign(digest('sha256', message), secret),
    pkcs8: (secret) => encodeEcPrivateKey('P-256', secret, provider().p256.publicKey(secret)),
  },
  'P-384': {
    entropyLength: 72,
    signature: { type: 'ecdsa', hash: 'sha384' },
    secret: (entropy) => p384.utils.randomSecretKey(entropy),
    publicKey: (secret) => ({ algorithm: 'ecdsa', curve: 'P-384', point: p384.getPublicKey(secret, false) }),
    sign: (message, secret) => p384.sign(message, secret, rfc6979),
    pkcs8: (secret) => encodeEcPrivateKey('P-384', secret, p384.getPublicKey(secret, false)),
  },
  ed25519: {
    entropyLength: 32,
    signature: { type: 'ed25519' },
    secret: (entropy) => entropy.slice(), // never the very buffer that is zeroed
    publicKey: (secret) => ({ algorithm: 'ed25519', key: provider().ed25519.publicKey(secret) }),
    sign: (message, secret) => provider().ed25519.sign(message, secret),
    pkcs8: encodeEd25519PrivateKey,
  },
};

/**
 * A private key that can sign and be destroyed, and from which no bytes come out unless it was born `extractable`.
 * Its class has a #private field; the constructor is not exported. Nonces are RFC 6979 or Ed25519's: none is ever taken from outside.
 */
export type PrivateKey = InstanceType<typeof SigningKey>;

class SigningKey {
  readonly publicKey: PublicKey;
  readonly #algorithm: Algorithm;
  readonly #extractable: boolean;
  #secret: Uint8Array | undefined;

  constructor(algorithm: Algorithm, secret: Uint8Array, extractable: boolean) {
    this.publicKey = Object.freeze(algorithm.publicKey(secret));
    this.#algorithm = algorithm;
    this.#extractable = extractable;
    this.#secret = secret;
    Object.freeze(this);
  }

  /**
   * DER-encoded ECDSA-Sig-Value over SHA-256/SHA-384 of `message` by curve, or the 64 bytes of Ed25519. Throws once destroyed,
   * and for any `algorithm` but its own: what is announced is what was signed.
   */
  sign(message: Uint8Array, algorithm: SignatureAlgorithm = this.#algorithm.signature): Uint8Array {
    const own = this.#algorithm.signature;
    if (algorithm.type !== own.type || ('hash' in own && 'hash' in algorithm && own.hash !== algorithm.hash))
      throw new TypeError(`this private key signs with ${own.type} alone, and by the hash of its curve`);
    if (this.#secret === undefined) throw new Error('this private key was destroyed and can sign no more');
    return this.#algorithm.sign(message, this.#secret);
  }

  destroy(): void {
    this.#secret?.fill(0);
    this.#secret = undefined;
  }

  static made(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #secret in value;
  }

  static pkcs8(key: SigningKey): Uint8Array {
    if (key.#extractable !== true)
      throw new Error('this private key was not generated as extractable: it stays inside');
    if (key.#secret === undefined) throw new Error('this private key was destroyed and cannot be exported');
    return key.#algorithm.pkcs8(key.#secret);
  }
}

/** Bytes of entropy that a key of each type is made from (FIPS 186-5 A.2.1, RFC 8032 §5.1.5). */
export const privateKeyEntropyLength = (type: PrivateKeyType): number => algorithms[type].entropyLength;

/**
 * `entropy`: 48 bytes for P-256 and 72 for P-384 (FIPS 186-5 A.2.1, extra bits), 32 for Ed25519; zeroed before this returns.
 * `extractable` is for credentials that are given away on purpose (`--test-credentials`), and for nothing else.
 */
export function generatePrivateKey(
  type: PrivateKeyType,
  entropy: Uint8Array,
  { extractable = false }: { readonly extractable?: boolean } = {},
): PrivateKey {
  const algorithm = algorithms[type];
  if (entropy.length !== algorithm.entropyLength) {
    throw new RangeError(
      `a ${type} key wants ${algorithm.entropyLength} bytes of entropy and was given ${entropy.length}`,
    );
  }
  const secret = algorithm.secret(entropy);
  entropy.fill(0);
  return new SigningKey(algorithm, secret, extractable);
}

/** Holds at run time what the type says (design §3): an object of the same shape has no brand. */
export const isPrivateKey = (value: unknown): value is PrivateKey => SigningKey.made(value);

/** PrivateKeyInfo in DER (RFC 5208 §5) of a key that was generated as extractable; throws for every other. */
export const exportPkcs8 = (key: PrivateKey): Uint8Array => SigningKey.pkcs8(key);
