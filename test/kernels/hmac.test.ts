import { createHmac, hkdfSync } from 'node:crypto';
import { hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hkdfExpand, hkdfExtract } from '../../service/tls/hkdf.ts';
import { type HashName, hmac } from '../../service/tls/kernels/index.ts';

const names: readonly HashName[] = ['sha256', 'sha384'];
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('RFC 4231', () => {
  test.each([
    [
      '§4.2',
      hexToBytes('0b'.repeat(20)),
      text('Hi There'),
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    ],
    [
      '§4.3',
      text('Jefe'),
      text('what do ya want for nothing?'),
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      '§4.4',
      hexToBytes('aa'.repeat(20)),
      hexToBytes('dd'.repeat(50)),
      '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
    ],
    [
      '§4.7, a key longer than a block',
      hexToBytes('aa'.repeat(131)),
      text('Test Using Larger Than Block-Size Key - Hash Key First'),
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
  ])('%s', (_, key, data, expected) => {
    expect(hex(hmac('sha256', key, data))).toBe(expected);
  });
});

describe.each(names)('HMAC with %s', (name) => {
  const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

  test('is that of OpenSSL, of data in one piece or several', () => {
    fc.assert(
      fc.property(bytes(300), fc.array(bytes(200), { maxLength: 4 }), (key, parts) => {
        const whole = Buffer.concat(parts);
        const expected = createHmac(name, key).update(whole).digest('hex');
        expect(hex(hmac(name, key, ...parts))).toBe(expected);
        expect(hex(hmac(name, key, new Uint8Array(whole)))).toBe(expected);
      }),
    );
  });

  test('is a new array each time, which the next one leaves alone', () => {
    const first = hmac(name, text('a'), text('b'));
    const copy = hex(first);
    expect(hex(hmac(name, text('c'), text('d')))).not.toBe(copy);
    expect(hex(first)).toBe(copy);
  });

  test('an exception in its middle is forgotten by the next', () => {
    const expected = hex(hmac(name, text('key'), text('data')));
    expect(() => hmac(name, text('key'), text('da'), 'ta' as never)).toThrow(TypeError);
    expect(hex(hmac(name, text('key'), text('data')))).toBe(expected);
  });

  test('HKDF is that of OpenSSL', () => {
    fc.assert(
      fc.property(
        bytes(100),
        bytes(100),
        bytes(100),
        fc.integer({ min: 1, max: 1000 }),
        (input, salt, info, length) => {
          const expected = Buffer.from(hkdfSync(name, input, salt, info, length)).toString('hex');
          expect(hex(hkdfExpand(name, hkdfExtract(name, salt, input), info, length))).toBe(expected);
        },
      ),
    );
  });

  test('HKDF gives nothing of length 0, and 255 blocks at most', () => {
    const most = 255 * (name === 'sha256' ? 32 : 48);
    expect(hkdfExpand(name, text('key'), text('info'), 0)).toHaveLength(0);
    expect(hkdfExpand(name, text('key'), text('info'), most)).toHaveLength(most);
    expect(() => hkdfExpand(name, text('key'), text('info'), most + 1)).toThrow(RangeError);
  });
});
