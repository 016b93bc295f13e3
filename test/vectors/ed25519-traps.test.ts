import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import { numberToBytesBE } from '@noble/curves/utils.js';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { ed25519Key, type PublicKey } from '../../service/x509/public-key.ts';
import { os2ip } from '../../service/x509/rsa.ts';
import { verifySignature } from '../../service/x509/signature.ts';
import { defined, message } from './signing-keys.ts';

describe('Ed25519', () => {
  const { secretKey, publicKey } = ed25519.keygen();
  const key = defined(ed25519Key(publicKey));
  const signature = ed25519.sign(message, secretKey);

  test('a signature verifies, one with S + L or of another length does not', () => {
    expect(verifySignature(key, { type: 'ed25519' }, message, signature)).toBe(true);
    const L = ed25519.Point.Fn.ORDER;
    const s = os2ip(signature.slice(32).toReversed());
    const malleable = concatBytes(signature.subarray(0, 32), numberToBytesBE(s + L, 32).toReversed());
    expect(verifySignature(key, { type: 'ed25519' }, message, malleable)).toBe(false);
    for (const length of [0, 32, 63]) {
      expect(verifySignature(key, { type: 'ed25519' }, message, signature.subarray(0, length))).toBe(false);
    }
    expect(verifySignature(key, { type: 'ed25519' }, message, concatBytes(signature, Uint8Array.of(0)))).toBe(false);
  });

  test('the eight keys of small order, under which noble by default takes one signature for every message', () => {
    const constant = concatBytes(hexToBytes(ED25519_TORSION_SUBGROUP[0] ?? ''), new Uint8Array(32));
    for (const point of ED25519_TORSION_SUBGROUP) {
      const bytes = hexToBytes(point);
      expect(ed25519.verify(constant, message, bytes)).toBe(true); // the trap
      expect(ed25519Key(bytes)).toBeUndefined();
      const forged: PublicKey = { algorithm: 'ed25519', key: bytes };
      expect(verifySignature(forged, { type: 'ed25519' }, message, constant)).toBe(false);
    }
  });

  test('a key is canonical: y + p is refused', () => {
    const p = ed25519.Point.Fp.ORDER;
    for (let y = 2n; y < 19n; y++) {
      expect(ed25519Key(numberToBytesBE(y + p, 32).toReversed())).toBeUndefined();
    }
    expect(ed25519Key(publicKey.subarray(0, 31))).toBeUndefined();
    expect(ed25519Key(concatBytes(publicKey, Uint8Array.of(0)))).toBeUndefined();
  });
});
