import { generateKeyPairSync } from 'node:crypto';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { type EcCurve, ecPoint, rsaKey } from '../../service/x509/public-key.ts';
import { os2ip } from '../../service/x509/rsa.ts';

/* Keys of which a test has both halves. */

export const message = utf8ToBytes('who completes this handshake holds the key');
export const curves = { 'P-256': p256, 'P-384': p384, 'P-521': p521 } as const;
export const hashes = ['sha256', 'sha384', 'sha512'] as const;

export const defined = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('expected a value');
  return value;
};

export const ecKeys = (curve: EcCurve) => {
  const { secretKey } = curves[curve].keygen();
  return { secretKey, key: defined(ecPoint(curve, curves[curve].getPublicKey(secretKey, false))) };
};

export const rsaPair = (modulusLength: number, publicExponent = 65537) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength, publicExponent });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const [modulus, exponent] = [n, e].map((text) => os2ip(new Uint8Array(Buffer.from(text, 'base64url'))));
  return { key: defined(rsaKey('rsa', defined(modulus), defined(exponent))), modulus: defined(modulus), privateKey };
};
