import { poly1305 } from '@noble/ciphers/_poly1305.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { absorb, begin, finish } from '../../service/tls/kernels/poly1305.ts';

/** Of whole blocks, which is all that the AEAD has. */
function tag(key: Uint8Array, message: Uint8Array): Uint8Array {
  begin(new Int32Array(key.slice().buffer));
  absorb(new Int32Array(message.slice().buffer), 0, message.length / 16);
  const result = new Uint8Array(16);
  finish(result, 0);
  return result;
}

const key = (r: string, s: string): string => r.padEnd(32, '0') + s.padEnd(32, '0');
const ones = 'f'.repeat(32);
/** Little-endian numbers of one byte. */
const number = (text: string): string => text.padEnd(32, '0');

/** RFC 8439 §A.3, those of whole blocks: sums around 2^130 - 5 and 2^128. */
const edges: readonly (readonly [name: string, key: string, message: string, tag: string])[] = [
  ['#1, all zeros', key('', ''), '0'.repeat(128), number('')],
  ['#7, the sum is 2^130', key('02', ''), ones, number('03')],
  ['#8, adding s passes 2^128', key('02', ones), number('02'), number('03')],
  ['#9, carries all the way', key('01', ''), `${ones}f0${'f'.repeat(30)}${number('11')}`, number('05')],
  ['#10, the sum is p', key('01', ''), `${ones}fbfefefefefefefefefefefefefefefe${'01'.repeat(16)}`, number('')],
  ['#11, the sum is p - 1', key('02', ''), `fd${'f'.repeat(30)}`, `fa${'f'.repeat(30)}`],
];

describe('Poly1305', () => {
  test.each(edges)('RFC 8439 §A.3 %s', (_, keyHex, message, expected) => {
    expect(bytesToHex(tag(hexToBytes(keyHex), hexToBytes(message)))).toBe(expected);
  });

  test('what noble computes, of up to 100 blocks of which many have all bits set or none', () => {
    const block = fc.oneof(
      fc.constant(new Uint8Array(16).fill(255)),
      fc.constant(new Uint8Array(16)),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    const blocks = fc.array(block, { maxLength: 100 }).map((list) => new Uint8Array(list.flatMap((one) => [...one])));
    const keys = fc.tuple(block, block).map(([r, s]) => new Uint8Array([...r, ...s]));
    fc.assert(
      fc.property(keys, blocks, (secret, message) => {
        expect(tag(secret, message)).toEqual(poly1305(message, secret));
      }),
      { numRuns: 300 },
    );
  });
});
