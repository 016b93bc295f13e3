import { ed25519 } from '@noble/curves/ed25519.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';

export type EcCurve = 'P-256' | 'P-384' | 'P-521';

/**
 * A subject public key (RFC 5280 §4.1.2.7), decoded and checked: points are on their curve and not at infinity.
 * `point` is the uncompressed form of SEC 1 §2.3.3 (65, 97 or 133 bytes); `key` is the 32 bytes of RFC 8032 §5.1.5.
 */
export type PublicKey =
  | { readonly algorithm: 'ecdsa'; readonly curve: EcCurve; readonly point: Uint8Array }
  | { readonly algorithm: 'ed25519'; readonly key: Uint8Array }
  | {
      readonly algorithm: 'rsa' | 'rsa_pss';
      readonly modulus: bigint;
      readonly exponent: bigint;
      readonly bits: number;
    };

const curves = { 'P-256': p256, 'P-384': p384, 'P-521': p521 } as const;

/**
 * A point in uncompressed form, with the partial validation of SP 800-56A §5.6.2.3.4 (the cofactor is 1, so it is full).
 * Compressed and hybrid forms are refused (RFC 5480 §2.2 allows the former; nobody issues it), as is infinity.
 */
export function ecPoint(curve: EcCurve, bytes: Uint8Array): PublicKey | undefined {
  const { utils, lengths } = curves[curve];
  if (bytes.length !== lengths.publicKeyUncompressed || bytes[0] !== 0x04) return undefined;
  if (utils.isValidPublicKey(bytes, false) !== true) return undefined;
  return { algorithm: 'ecdsa', curve, point: bytes.slice() };
}

/** RFC 8032 §5.1.3: a canonical point, and not one of the eight of small order, under which anything can be "signed". */
export function ed25519Key(bytes: Uint8Array): PublicKey | undefined {
  if (bytes.length !== 32) return undefined;
  try {
    if (ed25519.Point.fromBytes(bytes, false).isSmallOrder()) return undefined;
  } catch {
    return undefined;
  }
  return { algorithm: 'ed25519', key: bytes.slice() };
}

/** What bounds the work that a stranger's RSA key can cost us, and how weak it may be. */
export const rsaBounds = {
  minimumBits: 2048,
  maximumBits: 8192,
  minimumExponent: 3n,
  maximumExponent: 2n ** 32n,
} as const;

/**
 * RFC 8017 §3.1: modulus and exponent odd, sizes within bounds. `rsa_pss` is a key under the OID id-RSASSA-PSS.
 * 3 is allowed as exponent: it is harmless where the encoded message is compared whole, as it is here.
 */
export function rsaKey(algorithm: 'rsa' | 'rsa_pss', modulus: bigint, exponent: bigint): PublicKey | undefined {
  const { minimumBits, maximumBits, minimumExponent, maximumExponent } = rsaBounds;
  if (modulus < 0n || modulus % 2n !== 1n || exponent % 2n !== 1n) return undefined;
  if (exponent < minimumExponent || exponent > maximumExponent) return undefined;
  const bits = modulus.toString(2).length;
  if (bits < minimumBits || bits > maximumBits) return undefined;
  return { algorithm, modulus, exponent, bits };
}
