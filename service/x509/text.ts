import { Tag } from './der.ts';

/** The text of a string type of X.680 §41, or undefined if its octets are not of that type. */
export function textOf(tag: number, content: Uint8Array): string | undefined {
  switch (tag) {
    case Tag.UTF8String:
      return utf8(content);
    case Tag.PrintableString:
      return singleByte(content, isPrintable);
    case Tag.NumericString:
      return singleByte(content, isNumeric);
    case Tag.IA5String:
      return ia5(content);
    case Tag.TeletexString: // read as Latin-1, as everybody does (RFC 5280 §4.1.2.4 keeps it for old certificates)
      return singleByte(content, () => true);
    case Tag.BMPString:
      return bmp(content);
    default:
      return undefined;
  }
}

/** IA5String (X.680 §41.2) is ASCII, control characters and all. */
export const ia5 = (content: Uint8Array): string | undefined => singleByte(content, (octet) => octet < 0x80);

/**
 * What has no place in a name (RFC 4518 §2.2 would drop it unseen): C0 and C1 controls, NUL before all; line and paragraph separators; and the marks that turn
 * the direction of text, with which a name can be shown as another.
 */
export function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || (unit >= 0x7f && unit < 0xa0)) return true;
    if (unit < 0x061c) continue;
    if (unit === 0x061c || unit === 0x200e || unit === 0x200f || unit === 0xfeff) return true;
    if ((unit >= 0x2028 && unit <= 0x202e) || (unit >= 0x2066 && unit <= 0x2069)) return true;
  }
  return false;
}

function singleByte(content: Uint8Array, allowed: (octet: number) => boolean): string | undefined {
  let text = '';
  for (const octet of content) {
    if (!allowed(octet)) return undefined;
    text += String.fromCharCode(octet);
  }
  return text;
}

/** A-Z a-z 0-9 space ' ( ) + , - . / : = ? (X.680 §41.4) */
function isPrintable(octet: number): boolean {
  const letter = octet | 0x20;
  if (letter >= 0x61 && letter <= 0x7a) return octet >= 0x41;
  if (octet >= 0x27 && octet <= 0x3a) return octet !== 0x2a;
  return octet === 0x20 || octet === 0x3d || octet === 0x3f;
}

const isNumeric = (octet: number): boolean => octet === 0x20 || (octet >= 0x30 && octet <= 0x39);

function bmp(content: Uint8Array): string | undefined {
  if (content.length % 2 !== 0) return undefined;
  let text = '';
  for (let i = 0; i < content.length; i += 2) {
    const unit = (content[i] ?? 0) * 256 + (content[i + 1] ?? 0);
    if (unit >= 0xd800 && unit < 0xe000) return undefined;
    text += String.fromCharCode(unit);
  }
  return text;
}

/** RFC 3629 §3: shortest form, no surrogates, nothing above U+10FFFF. */
function utf8(content: Uint8Array): string | undefined {
  let text = '';
  for (let i = 0; i < content.length; ) {
    const lead = content[i++] ?? 0;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      continue;
    }
    const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4) return undefined;
    let point = lead & (0x3f >> more);
    for (let k = 0; k < more; k++) {
      const octet = content[i++] ?? 0;
      if ((octet & 0xc0) !== 0x80) return undefined;
      point = (point << 6) | (octet & 0x3f);
    }
    const least = more === 3 ? 0x10000 : more === 2 ? 0x800 : 0x80;
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return undefined;
    text += String.fromCodePoint(point);
  }
  return text;
}
