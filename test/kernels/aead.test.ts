import { randomBytes } from 'node:crypto';
import { gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import type { Aead } from '../../service/tls/kernels/aead.ts';
import { AesGcm } from '../../service/tls/kernels/aes-gcm.ts';
import { ChaCha20Poly1305 } from '../../service/tls/kernels/chacha20-poly1305.ts';
import { nobleAeads } from '../../service/tls/kernels/noble-aead.ts';

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

/** It is asked for its length when a record is half done. */
class Unreadable extends Uint8Array {
  override get length(): number {
    throw new RangeError('unreadable');
  }
}

interface Cipher {
  readonly name: string;
  readonly keyLength: number;
  readonly ours: (key: Uint8Array) => Aead;
  readonly noble: typeof gcm | typeof chacha20poly1305;
}

const ciphers: readonly Cipher[] = [
  { name: 'ChaCha20-Poly1305', keyLength: 32, ours: (key) => new ChaCha20Poly1305(key), noble: chacha20poly1305 },
  { name: 'AES-128-GCM', keyLength: 16, ours: (key) => new AesGcm(key), noble: gcm },
  { name: 'AES-256-GCM', keyLength: 32, ours: (key) => new AesGcm(key), noble: gcm },
  // The other provider, whose glue is ours too.
  { name: 'noble: ChaCha20-Poly1305', keyLength: 32, ours: nobleAeads.chaCha20Poly1305, noble: chacha20poly1305 },
  { name: 'noble: AES-128-GCM', keyLength: 16, ours: nobleAeads.aes128Gcm, noble: gcm },
];

describe.each(ciphers)('$name', ({ keyLength, ours, noble }) => {
  test('every length up to 300, and every length of additional data up to 64: what noble seals, and back', () => {
    for (let length = 0; length <= 300; length++) {
      const [key, nonce, data, plaintext] = [random(keyLength), random(12), random(length % 65), random(length)];
      const sealed = noble(key, nonce, data).encrypt(plaintext);
      const aead = ours(key);
      expect(bytesToHex(aead.seal(nonce, data, plaintext))).toBe(bytesToHex(sealed));
      expect(aead.open(nonce, data, sealed)).toEqual(plaintext);
    }
  });

  test.each([511, 512, 513, 1023, 4096, 16_384, 16_385, 16_640])('%i bytes, of which many are all ones', (length) => {
    for (const fill of [undefined, 0, 255]) {
      const [key, nonce, data] = [random(keyLength), random(12), random(13)];
      const plaintext = fill === undefined ? random(length) : new Uint8Array(length).fill(fill);
      const sealed = noble(key, nonce, data).encrypt(plaintext);
      const aead = ours(key);
      expect(Buffer.compare(aead.seal(nonce, data, plaintext), sealed)).toBe(0);
      expect(Buffer.compare(aead.open(nonce, data, sealed) ?? random(1), plaintext)).toBe(0);
    }
  });

  test('views at any offset of a larger buffer, which stays as it was', () => {
    const [key, nonce, data, plaintext] = [random(keyLength), random(12), random(5), random(200)];
    const sealed = noble(key, nonce, data).encrypt(plaintext);
    const aead = ours(key);
    for (let offset = 0; offset < 8; offset++) {
      const buffer = random(300);
      const inside = (part: Uint8Array) => {
        buffer.set(part, offset);
        return buffer.subarray(offset, offset + part.length);
      };
      const asItStands = (part: Uint8Array) => [part, buffer.slice()] as const;
      const [given, unsealed] = asItStands(inside(plaintext));
      expect(aead.seal(nonce, data, given)).toEqual(sealed);
      expect(buffer).toEqual(unsealed);
      const [record, unopened] = asItStands(inside(sealed));
      expect(aead.open(nonce, data, record)).toEqual(plaintext);
      expect(buffer).toEqual(unopened);
    }
  });

  test('in place, wherever in its buffer the plaintext stands, and of the buffer nothing else', () => {
    const [key, nonce, data, plaintext] = [random(keyLength), random(12), random(5), random(333)];
    const sealed = noble(key, nonce, data).encrypt(plaintext);
    const aead = ours(key);
    for (let offset = 0; offset < 4; offset++) {
      for (let at = 0; at < 8; at++) {
        const buffer = random(400);
        const expected = buffer.slice();
        expected.set(sealed, offset + at);
        const record = buffer.subarray(offset, offset + at + sealed.length);
        record.set(plaintext, at);
        aead.sealInPlace(nonce, data, record, at);
        expect(buffer).toEqual(expected);
      }
    }
    aead.destroy();
    expect(() => aead.sealInPlace(nonce, data, new Uint8Array(30), 0)).toThrow('destroyed');
  });

  test.each([0, 1, 40, 64, 600])('%i bytes: a tag that is wrong in any bit opens nothing', (length) => {
    const [key, nonce, data] = [random(keyLength), random(12), random(5)];
    const aead = ours(key);
    const sealed = aead.seal(nonce, data, random(length));
    for (let bit = 8 * length; bit < 8 * sealed.length; bit++) {
      expect(aead.open(nonce, data, sealed.with(bit >> 3, (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7))))).toBeUndefined();
    }
    expect(aead.open(nonce, data, sealed)).toHaveLength(length);
  });

  test('an exception in the middle of a record leaves nothing behind for the next one', () => {
    const [key, nonce, data, plaintext] = [random(keyLength), random(12), random(13), random(100)];
    const [aead, sealed] = [ours(key.slice()), noble(key, nonce, data).encrypt(plaintext)];
    expect(() => aead.seal(nonce, new Unreadable(13), random(70))).toThrow('unreadable');
    expect(bytesToHex(aead.seal(nonce, data, plaintext))).toBe(bytesToHex(sealed));
    expect(() => aead.seal(nonce, new Unreadable(13), random(70))).toThrow('unreadable');
    expect(aead.open(nonce, data, sealed)).toEqual(plaintext);
  });

  test('what one key does in between leaves nothing behind for another', () => {
    const [one, other] = [random(keyLength), random(keyLength)];
    const [nonce, data, plaintext] = [random(12), random(20), random(700)];
    const aead = ours(one.slice());
    const stranger = ours(other.slice());
    for (const length of [700, 0, 17, 64, 65, 512]) {
      const part = plaintext.subarray(0, length);
      expect(aead.seal(nonce, data, part)).toEqual(noble(one, nonce, data).encrypt(part));
      expect(() => stranger.seal(random(11), data, part)).toThrow(RangeError);
      expect(stranger.open(nonce, data, random(length + 16))).toBeUndefined();
    }
  });
});

/** RFC 8439 §2.8.2. */
test('ChaCha20-Poly1305: the example of RFC 8439', () => {
  const key = hexToBytes('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f');
  const nonce = hexToBytes('070000004041424344454647');
  const data = hexToBytes('50515253c0c1c2c3c4c5c6c7');
  const text =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
  const sealed = new ChaCha20Poly1305(key).seal(nonce, data, new Uint8Array(Buffer.from(text)));
  expect(bytesToHex(sealed)).toBe(
    'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b' +
      '1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc' +
      '3ff4def08e4b7a9de576d26586cec64b6116' +
      '1ae10b594f09e26a7e902ecbd0600691',
  );
});

const zeros = '0'.repeat(32);
const plaintext =
  'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39';
const additional = 'feedfacedeadbeeffeedfacedeadbeefabaddad2';
const key128 = 'feffe9928665731c6d6a8f9467308308';

/** The test cases of the specification of GCM (McGrew and Viega) with 128 and 256 bits: its numbers. */
const cases: readonly (readonly [number, string, string, string, string, string])[] = [
  [1, zeros, '0'.repeat(24), '', '', '58e2fccefa7e3061367f1d57a4e7455a'],
  [2, zeros, '0'.repeat(24), '', zeros, '0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf'],
  [
    3,
    key128,
    'cafebabefacedbaddecaf888',
    '',
    `${plaintext}1aafd255`,
    '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa05' +
      '1ba30b396a0aac973d58e091473f59854d5c2af327cd64a62cf35abd2ba6fab4',
  ],
  [
    4,
    key128,
    'cafebabefacedbaddecaf888',
    additional,
    plaintext,
    '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa05' +
      '1ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47',
  ],
  [13, zeros + zeros, '0'.repeat(24), '', '', '530f8afbc74536b9a963b4f1c4cb738b'],
  [14, zeros + zeros, '0'.repeat(24), '', zeros, 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919'],
  [
    16,
    key128 + key128,
    'cafebabefacedbaddecaf888',
    additional,
    plaintext,
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838' +
      'c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
  ],
];

test.each(cases)('AES-GCM: test case %i', (_, key, nonce, data, text, expected) => {
  const sealed = new AesGcm(hexToBytes(key)).seal(hexToBytes(nonce), hexToBytes(data), hexToBytes(text));
  expect(bytesToHex(sealed)).toBe(expected);
});
