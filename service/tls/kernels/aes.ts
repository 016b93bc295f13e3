import { encrypt } from './aes-rounds.ts';
import { littleEndian, swapped } from './little-endian.ts';

/* AES (FIPS 197): the key schedule, and the key stream of counter mode (SP 800-38A §6.5), two blocks at a time. */

/**
 * Two blocks: eight words, of which word 2c + k is column c of block k and has row r in byte r; transposed, they are in the
 * layout of `encrypt`. Zeroed by whoever has read them.
 */
const pair = new Int32Array(8);

/** Within each byte: bit j of word i changes places with bit i of word j. The same once more is the way back. */
function transpose(q: Int32Array): void {
  exchange(q, 0, 1, 0x55555555);
  exchange(q, 2, 1, 0x55555555);
  exchange(q, 4, 1, 0x55555555);
  exchange(q, 6, 1, 0x55555555);
  exchange(q, 0, 2, 0x33333333);
  exchange(q, 1, 2, 0x33333333);
  exchange(q, 4, 2, 0x33333333);
  exchange(q, 5, 2, 0x33333333);
  exchange(q, 0, 4, 0x0f0f0f0f);
  exchange(q, 1, 4, 0x0f0f0f0f);
  exchange(q, 2, 4, 0x0f0f0f0f);
  exchange(q, 3, 4, 0x0f0f0f0f);
}

/** The bits of `mask` in the word `distance` after `i`, and those `distance` above them in word `i`. */
function exchange(q: Int32Array, i: number, distance: number, mask: number): void {
  const low = q[i] ?? 0;
  const high = q[i + distance] ?? 0;
  const difference = ((low >>> distance) ^ high) & mask;
  q[i] = low ^ (difference << distance);
  q[i + distance] = high ^ difference;
}

/** §5.2: `key` of 16 or 32 bytes. Eight words for each round key, as `encrypt` takes them. */
export function keySchedule(key: Uint8Array): Int32Array {
  const rounds = key.length / 4 + 6;
  const words = expandedKey(key, rounds);
  const schedule = new Int32Array(8 * (rounds + 1));
  for (let round = 0; round <= rounds; round++) {
    for (let column = 0; column < 4; column++) {
      let word = 0;
      // ShiftRows was left out `round` times.
      for (let row = 0; row < 4; row++) {
        word |= (words[4 * round + ((column - round * row) & 3)] ?? 0) & (0xff << (8 * row));
      }
      pair[2 * column] = pair[2 * column + 1] = word;
    }
    transpose(pair);
    for (let bit = 0; bit < 8; bit++) {
      schedule[8 * round + bit] = (pair[bit] ?? 0) ^ (round > 0 && (SUB_BYTES_CONSTANT >> bit) & 1 ? -1 : 0);
    }
  }
  words.fill(0);
  pair.fill(0);
  return schedule;
}

/** Of the affine map of SubBytes (§5.1.1). */
const SUB_BYTES_CONSTANT = 0x63;

export const roundsOf = (schedule: Int32Array): number => schedule.length / 8 - 1;

/** The words of §5.2, the first byte of each lowest. */
function expandedKey(key: Uint8Array, rounds: number): Int32Array {
  const words = new Int32Array(4 * (rounds + 1));
  const keyWords = key.length / 4;
  for (let i = 0; i < keyWords; i++) words[i] = littleEndian(key, 4 * i);
  let constant = 1;
  for (let i = keyWords; i < words.length; i++) {
    let word = words[i - 1] ?? 0;
    if (i % keyWords === 0) {
      word = subWord((word >>> 8) | (word << 24)) ^ constant;
      constant = (constant << 1) ^ (constant & 0x80 ? 0x11b : 0);
    } else if (keyWords > 6 && i % keyWords === 4) {
      word = subWord(word);
    }
    words[i] = (words[i - keyWords] ?? 0) ^ word;
  }
  return words;
}

/** Eight words for each of two round keys of zeros. */
const noKeys = new Int32Array(16);

/** SubWord (§5.2). */
function subWord(word: number): number {
  pair.fill(0);
  pair[0] = word;
  transpose(pair);
  encrypt(noKeys, 1, pair);
  transpose(pair);
  return (pair[0] ?? 0) ^ (SUB_BYTES_CONSTANT * 0x01010101);
}

/**
 * The key stream of the counters `counter` and `counter` + 1 behind the 12 bytes of `nonce`, which are three little-endian words
 * (SP 800-38D §6.5: inc32, big-endian): four words each into `stream`.
 */
export function keyStreamPair(schedule: Int32Array, nonce: Int32Array, counter: number, stream: Int32Array): void {
  for (let column = 0; column < 3; column++) pair[2 * column] = pair[2 * column + 1] = nonce[column] ?? 0;
  pair[6] = swapped(counter);
  pair[7] = swapped(counter + 1);
  transpose(pair);
  encrypt(schedule, roundsOf(schedule), pair);
  transpose(pair);
  // 10 and 14 ShiftRows that were left out: rows 1 and 3 stand two columns off.
  for (let column = 0; column < 4; column++) {
    const other = column ^ 2;
    stream[column] = ((pair[2 * column] ?? 0) & 0x00ff00ff) | ((pair[2 * other] ?? 0) & 0xff00ff00);
    stream[column + 4] = ((pair[2 * column + 1] ?? 0) & 0x00ff00ff) | ((pair[2 * other + 1] ?? 0) & 0xff00ff00);
  }
}

export function forgetPair(): void {
  pair.fill(0);
}
