import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/*
 * Output script descriptors (BIP-380, BIP-382). Over bytes, not strings: one of them holds the private key.
 */

const ascii = (text: string): Uint8Array => utf8ToBytes(text);

const inputCharset = ascii(
  '0123456789()[],\'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#"\\ ',
);
const checksumCharset = ascii('qpzry9x8gf2tvdw0s3jn54khce6mua7l');
const positions: ReadonlyMap<number, number> = new Map([...inputCharset].map((character, index) => [character, index]));

/** The generator of BIP-380's code, each of its 40 bits as two times 20. */
const generator = [
  [0xf5dee, 0x51989],
  [0xa9fdc, 0xa3312],
  [0x1bab1, 0x0e32d],
  [0x3706b, 0x1677a],
  [0x644d6, 0x26ffd],
] as const;

type Residue = readonly [high: number, low: number];

function polymod([high, low]: Residue, symbol: number): Residue {
  const top = high >>> 15;
  let nextHigh = ((high & 0x7fff) << 5) | (low >>> 15);
  let nextLow = ((low & 0x7fff) << 5) ^ symbol;
  generator.forEach(([generatorHigh, generatorLow], bit) => {
    if (((top >>> bit) & 1) === 0) return;
    nextHigh ^= generatorHigh;
    nextLow ^= generatorLow;
  });
  return [nextHigh, nextLow];
}

/** The eight characters of BIP-380's checksum, as ASCII. */
export function descriptorChecksum(descriptor: Uint8Array): Uint8Array {
  let residue: Residue = [0, 1];
  let group = 0;
  let inGroup = 0;
  for (const character of descriptor) {
    const position = positions.get(character);
    if (position === undefined) throw new RangeError('a descriptor holds a character that BIP-380 does not know');
    residue = polymod(residue, position & 31);
    group = group * 3 + (position >> 5);
    if (++inGroup < 3) continue;
    residue = polymod(residue, group);
    group = 0;
    inGroup = 0;
  }
  if (inGroup > 0) residue = polymod(residue, group);
  for (let index = 0; index < 8; index++) residue = polymod(residue, 0);
  const [high, low] = [residue[0], residue[1] ^ 1];
  return Uint8Array.from({ length: 8 }, (_, index) => {
    const symbol = index < 4 ? high >>> (5 * (3 - index)) : low >>> (5 * (7 - index));
    return checksumCharset[symbol & 31] ?? 0;
  });
}

/** `wpkh(KEY)#checksum` (BIP-382); `key` is what stands between the brackets, as ASCII. */
export function wpkhDescriptor(key: Uint8Array): Uint8Array {
  const body = concatBytes(ascii('wpkh('), key, ascii(')'));
  const descriptor = concatBytes(body, ascii('#'), descriptorChecksum(body));
  body.fill(0);
  return descriptor;
}

/** The descriptor that anybody may have: wallets watch with it. */
export const publicDescriptor = (publicKey: Uint8Array): string =>
  String.fromCharCode(...wpkhDescriptor(ascii(bytesToHex(publicKey))));
