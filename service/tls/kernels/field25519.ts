/*
 * The field of RFC 7748 §4.1 and RFC 8032 §5.1, integers modulo p = 2^255 - 19, in float64.
 *
 * An element is the sum of twelve limbs. A limb has its weight in it: limb i is a multiple of 2^ceil(21.25 i), so that products
 * line up with the columns they belong to, and 2^255 = 19 carries the upper columns down by one multiplication. Limbs have signs
 * and an element has many forms; `encode` (field25519-bytes.ts) finds the one that is canonical.
 *
 *   weight   i = 0   1   2   3   4   5    6    7    8    9    10   11
 *   2^           0   22  43  64  85  107  128  149  170  192  213  234   (then 255)
 *
 * A double holds an integer below 2^53 exactly, here: up to 2^53 times the weight of its limb. The carry of a limb adds and
 * subtracts 3 * 2^(51+e), e being the next weight: what comes out is rounded to a multiple of 2^e, without a branch.
 *
 * Bounds, proven of this very source by test/kernels/field25519-bounds.test.ts:
 *   carried: |limb i| <= half of the next weight; limb 1 may have 2^35 more. `multiply`, `square` and `decode` give that.
 *   loose, n: the sum of n carried elements, of either sign. Two factors of n and m may be multiplied as long as n m <= 16.
 * Nothing passes 2^53 then, in no order of the additions, so nothing is ever rounded but by a carry; nor is anything so small
 * that it would be denormal. The same operations run whatever the values are: there is no branch on one, and no index.
 */

/** Twelve limbs. */
export type FieldElement = Float64Array;

/** How many limbs there are: 255 bits, 21 1/4 each (see above; RFC 7748 §4.1). */
export const LIMBS = 12;

/** 0. */
export const fieldElement = (): FieldElement => new Float64Array(LIMBS);

/** What a limb above the twelfth is worth below: 2^255 = 19. */
const FOLD = 19 * 2 ** -255;

const ROUND_0 = 3 * 2 ** 73;
const ROUND_1 = 3 * 2 ** 94;
const ROUND_2 = 3 * 2 ** 115;
const ROUND_3 = 3 * 2 ** 136;
const ROUND_4 = 3 * 2 ** 158;
const ROUND_5 = 3 * 2 ** 179;
const ROUND_6 = 3 * 2 ** 200;
const ROUND_7 = 3 * 2 ** 221;
const ROUND_8 = 3 * 2 ** 243;
const ROUND_9 = 3 * 2 ** 264;
const ROUND_10 = 3 * 2 ** 285;
const ROUND_11 = 3 * 2 ** 306;

/** out = a + b; any of them may be the same array, here and below. */
export function add(out: FieldElement, a: FieldElement, b: FieldElement): void {
  for (let i = 0; i < LIMBS; i++) out[i] = (a[i] ?? 0) + (b[i] ?? 0);
}

/** out = a - b. */
export function subtract(out: FieldElement, a: FieldElement, b: FieldElement): void {
  for (let i = 0; i < LIMBS; i++) out[i] = (a[i] ?? 0) - (b[i] ?? 0);
}

/** Exchanges a and b if `bit` is 1 and leaves them if it is 0, by the same operations. */
export function conditionalSwap(bit: number, a: FieldElement, b: FieldElement): void {
  for (let i = 0; i < LIMBS; i++) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    const change = bit * (x - y);
    a[i] = x - change;
    b[i] = y + change;
  }
}

/** out = a + 121665 b (RFC 7748 §5, a24): every carry from the products as they are, for none of them is large. */
export function multiplyAdd121665(out: FieldElement, a: FieldElement, b: FieldElement): void {
  const p0 = 121665 * (b[0] ?? 0);
  const c0 = p0 + ROUND_0 - ROUND_0;
  const p1 = 121665 * (b[1] ?? 0);
  const c1 = p1 + ROUND_1 - ROUND_1;
  const p2 = 121665 * (b[2] ?? 0);
  const c2 = p2 + ROUND_2 - ROUND_2;
  const p3 = 121665 * (b[3] ?? 0);
  const c3 = p3 + ROUND_3 - ROUND_3;
  const p4 = 121665 * (b[4] ?? 0);
  const c4 = p4 + ROUND_4 - ROUND_4;
  const p5 = 121665 * (b[5] ?? 0);
  const c5 = p5 + ROUND_5 - ROUND_5;
  const p6 = 121665 * (b[6] ?? 0);
  const c6 = p6 + ROUND_6 - ROUND_6;
  const p7 = 121665 * (b[7] ?? 0);
  const c7 = p7 + ROUND_7 - ROUND_7;
  const p8 = 121665 * (b[8] ?? 0);
  const c8 = p8 + ROUND_8 - ROUND_8;
  const p9 = 121665 * (b[9] ?? 0);
  const c9 = p9 + ROUND_9 - ROUND_9;
  const p10 = 121665 * (b[10] ?? 0);
  const c10 = p10 + ROUND_10 - ROUND_10;
  const p11 = 121665 * (b[11] ?? 0);
  const c11 = p11 + ROUND_11 - ROUND_11;
  out[0] = (a[0] ?? 0) + (p0 - c0) + c11 * FOLD;
  out[1] = (a[1] ?? 0) + (p1 - c1) + c0;
  out[2] = (a[2] ?? 0) + (p2 - c2) + c1;
  out[3] = (a[3] ?? 0) + (p3 - c3) + c2;
  out[4] = (a[4] ?? 0) + (p4 - c4) + c3;
  out[5] = (a[5] ?? 0) + (p5 - c5) + c4;
  out[6] = (a[6] ?? 0) + (p6 - c6) + c5;
  out[7] = (a[7] ?? 0) + (p7 - c7) + c6;
  out[8] = (a[8] ?? 0) + (p8 - c8) + c7;
  out[9] = (a[9] ?? 0) + (p9 - c9) + c8;
  out[10] = (a[10] ?? 0) + (p10 - c10) + c9;
  out[11] = (a[11] ?? 0) + (p11 - c11) + c10;
}

/** out = a * b: a column at a time, what is above 2^255 folded into it, then one pass of carries that begins again at limb 0. */
export function multiply(out: FieldElement, a: FieldElement, b: FieldElement): void {
  const a0 = a[0] ?? 0;
  const a1 = a[1] ?? 0;
  const a2 = a[2] ?? 0;
  const a3 = a[3] ?? 0;
  const a4 = a[4] ?? 0;
  const a5 = a[5] ?? 0;
  const a6 = a[6] ?? 0;
  const a7 = a[7] ?? 0;
  const a8 = a[8] ?? 0;
  const a9 = a[9] ?? 0;
  const a10 = a[10] ?? 0;
  const a11 = a[11] ?? 0;
  const b0 = b[0] ?? 0;
  const b1 = b[1] ?? 0;
  const b2 = b[2] ?? 0;
  const b3 = b[3] ?? 0;
  const b4 = b[4] ?? 0;
  const b5 = b[5] ?? 0;
  const b6 = b[6] ?? 0;
  const b7 = b[7] ?? 0;
  const b8 = b[8] ?? 0;
  const b9 = b[9] ?? 0;
  const b10 = b[10] ?? 0;
  const b11 = b[11] ?? 0;
  const v0 = a1 * b11 + a2 * b10 + a3 * b9 + a4 * b8 + a5 * b7;
  const u0 = v0 + a6 * b6 + a7 * b5 + a8 * b4 + a9 * b3 + a10 * b2 + a11 * b1;
  const h0 = a0 * b0 + u0 * FOLD;
  const u1 = a2 * b11 + a3 * b10 + a4 * b9 + a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5 + a9 * b4 + a10 * b3 + a11 * b2;
  const h1 = a0 * b1 + a1 * b0 + u1 * FOLD;
  const u2 = a3 * b11 + a4 * b10 + a5 * b9 + a6 * b8 + a7 * b7 + a8 * b6 + a9 * b5 + a10 * b4 + a11 * b3;
  const h2 = a0 * b2 + a1 * b1 + a2 * b0 + u2 * FOLD;
  const u3 = a4 * b11 + a5 * b10 + a6 * b9 + a7 * b8 + a8 * b7 + a9 * b6 + a10 * b5 + a11 * b4;
  const h3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + u3 * FOLD;
  const u4 = a5 * b11 + a6 * b10 + a7 * b9 + a8 * b8 + a9 * b7 + a10 * b6 + a11 * b5;
  const h4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + u4 * FOLD;
  const u5 = a6 * b11 + a7 * b10 + a8 * b9 + a9 * b8 + a10 * b7 + a11 * b6;
  const h5 = a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0 + u5 * FOLD;
  const u6 = a7 * b11 + a8 * b10 + a9 * b9 + a10 * b8 + a11 * b7;
  const h6 = a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0 + u6 * FOLD;
  const u7 = a8 * b11 + a9 * b10 + a10 * b9 + a11 * b8;
  const h7 = a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0 + u7 * FOLD;
  const u8 = a9 * b11 + a10 * b10 + a11 * b9;
  const h8 = a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0 + u8 * FOLD;
  const u9 = a10 * b11 + a11 * b10;
  const l9 = a0 * b9 + a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5;
  const h9 = l9 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1 + a9 * b0 + u9 * FOLD;
  const u10 = a11 * b11;
  const l10 = a0 * b10 + a1 * b9 + a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5;
  const h10 = l10 + a6 * b4 + a7 * b3 + a8 * b2 + a9 * b1 + a10 * b0 + u10 * FOLD;
  const l11 = a0 * b11 + a1 * b10 + a2 * b9 + a3 * b8 + a4 * b7 + a5 * b6;
  const h11 = l11 + a6 * b5 + a7 * b4 + a8 * b3 + a9 * b2 + a10 * b1 + a11 * b0;
  const c0 = h0 + ROUND_0 - ROUND_0;
  const g1 = h1 + c0;
  const c1 = g1 + ROUND_1 - ROUND_1;
  const g2 = h2 + c1;
  const c2 = g2 + ROUND_2 - ROUND_2;
  const g3 = h3 + c2;
  const c3 = g3 + ROUND_3 - ROUND_3;
  const g4 = h4 + c3;
  const c4 = g4 + ROUND_4 - ROUND_4;
  const g5 = h5 + c4;
  const c5 = g5 + ROUND_5 - ROUND_5;
  const g6 = h6 + c5;
  const c6 = g6 + ROUND_6 - ROUND_6;
  const g7 = h7 + c6;
  const c7 = g7 + ROUND_7 - ROUND_7;
  const g8 = h8 + c7;
  const c8 = g8 + ROUND_8 - ROUND_8;
  const g9 = h9 + c8;
  const c9 = g9 + ROUND_9 - ROUND_9;
  const g10 = h10 + c9;
  const c10 = g10 + ROUND_10 - ROUND_10;
  const g11 = h11 + c10;
  const c11 = g11 + ROUND_11 - ROUND_11;
  const g0 = h0 - c0 + c11 * FOLD;
  const c12 = g0 + ROUND_0 - ROUND_0;
  out[0] = g0 - c12;
  out[1] = g1 - c1 + c12;
  out[2] = g2 - c2;
  out[3] = g3 - c3;
  out[4] = g4 - c4;
  out[5] = g5 - c5;
  out[6] = g6 - c6;
  out[7] = g7 - c7;
  out[8] = g8 - c8;
  out[9] = g9 - c9;
  out[10] = g10 - c10;
  out[11] = g11 - c11;
}

/**
 * out = a * a: `multiply` with each product of two limbs once, doubled. The carries stand in both, as a function of twelve
 * doubles would put each of them on the heap wherever V8 does not inline it.
 */
export function square(out: FieldElement, a: FieldElement): void {
  const a0 = a[0] ?? 0;
  const a1 = a[1] ?? 0;
  const a2 = a[2] ?? 0;
  const a3 = a[3] ?? 0;
  const a4 = a[4] ?? 0;
  const a5 = a[5] ?? 0;
  const a6 = a[6] ?? 0;
  const a7 = a[7] ?? 0;
  const a8 = a[8] ?? 0;
  const a9 = a[9] ?? 0;
  const a10 = a[10] ?? 0;
  const a11 = a[11] ?? 0;
  const d0 = a0 + a0;
  const d1 = a1 + a1;
  const d2 = a2 + a2;
  const d3 = a3 + a3;
  const d4 = a4 + a4;
  const d5 = a5 + a5;
  const d6 = a6 + a6;
  const d7 = a7 + a7;
  const d8 = a8 + a8;
  const d9 = a9 + a9;
  const d10 = a10 + a10;
  const u0 = d1 * a11 + d2 * a10 + d3 * a9 + d4 * a8 + d5 * a7 + a6 * a6;
  const h0 = a0 * a0 + u0 * FOLD;
  const u1 = d2 * a11 + d3 * a10 + d4 * a9 + d5 * a8 + d6 * a7;
  const h1 = d0 * a1 + u1 * FOLD;
  const u2 = d3 * a11 + d4 * a10 + d5 * a9 + d6 * a8 + a7 * a7;
  const h2 = d0 * a2 + a1 * a1 + u2 * FOLD;
  const u3 = d4 * a11 + d5 * a10 + d6 * a9 + d7 * a8;
  const h3 = d0 * a3 + d1 * a2 + u3 * FOLD;
  const u4 = d5 * a11 + d6 * a10 + d7 * a9 + a8 * a8;
  const h4 = d0 * a4 + d1 * a3 + a2 * a2 + u4 * FOLD;
  const u5 = d6 * a11 + d7 * a10 + d8 * a9;
  const h5 = d0 * a5 + d1 * a4 + d2 * a3 + u5 * FOLD;
  const u6 = d7 * a11 + d8 * a10 + a9 * a9;
  const h6 = d0 * a6 + d1 * a5 + d2 * a4 + a3 * a3 + u6 * FOLD;
  const u7 = d8 * a11 + d9 * a10;
  const h7 = d0 * a7 + d1 * a6 + d2 * a5 + d3 * a4 + u7 * FOLD;
  const u8 = d9 * a11 + a10 * a10;
  const h8 = d0 * a8 + d1 * a7 + d2 * a6 + d3 * a5 + a4 * a4 + u8 * FOLD;
  const u9 = d10 * a11;
  const h9 = d0 * a9 + d1 * a8 + d2 * a7 + d3 * a6 + d4 * a5 + u9 * FOLD;
  const u10 = a11 * a11;
  const h10 = d0 * a10 + d1 * a9 + d2 * a8 + d3 * a7 + d4 * a6 + a5 * a5 + u10 * FOLD;
  const h11 = d0 * a11 + d1 * a10 + d2 * a9 + d3 * a8 + d4 * a7 + d5 * a6;
  const c0 = h0 + ROUND_0 - ROUND_0;
  const g1 = h1 + c0;
  const c1 = g1 + ROUND_1 - ROUND_1;
  const g2 = h2 + c1;
  const c2 = g2 + ROUND_2 - ROUND_2;
  const g3 = h3 + c2;
  const c3 = g3 + ROUND_3 - ROUND_3;
  const g4 = h4 + c3;
  const c4 = g4 + ROUND_4 - ROUND_4;
  const g5 = h5 + c4;
  const c5 = g5 + ROUND_5 - ROUND_5;
  const g6 = h6 + c5;
  const c6 = g6 + ROUND_6 - ROUND_6;
  const g7 = h7 + c6;
  const c7 = g7 + ROUND_7 - ROUND_7;
  const g8 = h8 + c7;
  const c8 = g8 + ROUND_8 - ROUND_8;
  const g9 = h9 + c8;
  const c9 = g9 + ROUND_9 - ROUND_9;
  const g10 = h10 + c9;
  const c10 = g10 + ROUND_10 - ROUND_10;
  const g11 = h11 + c10;
  const c11 = g11 + ROUND_11 - ROUND_11;
  const g0 = h0 - c0 + c11 * FOLD;
  const c12 = g0 + ROUND_0 - ROUND_0;
  out[0] = g0 - c12;
  out[1] = g1 - c1 + c12;
  out[2] = g2 - c2;
  out[3] = g3 - c3;
  out[4] = g4 - c4;
  out[5] = g5 - c5;
  out[6] = g6 - c6;
  out[7] = g7 - c7;
  out[8] = g8 - c8;
  out[9] = g9 - c9;
  out[10] = g10 - c10;
  out[11] = g11 - c11;
}
