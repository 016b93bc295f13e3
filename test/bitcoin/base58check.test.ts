import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { createBase58check } from '@scure/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase58Check, encodeBase58Check } from '../../service/bitcoin/base58check.ts';

const theirs = createBase58check(sha256);
const anyPayload = fc.uint8Array({ maxLength: 80 });
const zerosFirst = fc
  .tuple(fc.nat({ max: 8 }), anyPayload)
  .map(([zeros, rest]) => Uint8Array.from([...new Uint8Array(zeros), ...rest]));

describe('Base58Check over bytes', () => {
  test('writes what @scure/base writes', () => {
    fc.assert(
      fc.property(zerosFirst, (payload) => {
        expect(String.fromCharCode(...encodeBase58Check(payload))).toBe(theirs.encode(payload));
      }),
    );
  });

  test('reads what it wrote, and leaves what it was given as it was', () => {
    fc.assert(
      fc.property(zerosFirst, (payload) => {
        const before = payload.slice();
        const text = encodeBase58Check(payload);
        expect(payload).toEqual(before);
        const copy = text.slice();
        expect(decodeBase58Check(text)).toEqual(payload);
        expect(text).toEqual(copy);
      }),
    );
  });

  test('knows one character that was changed', () => {
    fc.assert(
      fc.property(anyPayload, fc.nat(), fc.integer({ min: 0x21, max: 0x7e }), (payload, where, character) => {
        const text = encodeBase58Check(payload);
        const at = where % text.length;
        fc.pre(text[at] !== character);
        text[at] = character;
        expect(decodeBase58Check(text)).toMatch(/^(not_base58|checksum)$/);
      }),
    );
  });

  test.each(['', '1', '1111', '3QJmni'])('%o is too short for a checksum, or has a wrong one', (text) => {
    expect(decodeBase58Check(utf8ToBytes(text))).toBe('checksum');
  });

  test.each(['0', 'O', 'I', 'l', ' ', '\n', 'é'])('%o is not of base 58', (text) => {
    expect(decodeBase58Check(utf8ToBytes(`11${text}`))).toBe('not_base58');
  });
});
