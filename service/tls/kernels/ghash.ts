import { swapped } from './little-endian.ts';

/*
 * GHASH (SP 800-38D §6.4) without a table that a secret could index. A product of polynomials over GF(2) is taken from products of
 * integers: bits that stand three apart leave room for the sums of up to six of them to be counted, and the lowest bit of
 * each count is the polynomial's. A half word has six such bits at most, so that three times three integer products make one
 * product of two half words; Karatsuba's method makes 27 of these of a product of 128 bits. The idea is that of BearSSL's
 * "ctmul" (T. Pornin, "Constant-Time Mul"), with a distance of three in the place of four.
 *
 * A block is the number that its bytes are, big-endian, in four words, least significant first. GCM has the coefficient of x^0
 * in the highest bit, so bit k of a number is x^(127 - k), and in a product of 256 bits x^(255 - k).
 */

/** Half words in three sets of bits: of the key they are kept. */
const HALVES = 27;
export const GHASH_KEY_WORDS = 3 * HALVES;

/** Bits that stand three apart, from the lowest, the second and the third on. */
const FIRST = 0x49249249;
const SECOND = 0x92492492;
const THIRD = 0x24924924;

const sum = new Int32Array(4);
const halves = new Int32Array(HALVES);
const products = new Int32Array(HALVES);
const wide = new Int32Array(18);
const quads = new Int32Array(12);

/** §6.4: from zero on. */
export function begin(): void {
  sum.fill(0);
}

/**
 * The key for `absorb`, from the hash subkey H of four words in the order of its bytes, each little-endian. It is H x^-1: the product of
 * two numbers of 128 bits has 255, and so all of it is where it belongs.
 */
export function hashKey(subkey: Int32Array): Int32Array {
  const [h3, h2, h1, h0] = [0, 1, 2, 3].map((i) => swapped(subkey[i] ?? 0));
  const one = -((h3 ?? 0) >>> 31); // the coefficient of x^0: x^-1 is x^127 + x^6 + x + 1
  sum[0] = ((h0 ?? 0) << 1) ^ (one & 1);
  sum[1] = ((h1 ?? 0) << 1) | ((h0 ?? 0) >>> 31);
  sum[2] = ((h2 ?? 0) << 1) | ((h1 ?? 0) >>> 31);
  sum[3] = (((h3 ?? 0) << 1) | ((h2 ?? 0) >>> 31)) ^ (one & 0xc2000000);
  const key = new Int32Array(GHASH_KEY_WORDS);
  splitSum();
  for (let i = 0; i < HALVES; i++) {
    const half = halves[i] ?? 0;
    key[3 * i] = half & FIRST;
    key[3 * i + 1] = half & SECOND;
    key[3 * i + 2] = half & THIRD;
  }
  forget();
  return key;
}

/** §6.4 for each block of four words as they stand in memory, from the word `from` on: sum = (sum + block) H. */
export function absorb(key: Int32Array, words: Int32Array, from: number, blocks: number): void {
  for (let at = from, end = from + 4 * blocks; at < end; at += 4) {
    sum[3] = (sum[3] ?? 0) ^ swapped(words[at] ?? 0);
    sum[2] = (sum[2] ?? 0) ^ swapped(words[at + 1] ?? 0);
    sum[1] = (sum[1] ?? 0) ^ swapped(words[at + 2] ?? 0);
    sum[0] = (sum[0] ?? 0) ^ swapped(words[at + 3] ?? 0);
    splitSum();
    multiplyHalves(key);
    joinProducts();
  }
}

/** The sum as four words in the order of its bytes, and forgets it. */
export function finish(into: Int32Array): void {
  for (let i = 0; i < 4; i++) into[i] = swapped(sum[3 - i] ?? 0);
  forget();
}

export function forget(): void {
  sum.fill(0);
  halves.fill(0);
  products.fill(0);
  wide.fill(0);
  quads.fill(0);
}

/** Karatsuba, downwards: the sum's words and their sums in nine words, and of each both halves and their sum. */
function splitSum(): void {
  const s0 = sum[0] ?? 0;
  const s1 = sum[1] ?? 0;
  const s2 = sum[2] ?? 0;
  const s3 = sum[3] ?? 0;
  splitPair(0, s0, s1);
  splitPair(9, s2, s3);
  splitPair(18, s0 ^ s2, s1 ^ s3);
}

function splitPair(at: number, low: number, high: number): void {
  splitWord(at, low);
  splitWord(at + 3, high);
  splitWord(at + 6, low ^ high);
}

function splitWord(at: number, word: number): void {
  const low = word & 0xffff;
  const high = word >>> 16;
  halves[at] = low;
  halves[at + 1] = high;
  halves[at + 2] = low ^ high;
}

/** Polynomials of 16 bits by those of the key, to 31 bits: a bit of the sum stands in the set of which the number is that of both, added modulo 3. */
function multiplyHalves(key: Int32Array): void {
  for (let i = 0; i < HALVES; i++) {
    const half = halves[i] ?? 0;
    const a = half & FIRST;
    const b = half & SECOND;
    const c = half & THIRD;
    const p = key[3 * i] ?? 0;
    const q = key[3 * i + 1] ?? 0;
    const r = key[3 * i + 2] ?? 0;
    products[i] =
      ((Math.imul(a, p) ^ Math.imul(b, r) ^ Math.imul(c, q)) & FIRST) |
      ((Math.imul(a, q) ^ Math.imul(b, p) ^ Math.imul(c, r)) & SECOND) |
      ((Math.imul(a, r) ^ Math.imul(b, q) ^ Math.imul(c, p)) & THIRD);
  }
}

/** Karatsuba, upwards: products of half words to nine of words, to three of two words, to one of eight words; and reduction. */
function joinProducts(): void {
  for (let i = 0; i < 9; i++) {
    const low = products[3 * i] ?? 0;
    const high = products[3 * i + 1] ?? 0;
    const middle = (products[3 * i + 2] ?? 0) ^ low ^ high;
    wide[2 * i] = low ^ (middle << 16);
    wide[2 * i + 1] = high ^ (middle >>> 16);
  }
  for (let i = 0; i < 3; i++) {
    const l0 = wide[6 * i] ?? 0;
    const l1 = wide[6 * i + 1] ?? 0;
    const h0 = wide[6 * i + 2] ?? 0;
    const h1 = wide[6 * i + 3] ?? 0;
    quads[4 * i] = l0;
    quads[4 * i + 1] = l1 ^ (wide[6 * i + 4] ?? 0) ^ l0 ^ h0;
    quads[4 * i + 2] = h0 ^ (wide[6 * i + 5] ?? 0) ^ l1 ^ h1;
    quads[4 * i + 3] = h1;
  }
  reduce();
}

/** Of x^128 and above, in the lower half: x^128 is x^7 + x^2 + x + 1. */
function reduce(): void {
  const m0 = (quads[8] ?? 0) ^ (quads[0] ?? 0) ^ (quads[4] ?? 0);
  const m1 = (quads[9] ?? 0) ^ (quads[1] ?? 0) ^ (quads[5] ?? 0);
  const m2 = (quads[10] ?? 0) ^ (quads[2] ?? 0) ^ (quads[6] ?? 0);
  const m3 = (quads[11] ?? 0) ^ (quads[3] ?? 0) ^ (quads[7] ?? 0);
  const z0 = quads[0] ?? 0;
  const z1 = quads[1] ?? 0;
  const z2 = (quads[2] ?? 0) ^ m0;
  const z3 = (quads[3] ?? 0) ^ m1 ^ raised(z0);
  sum[0] = (quads[4] ?? 0) ^ m2 ^ lowered(z0) ^ raised(z1);
  sum[1] = (quads[5] ?? 0) ^ m3 ^ lowered(z1) ^ raised(z2);
  sum[2] = (quads[6] ?? 0) ^ lowered(z2) ^ raised(z3);
  sum[3] = (quads[7] ?? 0) ^ lowered(z3);
}

/** What of a word times x^7 + x^2 + x + 1 comes four words higher, and what of it three. */
const lowered = (z: number): number => z ^ (z >>> 1) ^ (z >>> 2) ^ (z >>> 7);
const raised = (z: number): number => (z << 31) ^ (z << 30) ^ (z << 25);
