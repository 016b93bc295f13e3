import { base58 } from '@scure/base';

/** The key as bytes and text, and half of it: a truncated line is a leak too. */
export function formsOfKey(scalar: Uint8Array, wif: string): readonly (readonly [string, Buffer])[] {
  const hex = Buffer.from(scalar).toString('hex');
  return [
    ['raw', Buffer.from(scalar)],
    ['the first half, raw', Buffer.from(scalar.slice(0, 16))],
    ['the second half, raw', Buffer.from(scalar.slice(16))],
    ['WIF', Buffer.from(wif)],
    ['the first half of WIF', Buffer.from(wif.slice(0, 26))],
    ['the second half of WIF', Buffer.from(wif.slice(26))],
    ['hex', Buffer.from(hex)],
    ['HEX', Buffer.from(hex.toUpperCase())],
    ['half of hex', Buffer.from(hex.slice(0, 32))],
    ['WIF in hex', Buffer.from(Buffer.from(wif).toString('hex'))],
    // At each of the three offsets that base64 may cut at, without what depends on its neighbours.
    ...[0, 1, 2].flatMap((offset) =>
      [scalar, Buffer.from(wif)].map((bytes): readonly [string, Buffer] => [
        `base64 at ${offset}`,
        Buffer.from(
          Buffer.concat([Buffer.alloc(offset), bytes])
            .toString('base64')
            .slice(4, -8),
        ),
      ]),
    ),
    ['base58 of the scalar', Buffer.from(base58.encode(scalar))],
    ['decimal bytes', Buffer.from([...scalar].join(','))],
    ['a decimal number', Buffer.from(BigInt(`0x${hex}`).toString())],
    ['reversed', Buffer.from(scalar.toReversed())],
    ['WIF in UTF-16', Buffer.from(wif, 'utf16le')],
  ];
}
