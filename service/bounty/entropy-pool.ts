import { generatePrivateKey, type PrivateKey } from '../x509/index.ts';

/** Hands out entropy that was drawn before, each byte once. Whoever takes some zeroes it; `destroy` zeroes the rest. */
export class EntropyPool {
  readonly #entropy: Uint8Array;
  #offset = 0;

  constructor(entropy: Uint8Array, length: number) {
    if (entropy.length !== length)
      throw new RangeError(`entropy of ${entropy.length} bytes, where ${length} are needed`);
    // Not a proof of quality: it stops the one mistake that would be fatal and silent.
    if (entropy.every((byte) => byte === 0)) throw new RangeError('entropy is all zero: it was spent, or never drawn');
    this.#entropy = entropy;
  }

  take(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#entropy.length) throw new RangeError('entropy is spent');
    const taken = this.#entropy.slice(this.#offset, end);
    this.#entropy.fill(0, this.#offset, end);
    this.#offset = end;
    return taken;
  }

  /** `copy`: 48 bytes, to make the same key from once more. */
  privateKey(copy?: Uint8Array): PrivateKey {
    const seed = this.take(48);
    copy?.set(seed);
    return generatePrivateKey('P-256', seed);
  }

  destroy(): void {
    this.#entropy.fill(0);
  }
}
