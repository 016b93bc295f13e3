/** Authenticated encryption with additional data (RFC 5116) under one key. A nonce must never be given to `seal` twice. */
export interface Aead {
  /** The ciphertext with its tag of 16 bytes. Throws once destroyed: under the zeroed key everybody could read. */
  seal(nonce: Uint8Array, additionalData: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /**
   * The same where the plaintext stands: in `record` from `at` on, up to 16 bytes before the end, where the tag goes. Nothing
   * is copied if that is where a word begins.
   */
  sealInPlace(nonce: Uint8Array, additionalData: Uint8Array, record: Uint8Array, at: number): void;
  /** Undefined if the tag is wrong; nothing that was not authenticated leaves. A destroyed key opens nothing. */
  open(nonce: Uint8Array, additionalData: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined;
  destroy(): void;
}

/** Takes the key over: `destroy` zeroes it. */
export type AeadFactory = (key: Uint8Array) => Aead;

const NONCE_LENGTH = 12;
export const TAG_LENGTH = 16;

/** RFC 5116 allows nonces of other lengths to some, for which TLS has no use. */
export function checkedNonce(nonce: Uint8Array): Uint8Array {
  if (nonce.length === NONCE_LENGTH) return nonce;
  throw new RangeError(`an AEAD nonce of TLS has ${NONCE_LENGTH} bytes, not ${nonce.length}`);
}

export function checkedKey(key: Uint8Array, length: number): Uint8Array {
  if (key.length === length) return key;
  throw new RangeError(`the AEAD key has ${key.length} bytes and must have ${length}`);
}

/** Of the tag that stands in `bytes` from `at` on. All of it is looked at, wherever it differs. */
export function sameTag(tag: Uint8Array, bytes: Uint8Array, at: number): boolean {
  let difference = 0;
  for (let i = 0; i < TAG_LENGTH; i++) difference |= (tag[i] ?? 0) ^ (bytes[at + i] ?? 0);
  return difference === 0;
}
