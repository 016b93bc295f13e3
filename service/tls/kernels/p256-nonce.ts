import { hmac } from './hmac.ts';
import { wipe } from './p256-limbs.ts';

/**
 * The candidates for k of RFC 6979 §3.2, with SHA-256 and nothing beside the key and the digest: 32 bytes each, which are tried
 * until one is from 1 to n - 1 and gives an r and an s that are not zero. `digest` is bits2octets(h1), already modulo n.
 */
export class Nonces {
  #key: Uint8Array = new Uint8Array(32);
  #value: Uint8Array = new Uint8Array(32).fill(1);

  constructor(secret: Uint8Array, digest: Uint8Array) {
    this.#reseed(0, secret, digest); // steps d and e
    this.#reseed(1, secret, digest); // steps f and g
  }

  /** Step h. The bytes are overwritten by the next call. */
  next(): Uint8Array {
    this.#step();
    return this.#value;
  }

  /** Step h.3: the last candidate would not do. */
  refuse(): void {
    this.#reseed(0);
  }

  wipe(): void {
    wipe(this.#key, this.#value);
  }

  #reseed(round: number, ...seed: readonly Uint8Array[]): void {
    const key = hmac('sha256', this.#key, this.#value, Uint8Array.of(round), ...seed);
    wipe(this.#key);
    this.#key = key;
    this.#step();
  }

  #step(): void {
    const value = hmac('sha256', this.#key, this.#value);
    wipe(this.#value);
    this.#value = value;
  }
}
