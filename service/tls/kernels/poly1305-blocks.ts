/*
 * The polynomial of Poly1305 (RFC 8439 §2.5) over 2^130 - 5, in float64. A number is six limbs of 22 bits, least significant
 * first: h0 + 2^22 h1 + ... + 2^110 h5, and 2^132 is 20. Between blocks the limbs are signed and at most a little over 2^21; a
 * block has limbs of 22 bits. A product of two limbs has 44 bits at most, and no sum of a round, factors of 20 and four
 * blocks at a time included, passes 2^53, below which float64 counts exactly: test/kernels/poly1305-bounds.test.ts.
 * Additions and multiplications alone: nothing branches on a secret, and no secret is an index.
 */

export const LIMBS = 6;
export const MASK = 2 ** 22 - 1;
/** The bit above the 128 of a block (§2.5), in the last limb. */
export const PADDING = 2 ** 18;

/** What is added and taken away again rounds to a multiple of 2^22: the units of a double of this size are that large. */
export const ROUND = 3 * 2 ** 73;
/** A carry to the next limb, and from the last to the first: 2^132 is 20. */
export const DOWN = 2 ** -22;
export const WRAP = 20 * 2 ** -22;

/**
 * For each block of four words, from the word `from` up to `to`: h = (h + block) r (§2.5.1). `padding` 0 leaves the bit above
 * a block out, so that a block of zeros multiplies by r and does nothing else.
 * Carries go all at once, twice: the first leaves limbs of 30 bits and some, the second of 21 and some.
 */
export function absorbBlocks(
  h: Float64Array,
  r: Float64Array,
  words: Int32Array,
  from: number,
  to: number,
  padding = PADDING,
): void {
  let h0 = h[0] ?? 0;
  let h1 = h[1] ?? 0;
  let h2 = h[2] ?? 0;
  let h3 = h[3] ?? 0;
  let h4 = h[4] ?? 0;
  let h5 = h[5] ?? 0;
  const r0 = r[0] ?? 0;
  const r1 = r[1] ?? 0;
  const r1x20 = 20 * r1;
  const r2 = r[2] ?? 0;
  const r2x20 = 20 * r2;
  const r3 = r[3] ?? 0;
  const r3x20 = 20 * r3;
  const r4 = r[4] ?? 0;
  const r4x20 = 20 * r4;
  const r5 = r[5] ?? 0;
  const r5x20 = 20 * r5;
  for (let at = from; at < to; at += 4) {
    const w0 = words[at] ?? 0;
    const w1 = words[at + 1] ?? 0;
    const w2 = words[at + 2] ?? 0;
    const w3 = words[at + 3] ?? 0;
    const a0 = h0 + (w0 & MASK);
    const a1 = h1 + ((w0 >>> 22) | ((w1 & 0xfff) << 10));
    const a2 = h2 + ((w1 >>> 12) | ((w2 & 0x3) << 20));
    const a3 = h3 + ((w2 >>> 2) & MASK);
    const a4 = h4 + ((w2 >>> 24) | ((w3 & 0x3fff) << 8));
    const a5 = h5 + ((w3 >>> 14) | padding);
    const s0 = a0 * r0 + a1 * r5x20 + a2 * r4x20 + a3 * r3x20 + a4 * r2x20 + a5 * r1x20;
    const s1 = a0 * r1 + a1 * r0 + a2 * r5x20 + a3 * r4x20 + a4 * r3x20 + a5 * r2x20;
    const s2 = a0 * r2 + a1 * r1 + a2 * r0 + a3 * r5x20 + a4 * r4x20 + a5 * r3x20;
    const s3 = a0 * r3 + a1 * r2 + a2 * r1 + a3 * r0 + a4 * r5x20 + a5 * r4x20;
    const s4 = a0 * r4 + a1 * r3 + a2 * r2 + a3 * r1 + a4 * r0 + a5 * r5x20;
    const s5 = a0 * r5 + a1 * r4 + a2 * r3 + a3 * r2 + a4 * r1 + a5 * r0;
    const t0 = s0 + ROUND - ROUND;
    const t1 = s1 + ROUND - ROUND;
    const t2 = s2 + ROUND - ROUND;
    const t3 = s3 + ROUND - ROUND;
    const t4 = s4 + ROUND - ROUND;
    const t5 = s5 + ROUND - ROUND;
    const u0 = s0 - t0 + t5 * WRAP;
    const u1 = s1 - t1 + t0 * DOWN;
    const u2 = s2 - t2 + t1 * DOWN;
    const u3 = s3 - t3 + t2 * DOWN;
    const u4 = s4 - t4 + t3 * DOWN;
    const u5 = s5 - t5 + t4 * DOWN;
    const v0 = u0 + ROUND - ROUND;
    const v1 = u1 + ROUND - ROUND;
    const v2 = u2 + ROUND - ROUND;
    const v3 = u3 + ROUND - ROUND;
    const v4 = u4 + ROUND - ROUND;
    const v5 = u5 + ROUND - ROUND;
    h0 = u0 - v0 + v5 * WRAP;
    h1 = u1 - v1 + v0 * DOWN;
    h2 = u2 - v2 + v1 * DOWN;
    h3 = u3 - v3 + v2 * DOWN;
    h4 = u4 - v4 + v3 * DOWN;
    h5 = u5 - v5 + v4 * DOWN;
  }
  h[0] = h0;
  h[1] = h1;
  h[2] = h2;
  h[3] = h3;
  h[4] = h4;
  h[5] = h5;
}
