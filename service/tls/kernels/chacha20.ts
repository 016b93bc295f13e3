import { littleEndian } from './little-endian.ts';

/*
 * ChaCha20 (RFC 8439 §2.3, §2.4) on the sixteen words of its state, each a local variable: additions, exclusive ors and
 * rotations by constants alone, so that nothing branches on a secret and no secret is an index.
 */

/** Words of the state: four constants, eight of the key, the counter, three of the nonce (§2.3). */
export const STATE_WORDS = 16;
/** Words and bytes of a block of the key stream. */
export const BLOCK_WORDS = 16;
export const BLOCK_BYTES = 64;
const COUNTER = 12;

/** "expand 32-byte k" as little-endian words (§2.3). */
const constants = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;

/** Fills in all but the nonce. `key`: eight little-endian words. */
export function setKey(state: Int32Array, key: Int32Array): void {
  state.set(constants);
  state.set(key, constants.length);
}

/** `nonce`: 12 bytes (§2.3). The block that comes next is that of `counter`. */
export function setNonce(state: Int32Array, counter: number, nonce: Uint8Array): void {
  state[COUNTER] = counter;
  for (let i = 0; i < 3; i++) state[COUNTER + 1 + i] = littleEndian(nonce, 4 * i);
}

/**
 * §2.4: XORs the next `blocks` of the key stream into `words`, from the word `from` on, and leaves the counter behind them.
 * The counter has 32 bits, 256 GiB: who calls says no to more.
 */
export function xorKeyStream(state: Int32Array, words: Int32Array, from: number, blocks: number): void {
  for (let at = from, end = from + BLOCK_WORDS * blocks; at < end; at += BLOCK_WORDS) {
    let x0 = state[0] ?? 0;
    let x1 = state[1] ?? 0;
    let x2 = state[2] ?? 0;
    let x3 = state[3] ?? 0;
    let x4 = state[4] ?? 0;
    let x5 = state[5] ?? 0;
    let x6 = state[6] ?? 0;
    let x7 = state[7] ?? 0;
    let x8 = state[8] ?? 0;
    let x9 = state[9] ?? 0;
    let x10 = state[10] ?? 0;
    let x11 = state[11] ?? 0;
    let x12 = state[12] ?? 0;
    let x13 = state[13] ?? 0;
    let x14 = state[14] ?? 0;
    let x15 = state[15] ?? 0;
    for (let rounds = 0; rounds < 20; rounds += 2) {
      // Columns (§2.3.1): quarter rounds of (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15).
      x0 = (x0 + x4) | 0;
      x12 ^= x0;
      x12 = (x12 << 16) | (x12 >>> 16);
      x8 = (x8 + x12) | 0;
      x4 ^= x8;
      x4 = (x4 << 12) | (x4 >>> 20);
      x0 = (x0 + x4) | 0;
      x12 ^= x0;
      x12 = (x12 << 8) | (x12 >>> 24);
      x8 = (x8 + x12) | 0;
      x4 ^= x8;
      x4 = (x4 << 7) | (x4 >>> 25);

      x1 = (x1 + x5) | 0;
      x13 ^= x1;
      x13 = (x13 << 16) | (x13 >>> 16);
      x9 = (x9 + x13) | 0;
      x5 ^= x9;
      x5 = (x5 << 12) | (x5 >>> 20);
      x1 = (x1 + x5) | 0;
      x13 ^= x1;
      x13 = (x13 << 8) | (x13 >>> 24);
      x9 = (x9 + x13) | 0;
      x5 ^= x9;
      x5 = (x5 << 7) | (x5 >>> 25);

      x2 = (x2 + x6) | 0;
      x14 ^= x2;
      x14 = (x14 << 16) | (x14 >>> 16);
      x10 = (x10 + x14) | 0;
      x6 ^= x10;
      x6 = (x6 << 12) | (x6 >>> 20);
      x2 = (x2 + x6) | 0;
      x14 ^= x2;
      x14 = (x14 << 8) | (x14 >>> 24);
      x10 = (x10 + x14) | 0;
      x6 ^= x10;
      x6 = (x6 << 7) | (x6 >>> 25);

      x3 = (x3 + x7) | 0;
      x15 ^= x3;
      x15 = (x15 << 16) | (x15 >>> 16);
      x11 = (x11 + x15) | 0;
      x7 ^= x11;
      x7 = (x7 << 12) | (x7 >>> 20);
      x3 = (x3 + x7) | 0;
      x15 ^= x3;
      x15 = (x15 << 8) | (x15 >>> 24);
      x11 = (x11 + x15) | 0;
      x7 ^= x11;
      x7 = (x7 << 7) | (x7 >>> 25);

      // Diagonals: (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14).
      x0 = (x0 + x5) | 0;
      x15 ^= x0;
      x15 = (x15 << 16) | (x15 >>> 16);
      x10 = (x10 + x15) | 0;
      x5 ^= x10;
      x5 = (x5 << 12) | (x5 >>> 20);
      x0 = (x0 + x5) | 0;
      x15 ^= x0;
      x15 = (x15 << 8) | (x15 >>> 24);
      x10 = (x10 + x15) | 0;
      x5 ^= x10;
      x5 = (x5 << 7) | (x5 >>> 25);

      x1 = (x1 + x6) | 0;
      x12 ^= x1;
      x12 = (x12 << 16) | (x12 >>> 16);
      x11 = (x11 + x12) | 0;
      x6 ^= x11;
      x6 = (x6 << 12) | (x6 >>> 20);
      x1 = (x1 + x6) | 0;
      x12 ^= x1;
      x12 = (x12 << 8) | (x12 >>> 24);
      x11 = (x11 + x12) | 0;
      x6 ^= x11;
      x6 = (x6 << 7) | (x6 >>> 25);

      x2 = (x2 + x7) | 0;
      x13 ^= x2;
      x13 = (x13 << 16) | (x13 >>> 16);
      x8 = (x8 + x13) | 0;
      x7 ^= x8;
      x7 = (x7 << 12) | (x7 >>> 20);
      x2 = (x2 + x7) | 0;
      x13 ^= x2;
      x13 = (x13 << 8) | (x13 >>> 24);
      x8 = (x8 + x13) | 0;
      x7 ^= x8;
      x7 = (x7 << 7) | (x7 >>> 25);

      x3 = (x3 + x4) | 0;
      x14 ^= x3;
      x14 = (x14 << 16) | (x14 >>> 16);
      x9 = (x9 + x14) | 0;
      x4 ^= x9;
      x4 = (x4 << 12) | (x4 >>> 20);
      x3 = (x3 + x4) | 0;
      x14 ^= x3;
      x14 = (x14 << 8) | (x14 >>> 24);
      x9 = (x9 + x14) | 0;
      x4 ^= x9;
      x4 = (x4 << 7) | (x4 >>> 25);
    }
    words[at] = (words[at] ?? 0) ^ ((state[0] ?? 0) + x0);
    words[at + 1] = (words[at + 1] ?? 0) ^ ((state[1] ?? 0) + x1);
    words[at + 2] = (words[at + 2] ?? 0) ^ ((state[2] ?? 0) + x2);
    words[at + 3] = (words[at + 3] ?? 0) ^ ((state[3] ?? 0) + x3);
    words[at + 4] = (words[at + 4] ?? 0) ^ ((state[4] ?? 0) + x4);
    words[at + 5] = (words[at + 5] ?? 0) ^ ((state[5] ?? 0) + x5);
    words[at + 6] = (words[at + 6] ?? 0) ^ ((state[6] ?? 0) + x6);
    words[at + 7] = (words[at + 7] ?? 0) ^ ((state[7] ?? 0) + x7);
    words[at + 8] = (words[at + 8] ?? 0) ^ ((state[8] ?? 0) + x8);
    words[at + 9] = (words[at + 9] ?? 0) ^ ((state[9] ?? 0) + x9);
    words[at + 10] = (words[at + 10] ?? 0) ^ ((state[10] ?? 0) + x10);
    words[at + 11] = (words[at + 11] ?? 0) ^ ((state[11] ?? 0) + x11);
    words[at + 12] = (words[at + 12] ?? 0) ^ ((state[12] ?? 0) + x12);
    words[at + 13] = (words[at + 13] ?? 0) ^ ((state[13] ?? 0) + x13);
    words[at + 14] = (words[at + 14] ?? 0) ^ ((state[14] ?? 0) + x14);
    words[at + 15] = (words[at + 15] ?? 0) ^ ((state[15] ?? 0) + x15);
    state[COUNTER] = (state[COUNTER] ?? 0) + 1;
  }
}
