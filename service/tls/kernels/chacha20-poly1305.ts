import { type Aead, checkedNonce, sameTag, TAG_LENGTH } from './aead.ts';
import { BLOCK_WORDS, STATE_WORDS, setKey, setNonce, xorKeyStream } from './chacha20.ts';
import { isAligned, littleEndian, wordsOf } from './little-endian.ts';
import { absorb, begin, finish } from './poly1305.ts';

/*
 * AEAD_CHACHA20_POLY1305 (RFC 8439 §2.8). A record is copied once at most, into the buffer that is returned, and worked on in
 * place there. What is in the module's own buffers belongs to one call, and is zeroed when it returns.
 */

const state = new Int32Array(STATE_WORDS);
const keyStream = new Int32Array(BLOCK_WORDS);
const keyStreamBytes = new Uint8Array(keyStream.buffer);
const block = new Int32Array(4);
const blockBytes = new Uint8Array(block.buffer);
const expected = new Uint8Array(TAG_LENGTH);

export class ChaCha20Poly1305 implements Aead {
  #key: Uint8Array | undefined;
  readonly #words = new Int32Array(8);

  /** `key`: 32 bytes, taken over. */
  constructor(key: Uint8Array) {
    this.#key = key;
    for (let i = 0; i < this.#words.length; i++) this.#words[i] = littleEndian(key, 4 * i);
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
    this.#oneTimeKey(checkedNonce(nonce));
    xor(words, bytes, length);
    authenticate(additionalData, words, bytes, length, bytes, length);
    forget();
  }

  open(nonce: Uint8Array, additionalData: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
    const length = ciphertext.length - TAG_LENGTH;
    if (this.#key === undefined || length < 0) return undefined;
    const opened = new Uint8Array(ciphertext.subarray(0, length)); // slice() of a Node Buffer is no copy
    const words = wordsOf(opened);
    this.#oneTimeKey(checkedNonce(nonce));
    authenticate(additionalData, words, opened, length, expected, 0);
    const authentic = sameTag(expected, ciphertext, length);
    if (authentic) xor(words, opened, length);
    forget();
    return authentic ? opened : undefined;
  }

  destroy(): void {
    this.#key?.fill(0);
    this.#key = undefined;
    this.#words.fill(0);
  }

  /** §2.6: the first half of block 0. The key stream goes on with block 1. */
  #oneTimeKey(nonce: Uint8Array): void {
    setKey(state, this.#words);
    setNonce(state, 0, nonce);
    keyStream.fill(0); // what it is XORed into, also if the call before this one did not come to its end
    xorKeyStream(state, keyStream, 0, 1);
    begin(keyStream);
    keyStream.fill(0);
  }
}

/** `length` bytes, in place. */
function xor(words: Int32Array, bytes: Uint8Array, length: number): void {
  const blocks = length >> 6;
  xorKeyStream(state, words, 0, blocks);
  const whole = blocks << 6;
  if (whole === length) return;
  xorKeyStream(state, keyStream, 0, 1);
  for (let i = whole; i < length; i++) bytes[i] = (bytes[i] ?? 0) ^ (keyStreamBytes[i - whole] ?? 0);
}

/** §2.8: additional data and ciphertext, each padded with zeros to blocks of 16, and both lengths. */
function authenticate(
  additionalData: Uint8Array,
  words: Int32Array,
  bytes: Uint8Array,
  length: number,
  tag: Uint8Array,
  at: number,
): void {
  const { length: additionalLength } = additionalData;
  for (let i = 0; i < additionalLength; i += 16) absorbPadded(additionalData, i, additionalLength);
  const blocks = length >> 4;
  absorb(words, 0, blocks);
  if (blocks << 4 < length) absorbPadded(bytes, blocks << 4, length);
  block[0] = additionalLength;
  block[2] = length;
  block[1] = block[3] = 0; // neither has 2^32 bytes
  absorb(block, 0, 1);
  finish(tag, at);
}

/** The block that begins at `from`, with zeros after `to`. */
function absorbPadded(bytes: Uint8Array, from: number, to: number): void {
  block.fill(0);
  for (let i = from; i < to && i < from + 16; i++) blockBytes[i - from] = bytes[i] ?? 0;
  absorb(block, 0, 1);
}

function forget(): void {
  state.fill(0);
  keyStream.fill(0);
  block.fill(0);
  expected.fill(0);
}
