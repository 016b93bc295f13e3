import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { p256, p384 } from '@noble/curves/nist.js';
import { numberToBytesBE } from '@noble/curves/utils.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import {
  exportPkcs8,
  generatePrivateKey,
  isPrivateKey,
  type PrivateKey,
  type PrivateKeyType,
  privateKeyEntropyLength,
} from '../../service/x509/private-key.ts';
import { os2ip } from '../../service/x509/rsa.ts';
import { type SignatureAlgorithm, verifySignature } from '../../service/x509/signature.ts';
import { zeroedBy } from './zeroed-by.ts';

const types: readonly PrivateKeyType[] = ['P-256', 'P-384', 'ed25519'];

const algorithmOf: Readonly<Record<PrivateKeyType, SignatureAlgorithm>> = {
  'P-256': { type: 'ecdsa', hash: 'sha256' },
  'P-384': { type: 'ecdsa', hash: 'sha384' },
  ed25519: { type: 'ed25519' },
};

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const fresh = (type: PrivateKeyType, options?: { extractable: boolean }): PrivateKey =>
  generatePrivateKey(type, random(privateKeyEntropyLength(type)), options);

/** Entropy that leads to the scalar d: FIPS 186-5 A.2.1 takes (c mod (n - 1)) + 1. */
const entropyFor = (d: string, length: number): Uint8Array => numberToBytesBE(BigInt(`0x${d}`) - 1n, length);

const sigValue = (r: string, s: string): string => {
  const integer = (hex: string) => {
    const value = Number.parseInt(hex.slice(0, 2), 16) >= 0x80 ? `00${hex}` : hex;
    return `02${(value.length / 2).toString(16).padStart(2, '0')}${value}`;
  };
  const content = integer(r) + integer(s);
  return `30${(content.length / 2).toString(16)}${content}`.toLowerCase();
};

describe('a private key', () => {
  test('signs P-256 as RFC 6979, A.2.5', () => {
    const key = generatePrivateKey(
      'P-256',
      entropyFor('C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721', 48),
    );
    expect(bytesToHex(key.sign(utf8ToBytes('sample')))).toBe(
      sigValue(
        'EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716',
        'F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8',
      ),
    );
    expect(bytesToHex(key.sign(utf8ToBytes('test')))).toBe(
      sigValue(
        'F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367',
        '019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083',
      ),
    );
  });

  test('signs P-384 as RFC 6979, A.2.6', () => {
    const d = '6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5';
    const key = generatePrivateKey('P-384', entropyFor(d, 72));
    expect(bytesToHex(key.sign(utf8ToBytes('sample')))).toBe(
      sigValue(
        '94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46',
        '99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8',
      ),
    );
  });

  test('signs Ed25519 as RFC 8032, §7.1, test 2', () => {
    const seed = hexToBytes('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb');
    expect(bytesToHex(generatePrivateKey('ed25519', seed).sign(Uint8Array.of(0x72)))).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
  });

  test.each(types)('%s: signs what its public key verifies, twice the same', (type) => {
    const key = fresh(type);
    const message = random(200);
    const signature = key.sign(message);
    expect(key.sign(message)).toEqual(signature);
    expect(verifySignature(key.publicKey, algorithmOf[type], message, signature)).toBe(true);
    expect(verifySignature(fresh(type).publicKey, algorithmOf[type], message, signature)).toBe(false);
  });

  test.each<['P-256' | 'P-384', typeof p256]>([
    ['P-256', p256],
    ['P-384', p384],
  ])('%s: the scalar is (c mod (n - 1)) + 1 of all the entropy', (type, curve) => {
    const n = curve.Point.Fn.ORDER;
    const length = privateKeyEntropyLength(type);
    expect(8 * length).toBeGreaterThanOrEqual(n.toString(2).length + 64);
    for (const c of [0n, 1n, n - 2n, n - 1n, n, 2n ** BigInt(8 * length) - 1n, os2ip(random(length))]) {
      const key = generatePrivateKey(type, numberToBytesBE(c, length));
      const expected = curve.Point.BASE.multiply((c % (n - 1n)) + 1n).toBytes(false);
      expect(key.publicKey).toEqual({ algorithm: 'ecdsa', curve: type, point: expected });
    }
  });

  test.each(types)('%s: takes its entropy over and zeroes it, and wants exactly as much as it says', (type) => {
    const length = privateKeyEntropyLength(type);
    const entropy = random(length);
    const key = generatePrivateKey(type, entropy);
    expect(entropy).toEqual(new Uint8Array(length));
    expect(key.sign(entropy)).toEqual(key.sign(new Uint8Array(length)));
    for (const wrong of [0, length - 1, length + 1]) {
      expect(() => generatePrivateKey(type, random(wrong))).toThrow(RangeError);
    }
  });

  test.each(types)('%s: signs no more once destroyed', (type) => {
    const key = fresh(type, { extractable: true });
    key.destroy();
    key.destroy();
    expect(() => key.sign(random(1))).toThrow('destroyed');
    expect(() => exportPkcs8(key)).toThrow('destroyed');
  });

  test.each<[PrivateKeyType, string, number]>([
    ['P-256', 'C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721', 48],
    ['P-384', `${'00'.repeat(16)}C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721`, 72],
  ])('%s: destroying it zeroes the scalar', (type, scalar, length) => {
    const key = generatePrivateKey(type, entropyFor(scalar, length));
    expect(zeroedBy(() => key.destroy())).toEqual([hexToBytes(scalar)]);
  });

  test('ed25519: destroying it zeroes the seed', () => {
    const seed = random(32);
    const key = generatePrivateKey('ed25519', seed.slice());
    expect(zeroedBy(() => key.destroy())).toEqual([seed]);
  });

  test.each(types)('%s: shows nothing of itself', (type) => {
    const entropy = random(privateKeyEntropyLength(type));
    // For Ed25519 the entropy is the secret; for the curves the secret is taken out of an extractable twin.
    const twin = exportPkcs8(generatePrivateKey(type, entropy.slice(), { extractable: true }));
    const secret = bytesToHex(twin.subarray(type === 'ed25519' ? 16 : 36, type === 'ed25519' ? 48 : 36 + 32));
    const key = generatePrivateKey(type, entropy);
    const shown = [
      inspect(key, { depth: 9, showHidden: true }),
      JSON.stringify(key),
      String(key),
      Object.keys(key).join(),
    ];
    for (const text of shown) expect(text.replaceAll(/[^0-9a-f]/g, '')).not.toContain(secret);
    expect(Reflect.ownKeys(key)).toEqual(['publicKey']);
    expect(Object.isFrozen(key)).toBe(true);
    expect(() => exportPkcs8(key)).toThrow('not generated as extractable');
  });

  test('is known by its brand, not by its shape', () => {
    const key = fresh('P-256');
    expect(isPrivateKey(key)).toBe(true);
    const look = {
      publicKey: key.publicKey,
      sign: (message: Uint8Array) => key.sign(message),
      destroy: () => undefined,
    };
    for (const other of [look, { ...key }, Object.create(key), structuredClone(key), undefined, null, 'key']) {
      expect(isPrivateKey(other)).toBe(false);
    }
  });

  test.each(types)('%s: an extractable one is PKCS#8 that OpenSSL reads', (type) => {
    const key = fresh(type, { extractable: true });
    const der = exportPkcs8(key);
    const read = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
    // OpenSSL encodes the same key the same way: ours is DER to the last byte.
    expect(bytesToHex(read.export({ format: 'der', type: 'pkcs8' }))).toBe(bytesToHex(der));
    const spki = createPublicKey(read).export({ format: 'der', type: 'spki' });
    const bytes =
      'point' in key.publicKey ? key.publicKey.point : 'key' in key.publicKey ? key.publicKey.key : undefined;
    expect(bytesToHex(spki)).toContain(bytesToHex(bytes ?? random(32)));
  });
});
