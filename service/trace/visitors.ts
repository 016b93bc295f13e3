import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** As many are counted exactly; then by HyperLogLog, with a standard error of 1.04 / sqrt(4096) = 1.6 %. */
const exactly = 1024;
const indexBits = 12;
const registerCount = 1 << indexBits;

/**
 * How many different visitors came, in a bounded memory, without keeping any address: each is known by a pseudonym under
 * a key, and beyond the first thousand by the trace that it leaves in one of 4096 registers (Flajolet et al. 2007).
 */
export class Visitors {
  readonly #key: Uint8Array;
  #few: Set<string> | undefined = new Set();
  readonly #registers = new Uint8Array(registerCount);
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
    const { register, rank } = trace(pseudonym);
    this.#registers[register] = Math.max(this.#registers[register] ?? 0, rank);
  }

  get count(): number {
    return this.#few?.size ?? Math.round(estimate(this.#registers));
  }
}

/** The first twelve bits choose the register; the rank is where the first 1 stands in the 52 that follow. */
function trace(pseudonym: Uint8Array): { readonly register: number; readonly rank: number } {
  const view = new DataView(pseudonym.buffer, pseudonym.byteOffset, 8);
  const high = view.getUint32(0);
  const leading = Math.clz32(high << indexBits);
  const rank = leading < 32 - indexBits ? leading + 1 : 32 - indexBits + Math.clz32(view.getUint32(4)) + 1;
  return { register: high >>> (32 - indexBits), rank };
}

/** The harmonic mean of the registers; where many are empty, how many are says more (linear counting). */
function estimate(registers: Uint8Array): number {
  let sum = 0;
  let empty = 0;
  for (const rank of registers) {
    sum += 2 ** -rank;
    if (rank === 0) empty++;
  }
  const raw = ((0.7213 / (1 + 1.079 / registerCount)) * (registerCount * registerCount)) / sum;
  return raw <= 2.5 * registerCount && empty > 0 ? registerCount * Math.log(registerCount / empty) : raw;
}
