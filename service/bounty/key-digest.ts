import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** Of the words of a digest each has 32 bits. */
export type DigestWords = Int32Array;

/**
 * A name of fixed length for a text of any: SHA-256 behind a seed that nobody outside knows, so that nobody can choose texts
 * that fall into one place of a table, or are taken for another's.
 */
export class KeyDigest {
  readonly #seed: Uint8Array;
  readonly #words: number;
  /** Whoever is looked up is looked up again at once, and a flood from one address has it digested once. */
  #latest: { readonly of: string; readonly words: DigestWords } | undefined;

  /** `seed`: random bytes, the same in all threads. `words`: how many of the eight are kept; three are 96 bits. */
  constructor(seed: Uint8Array, words: 3 | 8) {
    this.#seed = seed;
    this.#words = words;
  }

  /** To be read alone: the next call may return the same. */
  of(text: string): DigestWords {
    if (this.#latest?.of !== text) this.#latest = { of: text, words: this.#digest(text) };
    return this.#latest.words;
  }

  #digest(text: string): DigestWords {
    const { buffer, byteOffset } = sha256(concatBytes(this.#seed, utf8ToBytes(text)));
    return new Int32Array(buffer, byteOffset, this.#words);
  }
}
