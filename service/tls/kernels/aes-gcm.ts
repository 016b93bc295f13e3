import { type Aead, checkedNonce, sameTag, TAG_LENGTH } from './aead.ts';
import { forgetPair, keySchedule, keyStreamPair } from './aes.ts';
import { absorb, begin, finish, hashKey } from './ghash.ts';
import { isAligned, littleEndian, swapped, wordsOf } from './little-endian.ts';

/*
 * AES-GCM (SP 800-38D §7) with nonces of 96 bits and tags of 128. A record is copied once at most, into the buffer that is returned, and
 * worked on in place there. What is in the module's own buffers belongs to one call, and is zeroed when it returns.
 */

const nonceWords = new Int32Array(3);
/** The key stream of two blocks. */
const stream = new Int32Array(8);
const streamBytes = new Uint8Array(stream.buffer);
/** The key stream's first block, with which the tag is XORed (§7.1, step 6). */
const mask = new Int32Array(4);
const block = new Int32Array(4);
const blockBytes = new Uint8Array(block.buffer);

export class AesGcm implements Aead {
  #key: Uint8Array | undefined;
  readonly #schedule: Int32Array;
  readonly #hashKey: Int32Array;

  /** `key`: 16 or 32 bytes, taken over. */
  constructor(key: Uint8Array) {
    this.#key = key;
    this.#schedule = keySchedule(key);
    keyStreamPair(this.#schedule, nonceWords, 0, stream); // of zeros, a block of which is H (§7.1, step 1)
    this.#hashKey = hashKey(stream);
    forget();
  }

  seal(nonce: Uint8Array, additionalData: Uint8Array, plaintext: Uint8Array): Uint8Array {
    const sealed = new Uint8Array(plaintext.length + TAG_LENGTH);
    sealed.set(plaintext);
    this.sealInPlace(nonce, additionalData, sealed, 0);
    return sealed;
  }

  sealInPlace(nonce: Uint8Array, additionalData: Uint8Array, record: Uint8Array, at: number): void {
    if (this.#key === undefined) throw new Error('an AEAD key was used after it was destroyed');
    const bytes = at === 0 ? record : record.subarray(at);
    const length = bytes.length - TAG_LENGTH;
    if (!isAligned(bytes)) {
      record.set(this.seal(nonce, additionalData, bytes.subarray(0, length)), at);
      return;
    }
    const words = wordsOf(bytes);
    this.#begin(checkedNonce(nonce));
    this.#xor(words, bytes, length);
    this.#authenticate(additionalData, words, bytes, length);
    bytes.set(blockBytes, length);
    forget();
  }

  open(nonce: Uint8Array, additionalData: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
    const length = ciphertext.length - TAG_LENGTH;
    if (this.#key === undefined || length < 0) return undefined;
    const opened = new Uint8Array(ciphertext.subarray(0, length)); // slice() of a Node Buffer is no copy
    const words = wordsOf(opened);
    this.#begin(checkedNonce(nonce));
    this.#authenticate(additionalData, words, opened, length);
    const authentic = sameTag(blockBytes, ciphertext, length);
    if (authentic) this.#xor(words, opened, length);
    forget();
    return authentic ? opened : undefined;
  }

  destroy(): void {
    this.#key?.fill(0);
    this.#key = undefined;
    this.#schedule.fill(0);
    this.#hashKey.fill(0);
  }

  /** §7.1, steps 2 and 3: counter 1 is the tag's, and 2 that of the first block. */
  #begin(nonce: Uint8Array): void {
    for (let i = 0; i < nonceWords.length; i++) nonceWords[i] = littleEndian(nonce, 4 * i);
    keyStreamPair(this.#schedule, nonceWords, 1, stream);
    for (let i = 0; i < mask.length; i++) mask[i] = stream[i] ?? 0;
  }

  /** In place. The key stream of the first block is there since `#begin`. */
  #xor(words: Int32Array, bytes: Uint8Array, length: number): void {
    xorBlock(words, bytes, length, 0, 4);
    for (let at = 16; at < length; at += 32) {
      keyStreamPair(this.#schedule, nonceWords, (at >> 4) + 2, stream);
      xorBlock(words, bytes, length, at, 0);
      xorBlock(words, bytes, length, at + 16, 4);
    }
  }

  /** §7.1, steps 4 to 6: additional data and ciphertext, each padded with zeros, and both lengths in bits. The tag is left in `block`. */
  #authenticate(additionalData: Uint8Array, words: Int32Array, bytes: Uint8Array, length: number): void {
    const { length: additionalLength } = additionalData;
    begin();
    for (let at = 0; at < additionalLength; at += 16) this.#absorbPadded(additionalData, at, additionalLength);
    const whole = length >> 4;
    absorb(this.#hashKey, words, 0, whole);
    if (whole << 4 < length) this.#absorbPadded(bytes, whole << 4, length);
    block.fill(0); // the upper halves of both lengths: neither has 2^32 bits
    block[1] = swapped(8 * additionalLength);
    block[3] = swapped(8 * length);
    absorb(this.#hashKey, block, 0, 1);
    finish(block);
    for (let i = 0; i < block.length; i++) block[i] = (block[i] ?? 0) ^ (mask[i] ?? 0);
  }

  /** The block that begins at `from`, with zeros after `to`. */
  #absorbPadded(bytes: Uint8Array, from: number, to: number): void {
    block.fill(0);
    for (let i = from; i < to && i < from + 16; i++) blockBytes[i - from] = bytes[i] ?? 0;
    absorb(this.#hashKey, block, 0, 1);
  }
}

/** As much as there is of the block of `bytes` that begins at `at`, with the four words of `stream` from `from` on. */
function xorBlock(words: Int32Array, bytes: Uint8Array, length: number, at: number, from: number): void {
  if (at + 16 <= length) {
    const word = at >> 2;
    for (let i = 0; i < 4; i++) words[word + i] = (words[word + i] ?? 0) ^ (stream[from + i] ?? 0);
  } else {
    for (let i = at; i < length; i++) bytes[i] = (bytes[i] ?? 0) ^ (streamBytes[4 * from + i - at] ?? 0);
  }
}

function forget(): void {
  nonceWords.fill(0);
  stream.fill(0);
  mask.fill(0);
  block.fill(0);
  forgetPair();
}
