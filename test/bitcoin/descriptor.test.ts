import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { descriptorChecksum, publicDescriptor, wpkhDescriptor } from '../../service/bitcoin/descriptor.ts';

const checksum = (descriptor: string): string => String.fromCharCode(...descriptorChecksum(utf8ToBytes(descriptor)));

/** The same code as BIP-380's reference writes it, over one big integer: what ours, in two halves, is held against. */
function reference(descriptor: string): string {
  const input = '0123456789()[],\'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#"\\ ';
  const generator = [0xf5dee51989n, 0xa9fdca3312n, 0x1bab10e32dn, 0x3706b1677an, 0x644d626ffdn];
  const positions = [...descriptor].map((character) => input.indexOf(character));
  const symbols: number[] = [];
  for (let at = 0; at < positions.length; at += 3) {
    const group = positions.slice(at, at + 3);
    symbols.push(
      ...group.map((position) => position & 31),
      group.reduce((sum, position) => sum * 3 + (position >> 5), 0),
    );
  }
  let residue = 1n;
  for (const symbol of [...symbols, 0, 0, 0, 0, 0, 0, 0, 0]) {
    const top = residue >> 35n;
    residue = ((residue & 0x7ffffffffn) << 5n) ^ BigInt(symbol);
    generator.forEach((value, bit) => {
      if (((top >> BigInt(bit)) & 1n) === 1n) residue ^= value;
    });
  }
  residue ^= 1n;
  return Array.from({ length: 8 }, (_, index) =>
    'qpzry9x8gf2tvdw0s3jn54khce6mua7l'.charAt(Number((residue >> BigInt(5 * (7 - index))) & 31n)),
  ).join('');
}

describe('the checksum of a descriptor', () => {
  test.each([
    ['raw(deadbeef)', '89f8spxm'],
    ['pk(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)', 'gn28ywm7'],
    ['pkh(02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5)', '8fhd9pwu'],
    ['wpkh(02f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9)', '8zl0zxma'],
  ])('of %s is %s (BIP-380, Bitcoin Core doc/descriptors.md)', (descriptor, expected) => {
    expect(checksum(descriptor)).toBe(expected);
  });

  test('is that of the reference for any descriptor', () => {
    const character = fc.constantFrom(
      ...'0123456789()[],\'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#"\\ ',
    );
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 120 }), (descriptor) => {
        expect(checksum(descriptor)).toBe(reference(descriptor));
      }),
    );
  });

  test('knows one character that was changed', () => {
    const descriptor = 'raw(deadbeef)';
    for (let at = 0; at < descriptor.length; at++) {
      const changed = `${descriptor.slice(0, at)}${descriptor[at] === 'x' ? 'y' : 'x'}${descriptor.slice(at + 1)}`;
      expect(checksum(changed)).not.toBe('89f8spxm');
    }
  });

  test('what BIP-380 does not know is refused, and not repeated', () => {
    expect(() => checksum('raw(\u00fc)')).toThrow('BIP-380');
    expect(() => checksum('wpkh(secret\n)')).not.toThrow('secret');
  });
});

describe('a wpkh descriptor', () => {
  test('of a public key', () => {
    const publicKey = Uint8Array.from([2, ...new Uint8Array(31), 9]);
    const descriptor = publicDescriptor(publicKey, undefined);
    expect(descriptor).toBe(`wpkh(${bytesToHex(publicKey)})#${reference(`wpkh(${bytesToHex(publicKey)})`)}`);
  });

  test('leaves the key it was given as it was', () => {
    const key = utf8ToBytes('KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn');
    const before = key.slice();
    expect(String.fromCharCode(...wpkhDescriptor(key))).toBe(
      `wpkh(${String.fromCharCode(...before)})#${reference(`wpkh(${String.fromCharCode(...before)})`)}`,
    );
    expect(key).toEqual(before);
  });
});
