import { type DerElement, Tag } from './der.ts';
import { Unacceptable } from './refusal.ts';

/** KeyUsage, RFC 5280 §4.2.1.3, in the order of its bits. */
export const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

export type KeyUsage = (typeof keyUsages)[number];

/** A named bit list: no trailing zero bit (X.690 §11.2.2), and "at least one of the bits MUST be set" (RFC 5280 §4.2.1.3). */
export function decodeKeyUsage(value: DerElement): readonly KeyUsage[] {
  const content = value.content;
  const unused = content[0] ?? 0;
  const bits = (content.length - 1) * 8 - unused;
  const isSet = (bit: number): boolean => ((content[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0;
  if (value.tag !== Tag.BIT_STRING || bits < 1 || bits > keyUsages.length || !isSet(bits - 1))
    throw new Unacceptable('extension_malformed', 'KeyUsage: not a minimal BIT STRING of 1 to 9 bits with one set');
  return keyUsages.filter((_, bit) => isSet(bit));
}
