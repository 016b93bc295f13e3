import { absorbBlocks, LIMBS, MASK } from './poly1305-blocks.ts';
import { absorbFours } from './poly1305-fours.ts';

/*
 * Poly1305 (RFC 8439 §2.5) over whole blocks of 16 bytes, which is all that the AEAD has: it pads with zeros (§2.8).
 * One state for all, since a tag is computed in one go and nothing else happens meanwhile. Nothing of it outlives the tag.
 */

/** The limbs of r, and of r^2, r^3 and r^4 once they are worth it. */
const powers = new Float64Array(4 * LIMBS);
const power = new Float64Array(LIMBS);
const sum = new Float64Array(LIMBS);
/** s, which is added in the end. */
const added = new Int32Array(4);
const packed = new Int32Array(4);
const zeros = new Int32Array(4);

/** Fewer blocks than this do not pay for three powers of r. */
const WORTH_POWERS = 32;

/** `key`: the one-time key r || s, eight little-endian words (§2.5). */
export function begin(key: Int32Array): void {
  const r0 = (key[0] ?? 0) & 0x0fffffff; // "clamped"
  const r1 = (key[1] ?? 0) & 0x0ffffffc;
  const r2 = (key[2] ?? 0) & 0x0ffffffc;
  const r3 = (key[3] ?? 0) & 0x0ffffffc;
  powers[0] = r0 & MASK;
  powers[1] = (r0 >>> 22) | ((r1 & 0xfff) << 10);
  powers[2] = (r1 >>> 12) | ((r2 & 0x3) << 20);
  powers[3] = (r2 >>> 2) & MASK;
  powers[4] = (r2 >>> 24) | ((r3 & 0x3fff) << 8);
  powers[5] = r3 >>> 14;
  sum.fill(0);
  for (let i = 0; i < 4; i++) added[i] = key[4 + i] ?? 0;
}

/** `blocks` blocks of four little-endian words, from the word `from` on. */
export function absorb(words: Int32Array, from: number, blocks: number): void {
  let at = from;
  if (blocks >= WORTH_POWERS) {
    makePowers();
    at += 16 * (blocks >> 2);
    absorbFours(sum, powers, words, from, at);
  }
  absorbBlocks(sum, powers, words, at, from + 4 * blocks);
}

/** Adding a block of zeros without the bit above it adds nothing: what is left is a multiplication by r. */
function makePowers(): void {
  for (let i = 0; i < LIMBS; i++) power[i] = powers[i] ?? 0;
  for (let exponent = 2; exponent <= 4; exponent++) {
    absorbBlocks(power, powers, zeros, 0, 4, 0);
    for (let i = 0; i < LIMBS; i++) powers[(exponent - 1) * LIMBS + i] = power[i] ?? 0;
  }
}

/** Writes the tag of 16 bytes, (h mod p) + s modulo 2^128 (§2.5.1), and forgets the key. */
export function finish(tag: Uint8Array, at: number): void {
  reduce();
  packInto(packed);
  let carry = 0;
  for (let i = 0; i < 4; i++) {
    const h = packed[i] ?? 0;
    const s = added[i] ?? 0;
    const word = (h + s + carry) | 0;
    // Of the bits above, two of three decide: h, s and what came out of their sum.
    carry = ((h & s) | ((h | s) & ~word)) >>> 31;
    for (let byte = 0; byte < 4; byte++) tag[at + 4 * i + byte] = word >>> (8 * byte);
  }
  powers.fill(0);
  power.fill(0);
  sum.fill(0);
  added.fill(0);
  packed.fill(0);
}

/** The limbs of `sum` as those of one number from 0 to 2^130 - 6. */
function reduce(): void {
  // After the second time the number is not negative and below 2^130; the third puts its limbs in order.
  for (let times = 0; times < 3; times++) carryAll();
  // h + 5 has bit 130 if, and only if, h is p or more: then h - p are the bits below.
  let carry = 5;
  for (let i = 0; i < LIMBS - 1; i++) carry = ((sum[i] ?? 0) + carry) >> 22;
  const excess = ((sum[LIMBS - 1] ?? 0) + carry) >> 20;
  sum[0] = (sum[0] ?? 0) + 5 * excess;
  for (let i = 0; i < LIMBS - 1; i++) carryFrom(i);
  sum[LIMBS - 1] = (sum[LIMBS - 1] ?? 0) & (2 ** 20 - 1);
}

/** Each limb to 22 bits, the last to 20, its carry to the first: 2^130 is 5. Limbs are integers of 32 bits, also below zero. */
function carryAll(): void {
  for (let i = 0; i < LIMBS - 1; i++) carryFrom(i);
  const last = sum[LIMBS - 1] ?? 0;
  sum[LIMBS - 1] = last & (2 ** 20 - 1);
  sum[0] = (sum[0] ?? 0) + 5 * (last >> 20);
}

function carryFrom(i: number): void {
  const limb = sum[i] ?? 0;
  sum[i] = limb & MASK;
  sum[i + 1] = (sum[i + 1] ?? 0) + (limb >> 22);
}

/** The lower 128 bits of `sum`, as four words into `into`. */
function packInto(into: Int32Array): void {
  const [s0, s1, s2, s3, s4, s5] = [sum[0] ?? 0, sum[1] ?? 0, sum[2] ?? 0, sum[3] ?? 0, sum[4] ?? 0, sum[5] ?? 0];
  into[0] = s0 | (s1 << 22);
  into[1] = (s1 >>> 10) | (s2 << 12);
  into[2] = (s2 >>> 20) | (s3 << 2) | (s4 << 24);
  into[3] = (s4 >>> 8) | (s5 << 14);
}
