import { sha256 } from '@noble/hashes/sha2.js';

/*
 * Base58Check over bytes, both ways: what goes through here is a private key, and a string of JavaScript can be neither
 * zeroed nor kept from being copied (threats.md J13). Every buffer made on the way is zeroed.
 */

const alphabet = Uint8Array.from('123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz', (c) => c.charCodeAt(0));
const digits: ReadonlyMap<number, number> = new Map([...alphabet].map((character, digit) => [character, digit]));
const [one = 0] = alphabet;

const checksumLength = 4;

export type Base58Fault = 'not_base58' | 'checksum';

/** The characters, as ASCII. */
export function encodeBase58Check(payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(payload.length + checksumLength);
  bytes.set(payload);
  bytes.set(checksum(payload), payload.length);
  const text = encode(bytes);
  bytes.fill(0);
  return text;
}

/** The payload without its checksum, or what is wrong with the text. */
export function decodeBase58Check(text: Uint8Array): Uint8Array | Base58Fault {
  const bytes = decode(text);
  if (bytes === undefined) return 'not_base58';
  const payload = bytes.slice(0, -checksumLength);
  const right = bytes.length >= checksumLength && matches(checksum(payload), bytes.subarray(payload.length)) === true;
  bytes.fill(0);
  if (right) return payload;
  payload.fill(0);
  return 'checksum';
}

const checksum = (payload: Uint8Array): Uint8Array => sha256(sha256(payload)).subarray(0, checksumLength);

const matches = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);

/** Long division of a number in base 256 by 58; each leading zero byte becomes a leading `1`. */
function encode(bytes: Uint8Array): Uint8Array {
  const number = bytes.slice();
  const zeros = leading(bytes, 0);
  const reversed: Uint8Array = new Uint8Array(Math.ceil(bytes.length * 1.366) + 1);
  let length = 0;
  for (let start = zeros; start < number.length; ) {
    let remainder = 0;
    for (let index = start; index < number.length; index++) {
      const value = remainder * 256 + (number[index] ?? 0);
      number[index] = Math.floor(value / 58);
      remainder = value % 58;
    }
    reversed[length++] = alphabet[remainder] ?? 0;
    while (start < number.length && number[start] === 0) start++;
  }
  const text = new Uint8Array(zeros + length).fill(one);
  for (let index = 0; index < length; index++) text[zeros + index] = reversed[length - 1 - index] ?? 0;
  number.fill(0);
  reversed.fill(0);
  return text;
}

/** The inverse. Undefined for a character that base 58 does not have. */
function decode(text: Uint8Array): Uint8Array | undefined {
  const zeros = leading(text, one);
  const number = new Uint8Array(text.length);
  let start = number.length;
  for (const character of text.subarray(zeros)) {
    const digit = digits.get(character);
    if (digit === undefined) {
      number.fill(0);
      return undefined;
    }
    let carry = digit;
    for (let index = number.length - 1; index >= start || carry > 0; index--) {
      const value = (number[index] ?? 0) * 58 + carry;
      number[index] = value & 0xff;
      carry = value >> 8;
      start = Math.min(start, index);
    }
  }
  const bytes = new Uint8Array(zeros + number.length - start);
  bytes.set(number.subarray(start), zeros);
  number.fill(0);
  return bytes;
}

function leading(bytes: Uint8Array, value: number): number {
  const first = bytes.findIndex((byte) => byte !== value);
  return first === -1 ? bytes.length : first;
}
