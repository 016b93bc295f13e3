import { hexToBytes } from '@noble/hashes/utils.js';

/** Of a greeting, in signs. */
const longest = 200;

/**
 * What was said to a TLS port, as a guest book shows it: one line of printable ASCII, `·` for each run of anything else. What
 * looks like an address is taken out: whoever it was, this book does not say.
 */
export function greetingText(bytes: string): string {
  const letters = Array.from(hexToBytes(bytes), (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '\0',
  ).join('');
  const text = letters
    .replace(ipv4, '[address]')
    .replace(ipv6, '[address]')
    .replace(/\0+/g, '·')
    .replace(/·$/, '')
    .trim();
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

const ipv4 = /(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9]|\.[0-9])/g;
/** Two colons at least, groups of up to four hex digits: also a time of day, which is no loss. */
const ipv6 = /(?<![0-9A-Za-z:])(?:[0-9A-Fa-f]{0,4}:){2,8}[0-9A-Fa-f]{0,4}(?![0-9A-Za-z:])/g;
