import {
  type CipherGCMTypes,
  createCipheriv,
  createHmac,
  hkdfSync,
  createHash as nodeHash,
  randomBytes,
} from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cipherSuite, cipherSuites } from '../../service/tls/cipher-suite.ts';
import { beginHash, equalBytes, hash, hkdfExpand, hkdfExtract, hmac } from '../../service/tls/hkdf.ts';
import { digest } from '../../service/tls/kernels/index.ts';

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

const opensslName: Readonly<Record<string, CipherGCMTypes | 'chacha20-poly1305'>> = {
  TLS_AES_128_GCM_SHA256: 'aes-128-gcm',
  TLS_AES_256_GCM_SHA384: 'aes-256-gcm',
  TLS_CHACHA20_POLY1305_SHA256: 'chacha20-poly1305',
};

describe.each([...cipherSuites])('$name', (suite) => {
  const fresh = () => ({ key: random(suite.keyLength), nonce: random(suite.ivLength), data: random(5) });

  test('seals what OpenSSL seals', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.uint8Array({ maxLength: 40 }), (plaintext, data) => {
        const { key, nonce } = fresh();
        // The GCM overload: ChaCha20-Poly1305 takes the same options and has a type of its own.
        const name = opensslName[suite.name] as CipherGCMTypes;
        const cipher = createCipheriv(name, key, nonce, { authTagLength: 16 } as object);
        cipher.setAAD(data, { plaintextLength: plaintext.length });
        const expected = concatBytes(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
        const aead = suite.aead(key.slice());
        return (
          equalBytes(aead.seal(nonce, data, plaintext), expected) &&
          equalBytes(aead.open(nonce, data, expected) ?? random(1), plaintext)
        );
      }),
      { numRuns: 40 },
    );
  });

  test('a record of 2^14 bytes, and views into a larger buffer at any offset', () => {
    const { key, nonce, data } = fresh();
    const aead = suite.aead(key);
    const plaintext = random(2 ** 14 + 1);
    const sealed = aead.seal(nonce, data, plaintext);
    for (const offset of [0, 1, 3, 5]) {
      const buffer = new Uint8Array(sealed.length + 16);
      buffer.set(sealed, offset);
      expect(
        equalBytes(aead.open(nonce, data, buffer.subarray(offset, offset + sealed.length)) ?? data, plaintext),
      ).toBe(true);
    }
  });

  test('nothing opens that was changed anywhere', () => {
    const { key, nonce, data } = fresh();
    const aead = suite.aead(key);
    const sealed = aead.seal(nonce, data, random(20));
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      const changed = sealed.with(bit >> 3, (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
      expect(aead.open(nonce, data, changed)).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length++)
      expect(aead.open(nonce, data, sealed.subarray(0, length))).toBeUndefined();
    expect(aead.open(nonce, data, concatBytes(sealed, Uint8Array.of(0)))).toBeUndefined();
    expect(aead.open(nonce, data.with(0, (data[0] ?? 0) ^ 1), sealed)).toBeUndefined();
    expect(aead.open(nonce.with(0, (nonce[0] ?? 0) ^ 1), data, sealed)).toBeUndefined();
    expect(suite.aead(random(suite.keyLength)).open(nonce, data, sealed)).toBeUndefined();
  });

  test('leaves what it is given as it was, and returns a buffer of its own', () => {
    const { key, nonce, data } = fresh();
    const aead = suite.aead(key);
    const plaintext = random(64);
    const given = structuredClone({ nonce, data, plaintext });
    const sealed = aead.seal(nonce, data, plaintext);
    const copy = sealed.slice();
    const opened = aead.open(nonce, data, sealed);
    expect({ nonce, data, plaintext }).toEqual(given);
    opened?.fill(0);
    expect(sealed).toEqual(copy);
    expect(new Set([sealed.buffer, opened?.buffer, plaintext.buffer]).size).toBe(3);
    // A buffer that is larger than its view would show what stood there before (threats.md J3).
    expect(opened?.buffer.byteLength).toBe(64);
  });

  test('destroyed, it zeroed its key; it seals nothing, and opens nothing', () => {
    const { key, nonce, data } = fresh();
    const aead = suite.aead(key);
    const sealed = aead.seal(nonce, data, random(3));
    const underZeros = suite.aead(new Uint8Array(suite.keyLength)).seal(nonce, data, random(3));
    aead.destroy();
    aead.destroy();
    expect(key).toEqual(new Uint8Array(suite.keyLength));
    expect(() => aead.seal(nonce, data, random(3))).toThrow('destroyed');
    expect(aead.open(nonce, data, sealed)).toBeUndefined();
    expect(aead.open(nonce, data, underZeros)).toBeUndefined();
  });

  test('keys and nonces have one length', () => {
    for (const length of [0, 8, 16, 24, 32, 33].filter((other) => other !== suite.keyLength)) {
      expect(() => suite.aead(random(length))).toThrow(RangeError);
    }
    for (const length of [0, 8, 11, 13, 16]) {
      const aead = suite.aead(random(suite.keyLength));
      expect(() => aead.seal(random(length), random(5), random(5))).toThrow(RangeError);
    }
  });

  test('its limits', () => {
    expect(suite.ivLength).toBe(12);
    expect(suite.recordLimit).toBe(suite.name.includes('GCM') ? 23_726_566 : 2 ** 48); // 2^24.5, RFC 9846 §5.5
    expect(cipherSuite(suite.code)).toBe(suite);
  });
});

test('three suites, ChaCha20 first, and no other code', () => {
  expect(cipherSuites.map(({ code }) => code)).toEqual([0x1303, 0x1301, 0x1302]);
  for (const code of [0, 0x00ff, 0x1300, 0x1304, 0x1305, 0xc02b]) expect(cipherSuite(code)).toBeUndefined();
});

describe('hashes', () => {
  test.each(['sha256', 'sha384'] as const)('%s, HMAC and HKDF are those of OpenSSL', (name) => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 1, max: 200 }),
        (data, key, length) => {
          const okm = new Uint8Array(hkdfSync(name, data, key, data.subarray(0, 1024), length));
          return (
            equalBytes(hash(name, data), new Uint8Array(nodeHash(name).update(data).digest())) &&
            equalBytes(hmac(name, key, data), new Uint8Array(createHmac(name, key).update(data).digest())) &&
            equalBytes(hkdfExpand(name, hkdfExtract(name, key, data), data, length), okm)
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a hash in progress: each goes its own way from where it was, however often it is asked', () => {
    for (const name of ['sha256', 'sha384'] as const) {
      const ofNode = (...bytes: readonly number[]) =>
        new Uint8Array(nodeHash(name).update(Uint8Array.from(bytes)).digest());
      const begun = beginHash(name, Uint8Array.of(1), Uint8Array.of(2));
      const one = begun.with(Uint8Array.of(3));
      const other = begun.with(Uint8Array.of(9), new Uint8Array(200));
      expect(one.digest()).toEqual(ofNode(1, 2, 3));
      expect(other.digest()).toEqual(ofNode(1, 2, 9, ...new Uint8Array(200)));
      expect(one.digest()).toEqual(ofNode(1, 2, 3));
      expect(begun.digest()).toEqual(ofNode(1, 2));
      expect(beginHash(name).digest()).toEqual(ofNode());
    }
  });

  test('a digest is its caller’s own, and of all its parts in a row', () => {
    fc.assert(
      fc.property(fc.constantFrom('sha256', 'sha384'), fc.array(fc.uint8Array({ maxLength: 300 })), (name, parts) => {
        const first = digest(name, ...parts);
        digest(name, Uint8Array.of(7)).fill(9);
        hmac(name, Uint8Array.of(1), Uint8Array.of(2)).fill(9);
        expect(first).toEqual(
          new Uint8Array(
            nodeHash(name)
              .update(concatBytes(...parts))
              .digest(),
          ),
        );
      }),
    );
  });

  test('equalBytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (a, b) => {
        return equalBytes(a, b) === (Buffer.compare(a, b) === 0) && equalBytes(a, a.slice());
      }),
    );
    expect(equalBytes(new Uint8Array(0), new Uint8Array(0))).toBe(true);
    expect(equalBytes(Uint8Array.of(1), new Uint8Array(0))).toBe(false);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
  });
});
