import type { PublicKey, SignatureAlgorithm } from '../x509/index.ts';

/** A SignatureScheme of RFC 9846 §4.2.3: a number, an algorithm, and the only kind of key it may be used with. */
export interface SignatureScheme {
  readonly name: string;
  readonly code: number;
  readonly algorithm: SignatureAlgorithm;
  fits(key: PublicKey): boolean;
}

const ecdsa = (curve: 'P-256' | 'P-384' | 'P-521') => (key: PublicKey) =>
  key.algorithm === 'ecdsa' && key.curve === curve;

/** In our order of preference. No SHA-1, and no PKCS#1: TLS 1.3 forbids it in CertificateVerify (§4.2.3). */
export const signatureSchemes: readonly SignatureScheme[] = [
  { name: 'ed25519', code: 0x0807, algorithm: { type: 'ed25519' }, fits: (key) => key.algorithm === 'ed25519' },
  { name: 'ecdsa_secp256r1_sha256', code: 0x0403, algorithm: { type: 'ecdsa', hash: 'sha256' }, fits: ecdsa('P-256') },
  { name: 'ecdsa_secp384r1_sha384', code: 0x0503, algorithm: { type: 'ecdsa', hash: 'sha384' }, fits: ecdsa('P-384') },
  ...(['sha256', 'sha384', 'sha512'] as const).map((hash, index) => ({
    name: `rsa_pss_rsae_${hash}`,
    code: 0x0804 + index,
    algorithm: { type: 'rsa_pss', hash } as const,
    fits: (key: PublicKey) => key.algorithm === 'rsa',
  })),
  ...(['sha256', 'sha384', 'sha512'] as const).map((hash, index) => ({
    name: `rsa_pss_pss_${hash}`,
    code: 0x0809 + index,
    algorithm: { type: 'rsa_pss', hash } as const,
    fits: (key: PublicKey) => key.algorithm === 'rsa_pss',
  })),
];

/** TLS 1.2 verifies PKCS#1 as well (RFC 5246 §7.4.1.4.1), and does not bind ECDSA's hash to a curve. Never signed with. */
export const signatureSchemes12 = (schemes: readonly SignatureScheme[]): readonly SignatureScheme[] => [
  ...schemes.map((scheme) => (scheme.algorithm.type === 'ecdsa' ? { ...scheme, fits: isEcdsa } : scheme)),
  ...(['sha256', 'sha384', 'sha512'] as const).map((hash, index) => ({
    name: `rsa_pkcs1_${hash}`,
    code: 0x0401 + 0x100 * index,
    algorithm: { type: 'rsa_pkcs1', hash } as const,
    fits: (key: PublicKey) => key.algorithm === 'rsa',
  })),
];

const isEcdsa = (key: PublicKey): boolean => key.algorithm === 'ecdsa';

/** What a peer's certificates may be signed with: PKCS#1 is still how most RSA authorities sign (§4.2.3). */
export const certificateSignatureCodes: readonly number[] = signatureSchemes12(signatureSchemes).map(
  ({ code }) => code,
);

export const schemeName = (code: number): string =>
  signatureSchemes12(signatureSchemes).find((scheme) => scheme.code === code)?.name ??
  `0x${code.toString(16).padStart(4, '0')}`;
