import { constants, sign as opensslSign } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ed25519Key, type PublicKey, rsaKey } from '../../service/x509/public-key.ts';
import { type SignatureAlgorithm, verifySignature } from '../../service/x509/signature.ts';
import { defined, ecKeys, hashes, message, rsaPair } from './signing-keys.ts';

describe('verifySignature', () => {
  const { key: rsa, privateKey } = rsaPair(2048);
  const p = ecKeys('P-256');
  const ed = ed25519.keygen();
  const keys: readonly PublicKey[] = [
    rsa,
    defined(rsaKey('rsa_pss', 'modulus' in rsa ? rsa.modulus : 0n, 65537n)),
    p.key,
    ecKeys('P-384').key,
    ecKeys('P-521').key,
    defined(ed25519Key(ed.publicKey)),
  ];
  const algorithms: readonly SignatureAlgorithm[] = [
    { type: 'ed25519' },
    ...(['ecdsa', 'rsa_pkcs1', 'rsa_pss'] as const).flatMap((type) => hashes.map((hash) => ({ type, hash }))),
  ];
  const signatures = [
    opensslSign('sha256', message, privateKey),
    opensslSign('sha256', message, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
    p256.sign(message, p.secretKey, { format: 'der' }),
    ed25519.sign(message, ed.secretKey),
  ];

  test('of all keys, algorithms and signatures exactly those that belong together verify', () => {
    const right = keys.flatMap((key, k) =>
      algorithms.flatMap((algorithm) =>
        signatures.flatMap((signature, s) =>
          verifySignature(key, algorithm, message, signature)
            ? [`${k} ${algorithm.type} ${'hash' in algorithm ? algorithm.hash : ''} ${s}`.replace('  ', ' ')]
            : [],
        ),
      ),
    );
    // An id-RSASSA-PSS key (1) verifies PSS and no PKCS#1.
    expect(right).toEqual([
      '0 rsa_pkcs1 sha256 0',
      '0 rsa_pss sha256 1',
      '1 rsa_pss sha256 1',
      '2 ecdsa sha256 2',
      '5 ed25519 3',
    ]);
  });

  test('is total, and false for what nobody signed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...keys.slice(0, 3), ...keys.slice(5)),
        fc.constantFrom(...algorithms),
        fc.uint8Array({ maxLength: 300 }),
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.uint8Array({ minLength: 64, maxLength: 64 }),
          fc.uint8Array({ minLength: 256, maxLength: 256 }),
        ),
        (key, algorithm, text, signature) => verifySignature(key, algorithm, text, signature) === false,
      ),
      { numRuns: 300 },
    );
  });

  test('is false for a key object that nobody checked', () => {
    const unchecked: readonly PublicKey[] = [
      { algorithm: 'ecdsa', curve: 'P-256', point: new Uint8Array(65) },
      { algorithm: 'ecdsa', curve: 'P-384', point: new Uint8Array(0) },
      { algorithm: 'ed25519', key: new Uint8Array(31) },
      { algorithm: 'rsa', modulus: 0n, exponent: 0n, bits: 0 },
      { algorithm: 'rsa', modulus: 1n, exponent: 65537n, bits: 2048 },
      { algorithm: 'rsa_pss', modulus: -5n, exponent: -1n, bits: -8 },
    ];
    for (const key of unchecked) {
      for (const algorithm of algorithms) {
        for (const signature of signatures) expect(verifySignature(key, algorithm, message, signature)).toBe(false);
      }
    }
  });
});
