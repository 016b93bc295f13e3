import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cbor, CborMap, cborLimits, decodeCbor, decodeFirstCbor, encodeCbor } from '../../service/attest/cbor.ts';

const read = (hex: string) => decodeCbor(hexToBytes(hex));

test.each<[string, Cbor]>([
  // RFC 8949 appendix A, as far as it is in the subset
  ['00', 0n],
  ['01', 1n],
  ['0a', 10n],
  ['17', 23n],
  ['1818', 24n],
  ['1819', 25n],
  ['1864', 100n],
  ['1903e8', 1000n],
  ['1a000f4240', 1_000_000n],
  ['1b000000e8d4a51000', 1_000_000_000_000n],
  ['1bffffffffffffffff', 18_446_744_073_709_551_615n],
  ['3bffffffffffffffff', -18_446_744_073_709_551_616n],
  ['20', -1n],
  ['29', -10n],
  ['3863', -100n],
  ['3903e7', -1000n],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['40', new Uint8Array()],
  ['4401020304', Uint8Array.of(1, 2, 3, 4)],
  ['60', ''],
  ['6161', 'a'],
  ['6449455446', 'IETF'],
  ['62225c', '"\\'],
  ['80', []],
  ['83010203', [1n, 2n, 3n]],
  ['8301820203820405', [1n, [2n, 3n], [4n, 5n]]],
  ['98190102030405060708090a0b0c0d0e0f101112131415161718181819', Array.from({ length: 25 }, (_, i) => BigInt(i + 1))],
  ['a0', new CborMap([])],
  [
    'a201020304',
    new CborMap([
      [1n, 2n],
      [3n, 4n],
    ]),
  ],
  [
    'a26161016162820203',
    new CborMap([
      ['a', 1n],
      ['b', [2n, 3n]],
    ]),
  ],
])('%s is read, and written again', (hex, value) => {
  expect(read(hex)).toEqual({ ok: true, value });
  expect(bytesToHex(encodeCbor(value))).toBe(hex);
});

test.each([
  ['', 'the input ends within the value that needs byte 0'],
  ['0000', '1 bytes follow the value'],
  ['1817', 'an argument that is not of the shortest form at 0'],
  ['190017', 'an argument that is not of the shortest form at 0'],
  ['1a0000ffff', 'an argument that is not of the shortest form at 0'],
  ['1b00000000ffffffff', 'an argument that is not of the shortest form at 0'],
  ['1c', 'a reserved form at 0'],
  ['5f42010243030405ff', 'an indefinite length at 0'],
  ['9fff', 'an indefinite length at 0'],
  ['bfff', 'an indefinite length at 0'],
  ['ff', 'a simple value or a float at 0'],
  ['f7', 'a simple value or a float at 0'],
  ['f93c00', 'a simple value or a float at 0'],
  ['f820', 'a simple value or a float at 0'],
  ['c000', 'tag 0 at 0'],
  ['81d200', 'tag 18 at 1, within the document'],
  ['d2d200', 'tag 18 at 1, within the document'],
  ['62c3bc', 'text beyond ASCII at 0'],
  ['61ff', 'text beyond ASCII at 0'],
  ['a201020103', 'the key 1 twice in the map at 0'],
  ['a14001', 'a key in the map at 0 that is neither integer nor text'],
  ['5affffffff', 'a length of 4294967295 at 5, 0 bytes are left'],
  ['9bffffffffffffffff', 'a length of 18446744073709551615 at 9, 0 bytes are left'],
  ['818181818181818180', 'values are nested deeper than 8'],
])('%s is refused', (hex, fault) => {
  expect(read(hex)).toEqual({ ok: false, fault });
});

const leaf = fc.oneof(
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ unit: fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)) }),
);
const { value: anything } = fc.letrec<{ value: Cbor }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 6 }),
    fc
      .uniqueArray(fc.tuple(fc.oneof(fc.bigInt({ min: 0n, max: 99n }), fc.constantFrom('a', 'b', 'c')), tie('value')), {
        selector: ([key]) => key,
        maxLength: 6,
      })
      .map((entries) => new CborMap(entries)),
  ),
}));

test('whatever is written is read again, and no prefix of it is a value', () => {
  fc.assert(
    fc.property(anything, (value) => {
      const bytes = encodeCbor(value);
      expect(decodeCbor(bytes)).toEqual({ ok: true, value });
      expect(decodeFirstCbor(Uint8Array.of(...bytes, 0xff))).toEqual({ ok: true, value });
      for (let length = 0; length < bytes.length; length += 1 + Math.floor(bytes.length / 16)) {
        expect(decodeCbor(bytes.subarray(0, length)).ok).toBe(false);
      }
    }),
  );
});

test('what is read has one encoding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const value = decodeCbor(bytes);
      if (value.ok && bytes[0] !== 0xd2) expect(encodeCbor(value.value)).toEqual(bytes);
    }),
    { numRuns: 2000 },
  );
});

test('the limits hold', () => {
  expect(decodeCbor(new Uint8Array(cborLimits.bytes + 1)).ok).toBe(false);
  const many = encodeCbor(Array.from({ length: cborLimits.values }, () => 0n));
  expect(decodeCbor(many)).toEqual({ ok: false, fault: `more than ${cborLimits.values} values` });
});
