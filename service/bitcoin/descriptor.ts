import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { isXOnlyKey } from './taproot.ts';
import { isRefundHeight, type Refund } from './vault.ts';

/*
 * Output script descriptors (BIP-380, BIP-382, BIP-386). Over bytes, not strings: one of them holds the private key.
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

/** `wpkh(KEY)#checksum` (BIP-382); `key` is what stands between the brackets, as ASCII. The caller zeroes a secret one. */
export const wpkhDescriptor = (key: Uint8Array): Uint8Array => withChecksum('wpkh(', key, ')');

/** `tr(KEY,LEAF)#checksum` (BIP-386), the leaf in miniscript (BIP-379). */
export const vaultDescriptor = (key: Uint8Array, { height, publicKey }: Refund): Uint8Array =>
  withChecksum('tr(', key, `,and_v(v:pk(${publicKey}),after(${height})))`);

function withChecksum(before: string, key: Uint8Array, after: string): Uint8Array {
  const body = concatBytes(ascii(before), key, ascii(after));
  const descriptor = concatBytes(body, ascii('#'), descriptorChecksum(body));
  body.fill(0);
  return descriptor;
}

/** The one that anybody may have: wallets watch with it. `publicKey` is compressed. */
export const publicDescriptor = (publicKey: Uint8Array, refund: Refund | undefined): string =>
  String.fromCharCode(
    ...(refund === undefined
      ? wpkhDescriptor(ascii(bytesToHex(publicKey)))
      : vaultDescriptor(ascii(bytesToHex(publicKey.subarray(1))), refund)),
  );

/** What a public descriptor of ours says. `publicKey`: compressed for `classic`, x-only for `vault`, as hex. */
export type PublicDescriptor =
  | { readonly kind: 'classic'; readonly publicKey: string }
  | { readonly kind: 'vault'; readonly publicKey: string; readonly refund: Refund };

/** The inverse of `publicDescriptor`, in the one form that it writes. Undefined for all else, a wrong checksum among it. */
export function readPublicDescriptor(text: string): PublicDescriptor | undefined {
  const [, body = '', checksum] = /^([ -~]{1,300})#([a-z0-9]{8})$/.exec(text) ?? [];
  if (checksum === undefined || !/^[\w(),:]+$/.test(body)) return undefined;
  if (String.fromCharCode(...descriptorChecksum(ascii(body))) !== checksum) return undefined;
  const [, compressed] = /^wpkh\((0[23][0-9a-f]{64})\)$/.exec(body) ?? [];
  if (compressed !== undefined) {
    return isXOnlyKey(hexToBytes(compressed.slice(2))) ? { kind: 'classic', publicKey: compressed } : undefined;
  }
  const [, internal = '', operator = '', number = ''] =
    /^tr\(([0-9a-f]{64}),and_v\(v:pk\(([0-9a-f]{64})\),after\(([1-9][0-9]{0,8})\)\)\)$/.exec(body) ?? [];
  const refund = { height: Number(number), publicKey: operator };
  const sound =
    internal !== operator &&
    [internal, operator].every((key) => isXOnlyKey(hexToBytes(key))) &&
    isRefundHeight(refund.height);
  return sound ? { kind: 'vault', publicKey: internal, refund } : undefined;
}
