import { ed25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';

/*
 * Signatures of minisign(1): a file, its Ed25519 signature (RFC 8032) over the file's BLAKE2b-512, and a comment that is signed
 * together with it. Verified here, and never made: the key of a release is its owner's.
 */

export interface MinisignKey {
  /** Eight bytes, which a signature names too. */
  readonly id: Uint8Array;
  readonly publicKey: Uint8Array;
}

export type Signed =
  | { readonly valid: true; readonly trustedComment: string }
  | { readonly valid: false; readonly fault: string };

const keyIdLength = 8;
const signatureLength = 64;
const signsFile = 0x4564; // "Ed", of old: over the file itself
const signsDigest = 0x4544; // "ED": over its BLAKE2b-512

/** Of a `.pub` file, or of the one line in it that is base64. Undefined where it is none. */
export function readMinisignKey(text: string): MinisignKey | undefined {
  const line = text.trim().split('\n').at(-1)?.trim() ?? '';
  const bytes = decoded(line, 2 + keyIdLength + 32);
  if (bytes === undefined || tag(bytes) !== signsFile) return undefined;
  return { id: bytes.slice(2, 2 + keyIdLength), publicKey: bytes.slice(2 + keyIdLength) };
}

/** Total. `signature` is the text of a `.minisig` file. */
export function verifyMinisign(file: Uint8Array, signature: string, key: MinisignKey): Signed {
  const [untrusted, first = '', trusted = '', second = '', ...more] = signature.replace(/\n$/, '').split('\n');
  if (!untrusted?.startsWith('untrusted comment: ') || !trusted.startsWith(trustedPrefix) || more.length > 0) {
    return no('it is no signature of minisign: two comments and two lines of base64 are wanted');
  }
  const bytes = decoded(first, 2 + keyIdLength + signatureLength);
  const ofComment = decoded(second, signatureLength);
  if (bytes === undefined || ofComment === undefined) return no('it is no signature of minisign: its base64 is broken');
  if (tag(bytes) !== signsDigest && tag(bytes) !== signsFile)
    return no('it is of an algorithm that minisign does not have');
  const id = bytes.subarray(2, 2 + keyIdLength);
  if (bytesToHex(id) !== bytesToHex(key.id)) {
    return no(`it was made with key ${nameOf(id)}, and the key to trust is ${nameOf(key.id)}`);
  }
  const ofFile = bytes.subarray(2 + keyIdLength);
  const signed = tag(bytes) === signsDigest ? blake2b(file, { dkLen: 64 }) : file;
  if (verifies(ofFile, signed, key) !== true) return no('the file is not the one that was signed');
  const trustedComment = trusted.slice(trustedPrefix.length);
  if (verifies(ofComment, concatBytes(ofFile, utf8ToBytes(trustedComment)), key) !== true) {
    return no('its comment is not the one that was signed');
  }
  return { valid: true, trustedComment };
}

/** As minisign prints it: the eight bytes as a number, the first the least, without zeros in front. */
export const nameOf = (id: Uint8Array): string =>
  bytesToHex(id.toReversed())
    .toUpperCase()
    .replace(/^0+(?=.)/, '');

const trustedPrefix = 'trusted comment: ';

const no = (fault: string): Signed => ({ valid: false, fault });

const tag = (bytes: Uint8Array): number => ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);

/** RFC 8032, without the leniency of ZIP-215. Noble refuses some malformed points by throwing. */
function verifies(signature: Uint8Array, message: Uint8Array, { publicKey }: MinisignKey): boolean {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false }) === true;
  } catch {
    return false;
  }
}

function decoded(text: string, length: number): Uint8Array | undefined {
  try {
    const bytes = base64.decode(text);
    return bytes.length === length ? bytes : undefined;
  } catch {
    return undefined;
  }
}
