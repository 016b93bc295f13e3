import { constants, type KeyObject, sign as opensslSign } from 'node:crypto';
import { numberToBytesBE } from '@noble/curves/utils.js';
import { sha256, sha384 } from '@noble/hashes/sha2.js';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { rsaKey } from '../../service/x509/public-key.ts';
import { os2ip, verifyPkcs1 } from '../../service/x509/rsa.ts';
import { type SignatureAlgorithm, verifySignature } from '../../service/x509/signature.ts';
import { hashes, message, rsaPair } from './signing-keys.ts';

/* Ways to be talked into an RSA signature that nobody made. */

describe('RSA', () => {
  const { key, modulus, privateKey } = rsaPair(2048);
  const pss = (hash: string, saltLength: number, by: KeyObject = privateKey) =>
    opensslSign(hash, message, { key: by, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });

  test('what OpenSSL signs verifies, under its hash and its padding alone', () => {
    for (const hash of hashes) {
      const signatures = {
        rsa_pkcs1: opensslSign(hash, message, privateKey),
        rsa_pss: pss(hash, Number(hash.slice(3)) / 8),
      };
      for (const type of ['rsa_pkcs1', 'rsa_pss'] as const) {
        for (const made of ['rsa_pkcs1', 'rsa_pss'] as const) {
          for (const other of hashes) {
            const verified = verifySignature(key, { type, hash: other }, message, signatures[made]);
            expect([type, made, other, verified]).toEqual([type, made, other, type === made && other === hash]);
          }
        }
      }
    }
  });

  test.each([2048, 2049, 2050, 2055, 3072])('a modulus of %i bits', (bits) => {
    const pair = rsaPair(bits);
    const signature = pss('sha256', 32, pair.privateKey);
    expect(verifySignature(pair.key, { type: 'rsa_pss', hash: 'sha256' }, message, signature)).toBe(true);
    expect(
      verifySignature(
        pair.key,
        { type: 'rsa_pkcs1', hash: 'sha256' },
        message,
        opensslSign('sha256', message, pair.privateKey),
      ),
    ).toBe(true);
  });

  test('the salt of PSS is as long as the hash', () => {
    for (const saltLength of [0, 20, 31, 33, 64, constants.RSA_PSS_SALTLEN_MAX_SIGN]) {
      expect(verifySignature(key, { type: 'rsa_pss', hash: 'sha256' }, message, pss('sha256', saltLength))).toBe(false);
    }
  });

  test('the integer is below the modulus and has its length', () => {
    const algorithms: SignatureAlgorithm[] = [
      { type: 'rsa_pkcs1', hash: 'sha256' },
      { type: 'rsa_pss', hash: 'sha256' },
    ];
    for (const algorithm of algorithms) {
      const signature = algorithm.type === 'rsa_pss' ? pss('sha256', 32) : opensslSign('sha256', message, privateKey);
      for (const integer of [0n, 1n, modulus - 1n, modulus, modulus + 1n]) {
        expect(verifySignature(key, algorithm, message, numberToBytesBE(integer, 256))).toBe(false);
      }
      const plus = os2ip(signature) + modulus;
      const length = Math.ceil(plus.toString(16).length / 2);
      expect(verifySignature(key, algorithm, message, numberToBytesBE(plus, length))).toBe(false);
      expect(verifySignature(key, algorithm, message, concatBytes(Uint8Array.of(0), signature))).toBe(false);
      expect(verifySignature(key, algorithm, message, signature.subarray(1))).toBe(false);
      expect(verifySignature(key, algorithm, message, new Uint8Array(0))).toBe(false);
    }
  });

  test('Bleichenbacher 2006: with e = 3, a cube that begins like a signature is none', () => {
    const small = rsaPair(2048, 3);
    const digestInfo = hexToBytes('3031300d060960864801650304020105000420');
    const start = concatBytes(
      Uint8Array.of(0, 1),
      new Uint8Array(8).fill(0xff),
      Uint8Array.of(0),
      digestInfo,
      sha256(message),
    );
    const target = os2ip(concatBytes(start, new Uint8Array(256 - start.length)));
    const root = cubeRootUp(target);
    const cube = numberToBytesBE(root ** 3n, 256);
    expect(cube.subarray(0, start.length)).toEqual(start); // the forgery is a good one: it fools whoever does not look to the end
    expect(verifySignature(small.key, { type: 'rsa_pkcs1', hash: 'sha256' }, message, numberToBytesBE(root, 256))).toBe(
      false,
    );
    expect(
      verifySignature(
        small.key,
        { type: 'rsa_pkcs1', hash: 'sha256' },
        message,
        opensslSign('sha256', message, small.privateKey),
      ),
    ).toBe(true);
  });

  test('the encoded message of PKCS#1 is compared whole', () => {
    // With the exponent 1, which no key of ours has, the signature is the encoded message: every variant can be tried.
    const open = { modulus: 2n ** 2048n - 1n, exponent: 1n, bits: 2048 };
    const digest = sha256(message);
    const encoded = (prefix: string, padding: number, ...rest: readonly Uint8Array[]) => {
      const tail = concatBytes(Uint8Array.of(0), hexToBytes(prefix), ...rest);
      return concatBytes(Uint8Array.of(0, 1), new Uint8Array(254 - tail.length).fill(padding), tail);
    };
    const withNull = '3031300d060960864801650304020105000420';
    expect(verifyPkcs1(open, 'sha256', message, encoded(withNull, 0xff, digest))).toBe(true);
    const good = encoded(withNull, 0xff, digest);
    const variants: Record<string, Uint8Array> = {
      'no NULL': encoded('302f300b0609608648016503040201' + '0420', 0xff, digest),
      'padding that is not ff': encoded(withNull, 0xfe, digest),
      'block type 2': good.with(1, 2),
      'a first byte': good.with(0, 1),
      'one byte of the padding': good.with(100, 0),
      'garbage after the digest': encoded(withNull, 0xff, digest, Uint8Array.of(0)),
      'garbage in DigestInfo': encoded('3033300f0609608648016503040201050' + '0cafe0420', 0xff, digest),
      'lengths in long form': encoded('308131300d060960864801650304020105000420', 0xff, digest),
      'another OID': encoded('3031300d060960864801650304020205000420', 0xff, digest),
      'a hash of another name': encoded('3041300d060960864801650304020205000430', 0xff, sha384(message)),
      'no DigestInfo': encoded('', 0xff, digest),
      'a digest cut short': encoded('3030300d06096086480165030402010500041f', 0xff, digest.subarray(0, 31)),
    };
    for (const [name, variant] of Object.entries(variants)) {
      expect([name, variant.length, verifyPkcs1(open, 'sha256', message, variant)]).toEqual([name, 256, false]);
    }
    for (let at = 0; at < 256; at++) {
      expect(verifyPkcs1(open, 'sha256', message, good.with(at, (good[at] ?? 0) ^ 0x01))).toBe(false);
    }
  });

  test('bounds of the key: 2048 to 8192 bits, an odd exponent from 3 to 2^32', () => {
    const n = (bits: number) => 2n ** BigInt(bits - 1) + 1n;
    expect(rsaKey('rsa', n(2047), 65537n)).toBeUndefined();
    expect(rsaKey('rsa', n(2048), 65537n)).toMatchObject({ bits: 2048 });
    expect(rsaKey('rsa', n(8192), 65537n)).toMatchObject({ bits: 8192 });
    expect(rsaKey('rsa', n(8193), 65537n)).toBeUndefined();
    expect(rsaKey('rsa', n(2048) + 1n, 65537n)).toBeUndefined();
    expect(rsaKey('rsa', -n(2048), 65537n)).toBeUndefined();
    expect(rsaKey('rsa', 0n, 65537n)).toBeUndefined();
    for (const exponent of [-3n, 0n, 1n, 2n, 4n, 65536n, 2n ** 32n + 1n, n(2048)]) {
      expect(rsaKey('rsa', n(2048), exponent)).toBeUndefined();
    }
    expect(rsaKey('rsa_pss', n(2048), 3n)).toMatchObject({ algorithm: 'rsa_pss', exponent: 3n });
  });
});

function cubeRootUp(value: bigint): bigint {
  let low = 0n;
  let high = 1n << 700n;
  while (low < high) {
    const middle = (low + high) / 2n;
    if (middle ** 3n < value) low = middle + 1n;
    else high = middle;
  }
  return low;
}
