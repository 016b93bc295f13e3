import { DOWN, MASK, PADDING, ROUND, WRAP } from './poly1305-blocks.ts';

/**
 * The same, four blocks at a time: h = (h + a) r^4 + b r^3 + c r^2 + d r, with one pair of carries for all of them.
 * `r`: the limbs of r, r^2, r^3 and r^4.
 */
export function absorbFours(h: Float64Array, r: Float64Array, words: Int32Array, from: number, to: number): void {
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
  const q0 = r[6] ?? 0;
  const q1 = r[7] ?? 0;
  const q1x20 = 20 * q1;
  const q2 = r[8] ?? 0;
  const q2x20 = 20 * q2;
  const q3 = r[9] ?? 0;
  const q3x20 = 20 * q3;
  const q4 = r[10] ?? 0;
  const q4x20 = 20 * q4;
  const q5 = r[11] ?? 0;
  const q5x20 = 20 * q5;
  const p0 = r[12] ?? 0;
  const p1 = r[13] ?? 0;
  const p1x20 = 20 * p1;
  const p2 = r[14] ?? 0;
  const p2x20 = 20 * p2;
  const p3 = r[15] ?? 0;
  const p3x20 = 20 * p3;
  const p4 = r[16] ?? 0;
  const p4x20 = 20 * p4;
  const p5 = r[17] ?? 0;
  const p5x20 = 20 * p5;
  const o0 = r[18] ?? 0;
  const o1 = r[19] ?? 0;
  const o1x20 = 20 * o1;
  const o2 = r[20] ?? 0;
  const o2x20 = 20 * o2;
  const o3 = r[21] ?? 0;
  const o3x20 = 20 * o3;
  const o4 = r[22] ?? 0;
  const o4x20 = 20 * o4;
  const o5 = r[23] ?? 0;
  const o5x20 = 20 * o5;
  for (let at = from; at < to; at += 16) {
    const w0 = words[at] ?? 0;
    const w1 = words[at + 1] ?? 0;
    const w2 = words[at + 2] ?? 0;
    const w3 = words[at + 3] ?? 0;
    const a0 = h0 + (w0 & MASK);
    const a1 = h1 + ((w0 >>> 22) | ((w1 & 0xfff) << 10));
    const a2 = h2 + ((w1 >>> 12) | ((w2 & 0x3) << 20));
    const a3 = h3 + ((w2 >>> 2) & MASK);
    const a4 = h4 + ((w2 >>> 24) | ((w3 & 0x3fff) << 8));
    const a5 = h5 + ((w3 >>> 14) | PADDING);
    const w4 = words[at + 4] ?? 0;
    const w5 = words[at + 5] ?? 0;
    const w6 = words[at + 6] ?? 0;
    const w7 = words[at + 7] ?? 0;
    const b0 = w4 & MASK;
    const b1 = (w4 >>> 22) | ((w5 & 0xfff) << 10);
    const b2 = (w5 >>> 12) | ((w6 & 0x3) << 20);
    const b3 = (w6 >>> 2) & MASK;
    const b4 = (w6 >>> 24) | ((w7 & 0x3fff) << 8);
    const b5 = (w7 >>> 14) | PADDING;
    const w8 = words[at + 8] ?? 0;
    const w9 = words[at + 9] ?? 0;
    const w10 = words[at + 10] ?? 0;
    const w11 = words[at + 11] ?? 0;
    const c0 = w8 & MASK;
    const c1 = (w8 >>> 22) | ((w9 & 0xfff) << 10);
    const c2 = (w9 >>> 12) | ((w10 & 0x3) << 20);
    const c3 = (w10 >>> 2) & MASK;
    const c4 = (w10 >>> 24) | ((w11 & 0x3fff) << 8);
    const c5 = (w11 >>> 14) | PADDING;
    const w12 = words[at + 12] ?? 0;
    const w13 = words[at + 13] ?? 0;
    const w14 = words[at + 14] ?? 0;
    const w15 = words[at + 15] ?? 0;
    const d0 = w12 & MASK;
    const d1 = (w12 >>> 22) | ((w13 & 0xfff) << 10);
    const d2 = (w13 >>> 12) | ((w14 & 0x3) << 20);
    const d3 = (w14 >>> 2) & MASK;
    const d4 = (w14 >>> 24) | ((w15 & 0x3fff) << 8);
    const d5 = (w15 >>> 14) | PADDING;
    const s0 =
      a0 * o0 +
      a1 * o5x20 +
      a2 * o4x20 +
      a3 * o3x20 +
      a4 * o2x20 +
      a5 * o1x20 +
      b0 * p0 +
      b1 * p5x20 +
      b2 * p4x20 +
      b3 * p3x20 +
      b4 * p2x20 +
      b5 * p1x20 +
      c0 * q0 +
      c1 * q5x20 +
      c2 * q4x20 +
      c3 * q3x20 +
      c4 * q2x20 +
      c5 * q1x20 +
      d0 * r0 +
      d1 * r5x20 +
      d2 * r4x20 +
      d3 * r3x20 +
      d4 * r2x20 +
      d5 * r1x20;
    const s1 =
      a0 * o1 +
      a1 * o0 +
      a2 * o5x20 +
      a3 * o4x20 +
      a4 * o3x20 +
      a5 * o2x20 +
      b0 * p1 +
      b1 * p0 +
      b2 * p5x20 +
      b3 * p4x20 +
      b4 * p3x20 +
      b5 * p2x20 +
      c0 * q1 +
      c1 * q0 +
      c2 * q5x20 +
      c3 * q4x20 +
      c4 * q3x20 +
      c5 * q2x20 +
      d0 * r1 +
      d1 * r0 +
      d2 * r5x20 +
      d3 * r4x20 +
      d4 * r3x20 +
      d5 * r2x20;
    const s2 =
      a0 * o2 +
      a1 * o1 +
      a2 * o0 +
      a3 * o5x20 +
      a4 * o4x20 +
      a5 * o3x20 +
      b0 * p2 +
      b1 * p1 +
      b2 * p0 +
      b3 * p5x20 +
      b4 * p4x20 +
      b5 * p3x20 +
      c0 * q2 +
      c1 * q1 +
      c2 * q0 +
      c3 * q5x20 +
      c4 * q4x20 +
      c5 * q3x20 +
      d0 * r2 +
      d1 * r1 +
      d2 * r0 +
      d3 * r5x20 +
      d4 * r4x20 +
      d5 * r3x20;
    const s3 =
      a0 * o3 +
      a1 * o2 +
      a2 * o1 +
      a3 * o0 +
      a4 * o5x20 +
      a5 * o4x20 +
      b0 * p3 +
      b1 * p2 +
      b2 * p1 +
      b3 * p0 +
      b4 * p5x20 +
      b5 * p4x20 +
      c0 * q3 +
      c1 * q2 +
      c2 * q1 +
      c3 * q0 +
      c4 * q5x20 +
      c5 * q4x20 +
      d0 * r3 +
      d1 * r2 +
      d2 * r1 +
      d3 * r0 +
      d4 * r5x20 +
      d5 * r4x20;
    const s4 =
      a0 * o4 +
      a1 * o3 +
      a2 * o2 +
      a3 * o1 +
      a4 * o0 +
      a5 * o5x20 +
      b0 * p4 +
      b1 * p3 +
      b2 * p2 +
      b3 * p1 +
      b4 * p0 +
      b5 * p5x20 +
      c0 * q4 +
      c1 * q3 +
      c2 * q2 +
      c3 * q1 +
      c4 * q0 +
      c5 * q5x20 +
      d0 * r4 +
      d1 * r3 +
      d2 * r2 +
      d3 * r1 +
      d4 * r0 +
      d5 * r5x20;
    const s5 =
      a0 * o5 +
      a1 * o4 +
      a2 * o3 +
      a3 * o2 +
      a4 * o1 +
      a5 * o0 +
      b0 * p5 +
      b1 * p4 +
      b2 * p3 +
      b3 * p2 +
      b4 * p1 +
      b5 * p0 +
      c0 * q5 +
      c1 * q4 +
      c2 * q3 +
      c3 * q2 +
      c4 * q1 +
      c5 * q0 +
      d0 * r5 +
      d1 * r4 +
      d2 * r3 +
      d3 * r2 +
      d4 * r1 +
      d5 * r0;
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
