import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { emptyRegisters, estimate, footprint, leave } from './hyperloglog.ts';

/** As many are counted exactly; then by HyperLogLog. */
const exactly = 1024;

/**
 * How many different visitors came, in a bounded memory, without keeping any address: each is known by a pseudonym under
 * a key, and beyond the first thousand by the trace that it leaves in one of many registers.
 */
export class Visitors {
  readonly #key: Uint8Array;
  #few: Set<string> | undefined = new Set();
  readonly #registers = emptyRegisters();
  /** Who came last, and is known already: a flood from one place is one visitor, and costs no HMAC each time. */
  #latest: string | undefined;

  /** `key`: 32 random bytes. Whoever has it can ask whether an address came. */
  constructor(key: Uint8Array) {
    if (key.length !== 32) throw new RangeError(`a key of ${key.length} bytes, where 32 are wanted`);
    this.#key = key;
  }

  /** `address` in one canonical form, or the prefix that stands for a visitor. */
  add(address: string): void {
    if (address === this.#latest) return;
    this.#latest = address;
    const pseudonym = hmac(sha256, this.#key, utf8ToBytes(address)).subarray(0, 8);
    if (this.#few !== undefined) {
      this.#few.add(bytesToHex(pseudonym));
      if (this.#few.size > exactly) this.#few = undefined;
    }
    leave(this.#registers, footprint(pseudonym));
  }

  get count(): number {
    return this.#few?.size ?? estimate(this.#registers);
  }
}
