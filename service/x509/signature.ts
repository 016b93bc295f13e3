import { p384, p521 } from '@noble/curves/nist.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { provider } from '../tls/kernels/index.ts';
import { preparedVerify } from './prepared-key.ts';
import type { PublicKey } from './public-key.ts';
import { verifyPkcs1, verifyPss } from './rsa.ts';

export type SignatureHash = 'sha256' | 'sha384' | 'sha512';

/** What a signature is made with, as X.509 AlgorithmIdentifiers and TLS SignatureSchemes both name it. PSS salt length is that of the hash. */
export type SignatureAlgorithm =
  | { readonly type: 'ecdsa'; readonly hash: SignatureHash }
  | { readonly type: 'ed25519' }
  | { readonly type: 'rsa_pkcs1'; readonly hash: SignatureHash }
  | { readonly type: 'rsa_pss'; readonly hash: SignatureHash };

const hashes = { sha256, sha384, sha512 } as const;
const curves = { 'P-384': p384, 'P-521': p521 } as const;

/**
 * True if, and only if, `signature` is a valid signature over `message`. Total: malformed input is false, never an exception.
 * A key verifies with its own algorithm alone: an id-RSASSA-PSS key no PKCS#1 (RFC 4055 §1.2). Which hash may go with
 * which curve is the caller's to say: X.509 leaves it open, a SignatureScheme of TLS 1.3 fixes it.
 */
export function verifySignature(
  key: PublicKey,
  algorithm: SignatureAlgorithm,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    switch (algorithm.type) {
      case 'ecdsa':
        return key.algorithm === 'ecdsa' && verifyEcdsa(key, algorithm.hash, message, signature);
      case 'ed25519':
        return key.algorithm === 'ed25519' && verifyEd25519(key.key, message, signature);
      case 'rsa_pkcs1':
        return key.algorithm === 'rsa' && verifyPkcs1(key, algorithm.hash, message, signature);
      case 'rsa_pss':
        return (
          (key.algorithm === 'rsa' || key.algorithm === 'rsa_pss') && verifyPss(key, algorithm.hash, message, signature)
        );
    }
  } catch {
    return false; // what cannot be decoded may throw
  }
}

type EcKey = Extract<PublicKey, { algorithm: 'ecdsa' }>;

/**
 * SEC 1 §4.1.4 over a strict DER ECDSA-Sig-Value (RFC 3279 §2.2.3). noble would take low S alone, which is bitcoin's rule
 * and refuses every second peer of TLS, and would hash with the curve's own hash: both are said here.
 */
function verifyEcdsa(key: EcKey, hash: SignatureHash, message: Uint8Array, signature: Uint8Array): boolean {
  const digest = hashes[hash](message);
  if (key.curve === 'P-256') {
    const leftmost = digest.subarray(0, 32); // as long as n is (step 5)
    const verify = preparedVerify(key);
    return verify === undefined ? provider().p256.verify(leftmost, signature, key.point) : verify(leftmost, signature);
  }
  return curves[key.curve].verify(signature, digest, key.point, { lowS: false, prehash: false, format: 'der' });
}

/** RFC 8032 §5.1.7. */
const verifyEd25519 = (key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
  signature.length === 64 && provider().ed25519.verify(message, signature, key);
