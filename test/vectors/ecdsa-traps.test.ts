import { generateKeyPairSync, sign as opensslSign } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { numberToBytesBE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { type EcCurve, ecPoint } from '../../service/x509/public-key.ts';
import { os2ip } from '../../service/x509/rsa.ts';
import { type SignatureAlgorithm, verifySignature } from '../../service/x509/signature.ts';
import { curves, defined, ecKeys, hashes, message } from './signing-keys.ts';

/* Ways to be talked into an ECDSA signature that nobody made: threats.md, "Signatures", and the traps in noble's defaults. */

const ecdsaSha256: SignatureAlgorithm = { type: 'ecdsa', hash: 'sha256' };

/** DER, minimal, of any two non-negative integers; all lengths below 128. */
const ecdsaSigValue = (r: bigint, s: bigint): Uint8Array => {
  const integer = (value: bigint): Uint8Array => {
    const hex = value.toString(16);
    const even = hex.length % 2 === 0 ? hex : `0${hex}`;
    const bytes = hexToBytes(Number.parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even);
    return concatBytes(Uint8Array.of(2, bytes.length), bytes);
  };
  const content = concatBytes(integer(r), integer(s));
  return concatBytes(Uint8Array.of(0x30, content.length), content);
};

describe('ECDSA', () => {
  test.each<EcCurve>(['P-256', 'P-384'])('no psychic signature verifies under %s', (curve) => {
    const { key } = ecKeys(curve);
    const n = curves[curve].Point.Fn.ORDER;
    const p = curves[curve].Point.Fp.ORDER;
    for (const r of [0n, 1n, n - 1n, n, n + 1n, p, 2n * n]) {
      for (const s of [0n, 1n, n - 1n, n, n + 1n, p, 2n * n]) {
        expect(verifySignature(key, { type: 'ecdsa', hash: 'sha256' }, message, ecdsaSigValue(r, s))).toBe(false);
      }
    }
  });

  test('a signature whose s is high verifies: low S is a rule of bitcoin, not of TLS', () => {
    const { secretKey, key } = ecKeys('P-256');
    const n = p256.Point.Fn.ORDER;
    const { r, s } = p256.Signature.fromBytes(p256.sign(message, secretKey, { lowS: true, format: 'der' }), 'der');
    expect(verifySignature(key, ecdsaSha256, message, ecdsaSigValue(r, s))).toBe(true);
    expect(verifySignature(key, ecdsaSha256, message, ecdsaSigValue(r, n - s))).toBe(true);
    expect(verifySignature(key, ecdsaSha256, message, ecdsaSigValue(r, s + n))).toBe(false);
  });

  test.each<[EcCurve, 'sha256' | 'sha384' | 'sha512']>(
    (['P-256', 'P-384', 'P-521'] as const).flatMap((curve) =>
      hashes.map((hash): [EcCurve, 'sha256' | 'sha384' | 'sha512'] => [curve, hash]),
    ),
  )('%s with %s: what OpenSSL signs verifies, and with another hash does not', (curve, hash) => {
    const pair = generateKeyPairSync('ec', { namedCurve: curve });
    const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
    const key = defined(ecPoint(curve, spki.subarray(-curves[curve].Point.BASE.toBytes(false).length)));
    const signature = opensslSign(hash, message, pair.privateKey);
    for (const other of ['sha256', 'sha384', 'sha512'] as const) {
      expect(verifySignature(key, { type: 'ecdsa', hash: other }, message, signature)).toBe(other === hash);
    }
    expect(verifySignature(key, { type: 'ecdsa', hash }, concatBytes(message, Uint8Array.of(0)), signature)).toBe(
      false,
    );
  });

  test('only strict DER is read', () => {
    const { secretKey, key } = ecKeys('P-256');
    // A signature both of whose integers have 32 bytes, so that the offsets below are what they say.
    const { der, compact } = shortSignature(secretKey);
    expect(verifySignature(key, ecdsaSha256, message, der)).toBe(true);
    const [r, s] = [der.subarray(2, 36), der.subarray(36)];
    const forms: Record<string, Uint8Array> = {
      'the 64 bytes of r and s': compact,
      nothing: new Uint8Array(0),
      'trailing garbage': concatBytes(der, Uint8Array.of(0)),
      'garbage inside': concatBytes(Uint8Array.of(0x30, 70), r, s, Uint8Array.of(5, 0)),
      'long form of a short length': concatBytes(Uint8Array.of(0x30, 0x81, 68), r, s),
      'indefinite length': concatBytes(Uint8Array.of(0x30, 0x80), r, s, Uint8Array.of(0, 0)),
      'a leading zero too many': concatBytes(Uint8Array.of(0x30, 69, 2, 33, 0), r.subarray(2), s),
      'a third integer': concatBytes(Uint8Array.of(0x30, 71), r, s, Uint8Array.of(2, 1, 1)),
      'a set': concatBytes(Uint8Array.of(0x31), der.subarray(1)),
      'no s': concatBytes(Uint8Array.of(0x30, 34), r),
    };
    for (const [name, form] of Object.entries(forms)) {
      expect([name, verifySignature(key, ecdsaSha256, message, form)]).toEqual([name, false]);
    }
    for (let length = 0; length < der.length; length++) {
      expect(verifySignature(key, ecdsaSha256, message, der.subarray(0, length))).toBe(false);
    }
  });

  test.each<EcCurve>(['P-256', 'P-384', 'P-521'])('%s: a public key is an uncompressed point on the curve', (curve) => {
    const { Point, lengths } = curves[curve];
    const point = Point.BASE.toBytes(false);
    expect(ecPoint(curve, point)).toEqual({ algorithm: 'ecdsa', curve, point });
    const size = (point.length - 1) / 2;
    const refused: Record<string, Uint8Array> = {
      nothing: new Uint8Array(0),
      infinity: Uint8Array.of(0),
      'infinity, padded': new Uint8Array(point.length),
      zeros: Uint8Array.of(4, ...new Uint8Array(2 * size)),
      compressed: Point.BASE.toBytes(true),
      'hybrid, even': point.with(0, 6),
      'hybrid, odd': point.with(0, 7),
      'off the curve': point.with(point.length - 1, (point.at(-1) ?? 0) ^ 1),
      'x beyond the field': concatBytes(Uint8Array.of(4), new Uint8Array(size).fill(0xff), point.subarray(1 + size)),
      'one byte short': point.subarray(0, -1),
      'one byte long': concatBytes(point, Uint8Array.of(0)),
    };
    for (const [name, bytes] of Object.entries(refused))
      expect([name, ecPoint(curve, bytes)]).toEqual([name, undefined]);
    expect(lengths.publicKeyUncompressed).toBe(point.length);
  });

  test('x + p names the same field element, and is refused', () => {
    const { Point } = p256;
    const p = Point.Fp.ORDER;
    // A point whose x is so small that x + p still has 32 bytes.
    for (let x = 0n; ; x++) {
      const compressed = concatBytes(Uint8Array.of(2), numberToBytesBE(x, 32));
      if (!p256.utils.isValidPublicKey(compressed, true)) continue;
      const { y } = Point.fromBytes(compressed);
      expect(
        ecPoint('P-256', concatBytes(Uint8Array.of(4), numberToBytesBE(x, 32), numberToBytesBE(y, 32))),
      ).toBeDefined();
      expect(
        ecPoint('P-256', concatBytes(Uint8Array.of(4), numberToBytesBE(x + p, 32), numberToBytesBE(y, 32))),
      ).toBeUndefined();
      break;
    }
  });
});

function shortSignature(secretKey: Uint8Array): { der: Uint8Array; compact: Uint8Array } {
  const n = p256.Point.Fn.ORDER;
  for (let i = 0; ; i++) {
    const extraEntropy = sha512(Uint8Array.of(i, i >> 8));
    const signed = p256.sign(message, secretKey, { lowS: false, format: 'compact', extraEntropy });
    const [r, s] = [os2ip(signed.subarray(0, 32)), os2ip(signed.subarray(32))];
    const fits = (x: bigint) => x >= 2n ** 248n && x < 2n ** 255n && x < n;
    if (fits(r) && fits(s)) return { der: ecdsaSigValue(r, s), compact: signed };
  }
}
