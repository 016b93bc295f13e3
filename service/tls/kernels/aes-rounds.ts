/*
 * The rounds of AES (FIPS 197 §5.1) on two blocks at once, bit by bit: nothing branches on a secret, and no secret is an index.
 *
 * Word b of the eight holds bit b of all 32 bytes. Byte r of a word is row r of the state; in it, bit 2c + k is of column c
 * of block k. What this layout is good for: MixColumns takes whole rows, which are rotations of a word.
 *
 * ShiftRows is not done at all ("fixslicing", Adomnicai and Peyrin, "Fixslicing AES-like Ciphers", CHES 2021). After i rounds what
 * FIPS 197 calls column c of row r stands in column c + i r, modulo 4. So in round i the row below is found by a rotation of
 * eight bits and then, within each byte, of i columns, 2 i bits; there are four kinds of round. Round keys stand as the state does.
 */

/**
 * Encrypts `q`, eight words, in place. `keys`: eight words for each of the `rounds` + 1 round keys, in the layout above
 * and each but the first with the constant 63 (hex) of SubBytes (§5.1.1) in it, which the gates below leave out.
 * One round under keys of zeros is SubBytes without that constant.
 */
export function encrypt(keys: Int32Array, rounds: number, q: Int32Array): void {
  let q0 = (q[0] ?? 0) ^ (keys[0] ?? 0);
  let q1 = (q[1] ?? 0) ^ (keys[1] ?? 0);
  let q2 = (q[2] ?? 0) ^ (keys[2] ?? 0);
  let q3 = (q[3] ?? 0) ^ (keys[3] ?? 0);
  let q4 = (q[4] ?? 0) ^ (keys[4] ?? 0);
  let q5 = (q[5] ?? 0) ^ (keys[5] ?? 0);
  let q6 = (q[6] ?? 0) ^ (keys[6] ?? 0);
  let q7 = (q[7] ?? 0) ^ (keys[7] ?? 0);
  for (let round = 1; ; round++) {
    const at = 8 * round;
    // SubBytes by the circuit of Boyar and Peralta ("A Small Depth-16 Circuit for the AES S-Box", 2012), whose x0 and s0 are
    // the most significant bits. Their linear layer first.
    const x0 = q7;
    const x1 = q6;
    const x2 = q5;
    const x3 = q4;
    const x4 = q3;
    const x5 = q2;
    const x6 = q1;
    const x7 = q0;
    const y14 = x3 ^ x5;
    const y13 = x0 ^ x6;
    const y9 = x0 ^ x3;
    const y8 = x0 ^ x5;
    const t0 = x1 ^ x2;
    const y1 = t0 ^ x7;
    const y4 = y1 ^ x3;
    const y12 = y13 ^ y14;
    const y2 = y1 ^ x0;
    const y5 = y1 ^ x6;
    const y3 = y5 ^ y8;
    const t1 = x4 ^ y12;
    const y15 = t1 ^ x5;
    const y20 = t1 ^ x1;
    const y6 = y15 ^ x7;
    const y10 = y15 ^ t0;
    const y11 = y20 ^ y9;
    const y7 = x7 ^ y11;
    const y17 = y10 ^ y11;
    const y19 = y10 ^ y8;
    const y16 = t0 ^ y11;
    const y21 = y13 ^ y16;
    const y18 = x0 ^ y16;
    // The inverse in GF(2^8), by way of GF(2^4).
    const t2 = y12 & y15;
    const t3 = y3 & y6;
    const t4 = t3 ^ t2;
    const t5 = y4 & x7;
    const t6 = t5 ^ t2;
    const t7 = y13 & y16;
    const t8 = y5 & y1;
    const t9 = t8 ^ t7;
    const t10 = y2 & y7;
    const t11 = t10 ^ t7;
    const t12 = y9 & y11;
    const t13 = y14 & y17;
    const t14 = t13 ^ t12;
    const t15 = y8 & y10;
    const t16 = t15 ^ t12;
    const t17 = t4 ^ t14;
    const t18 = t6 ^ t16;
    const t19 = t9 ^ t14;
    const t20 = t11 ^ t16;
    const t21 = t17 ^ y20;
    const t22 = t18 ^ y19;
    const t23 = t19 ^ y21;
    const t24 = t20 ^ y18;
    const t25 = t21 ^ t22;
    const t26 = t21 & t23;
    const t27 = t24 ^ t26;
    const t28 = t25 & t27;
    const t29 = t28 ^ t22;
    const t30 = t23 ^ t24;
    const t31 = t22 ^ t26;
    const t32 = t31 & t30;
    const t33 = t32 ^ t24;
    const t34 = t23 ^ t33;
    const t35 = t27 ^ t33;
    const t36 = t24 & t35;
    const t37 = t36 ^ t34;
    const t38 = t27 ^ t36;
    const t39 = t29 & t38;
    const t40 = t25 ^ t39;
    const t41 = t40 ^ t37;
    const t42 = t29 ^ t33;
    const t43 = t29 ^ t40;
    const t44 = t33 ^ t37;
    const t45 = t42 ^ t41;
    const z0 = t44 & y15;
    const z1 = t37 & y6;
    const z2 = t33 & x7;
    const z3 = t43 & y16;
    const z4 = t40 & y1;
    const z5 = t29 & y7;
    const z6 = t42 & y11;
    const z7 = t45 & y17;
    const z8 = t41 & y10;
    const z9 = t44 & y12;
    const z10 = t37 & y3;
    const z11 = t33 & y4;
    const z12 = t43 & y13;
    const z13 = t40 & y5;
    const z14 = t29 & y2;
    const z15 = t42 & y9;
    const z16 = t45 & y14;
    const z17 = t41 & y8;
    // Back, and the affine map.
    const t46 = z15 ^ z16;
    const t47 = z10 ^ z11;
    const t48 = z5 ^ z13;
    const t49 = z9 ^ z10;
    const t50 = z2 ^ z12;
    const t51 = z2 ^ z5;
    const t52 = z7 ^ z8;
    const t53 = z0 ^ z3;
    const t54 = z6 ^ z7;
    const t55 = z16 ^ z17;
    const t56 = z12 ^ t48;
    const t57 = t50 ^ t53;
    const t58 = z4 ^ t46;
    const t59 = z3 ^ t54;
    const t60 = t46 ^ t57;
    const t61 = z14 ^ t57;
    const t62 = t52 ^ t58;
    const t63 = t49 ^ t58;
    const t64 = z4 ^ t59;
    const t65 = t61 ^ t62;
    const t66 = z1 ^ t63;
    const s0 = t59 ^ t63;
    const s6 = t56 ^ t62;
    const s7 = t48 ^ t60;
    const t67 = t64 ^ t65;
    const s3 = t53 ^ t66;
    const s4 = t51 ^ t66;
    const s5 = t47 ^ t65;
    const s1 = t64 ^ s3;
    const s2 = t55 ^ t67;
    if (round === rounds) {
      // The last round has no MixColumns.
      q[0] = s7 ^ (keys[at] ?? 0);
      q[1] = s6 ^ (keys[at + 1] ?? 0);
      q[2] = s5 ^ (keys[at + 2] ?? 0);
      q[3] = s4 ^ (keys[at + 3] ?? 0);
      q[4] = s3 ^ (keys[at + 4] ?? 0);
      q[5] = s2 ^ (keys[at + 5] ?? 0);
      q[6] = s1 ^ (keys[at + 6] ?? 0);
      q[7] = s0 ^ (keys[at + 7] ?? 0);
      return;
    }
    // MixColumns (§5.1.3): 2 (a + b) + b + (c + d), of which a is a row, r and n the row below it, d their sum, h that of the two
    // rows after, and doubling moves each bit to the next word, and the highest to bits 0, 1, 3 and 4. Then AddRoundKey.
    switch (round & 3) {
      case 1: {
        const r0 = (s7 >>> 8) | (s7 << 24);
        const n0 = ((r0 >>> 2) & 0x3f3f3f3f) | ((r0 & 0x03030303) << 6);
        const d0 = s7 ^ n0;
        const h0 = (d0 >>> 16) | (d0 << 16);
        const r1 = (s6 >>> 8) | (s6 << 24);
        const n1 = ((r1 >>> 2) & 0x3f3f3f3f) | ((r1 & 0x03030303) << 6);
        const d1 = s6 ^ n1;
        const h1 = (d1 >>> 16) | (d1 << 16);
        const r2 = (s5 >>> 8) | (s5 << 24);
        const n2 = ((r2 >>> 2) & 0x3f3f3f3f) | ((r2 & 0x03030303) << 6);
        const d2 = s5 ^ n2;
        const h2 = (d2 >>> 16) | (d2 << 16);
        const r3 = (s4 >>> 8) | (s4 << 24);
        const n3 = ((r3 >>> 2) & 0x3f3f3f3f) | ((r3 & 0x03030303) << 6);
        const d3 = s4 ^ n3;
        const h3 = (d3 >>> 16) | (d3 << 16);
        const r4 = (s3 >>> 8) | (s3 << 24);
        const n4 = ((r4 >>> 2) & 0x3f3f3f3f) | ((r4 & 0x03030303) << 6);
        const d4 = s3 ^ n4;
        const h4 = (d4 >>> 16) | (d4 << 16);
        const r5 = (s2 >>> 8) | (s2 << 24);
        const n5 = ((r5 >>> 2) & 0x3f3f3f3f) | ((r5 & 0x03030303) << 6);
        const d5 = s2 ^ n5;
        const h5 = (d5 >>> 16) | (d5 << 16);
        const r6 = (s1 >>> 8) | (s1 << 24);
        const n6 = ((r6 >>> 2) & 0x3f3f3f3f) | ((r6 & 0x03030303) << 6);
        const d6 = s1 ^ n6;
        const h6 = (d6 >>> 16) | (d6 << 16);
        const r7 = (s0 >>> 8) | (s0 << 24);
        const n7 = ((r7 >>> 2) & 0x3f3f3f3f) | ((r7 & 0x03030303) << 6);
        const d7 = s0 ^ n7;
        const h7 = (d7 >>> 16) | (d7 << 16);
        q0 = d7 ^ n0 ^ (((h0 >>> 4) & 0x0f0f0f0f) | ((h0 & 0x0f0f0f0f) << 4)) ^ (keys[at] ?? 0);
        q1 = d0 ^ d7 ^ n1 ^ (((h1 >>> 4) & 0x0f0f0f0f) | ((h1 & 0x0f0f0f0f) << 4)) ^ (keys[at + 1] ?? 0);
        q2 = d1 ^ n2 ^ (((h2 >>> 4) & 0x0f0f0f0f) | ((h2 & 0x0f0f0f0f) << 4)) ^ (keys[at + 2] ?? 0);
        q3 = d2 ^ d7 ^ n3 ^ (((h3 >>> 4) & 0x0f0f0f0f) | ((h3 & 0x0f0f0f0f) << 4)) ^ (keys[at + 3] ?? 0);
        q4 = d3 ^ d7 ^ n4 ^ (((h4 >>> 4) & 0x0f0f0f0f) | ((h4 & 0x0f0f0f0f) << 4)) ^ (keys[at + 4] ?? 0);
        q5 = d4 ^ n5 ^ (((h5 >>> 4) & 0x0f0f0f0f) | ((h5 & 0x0f0f0f0f) << 4)) ^ (keys[at + 5] ?? 0);
        q6 = d5 ^ n6 ^ (((h6 >>> 4) & 0x0f0f0f0f) | ((h6 & 0x0f0f0f0f) << 4)) ^ (keys[at + 6] ?? 0);
        q7 = d6 ^ n7 ^ (((h7 >>> 4) & 0x0f0f0f0f) | ((h7 & 0x0f0f0f0f) << 4)) ^ (keys[at + 7] ?? 0);
        break;
      }
      case 2: {
        const r0 = (s7 >>> 8) | (s7 << 24);
        const n0 = ((r0 >>> 4) & 0x0f0f0f0f) | ((r0 & 0x0f0f0f0f) << 4);
        const d0 = s7 ^ n0;
        const h0 = (d0 >>> 16) | (d0 << 16);
        const r1 = (s6 >>> 8) | (s6 << 24);
        const n1 = ((r1 >>> 4) & 0x0f0f0f0f) | ((r1 & 0x0f0f0f0f) << 4);
        const d1 = s6 ^ n1;
        const h1 = (d1 >>> 16) | (d1 << 16);
        const r2 = (s5 >>> 8) | (s5 << 24);
        const n2 = ((r2 >>> 4) & 0x0f0f0f0f) | ((r2 & 0x0f0f0f0f) << 4);
        const d2 = s5 ^ n2;
        const h2 = (d2 >>> 16) | (d2 << 16);
        const r3 = (s4 >>> 8) | (s4 << 24);
        const n3 = ((r3 >>> 4) & 0x0f0f0f0f) | ((r3 & 0x0f0f0f0f) << 4);
        const d3 = s4 ^ n3;
        const h3 = (d3 >>> 16) | (d3 << 16);
        const r4 = (s3 >>> 8) | (s3 << 24);
        const n4 = ((r4 >>> 4) & 0x0f0f0f0f) | ((r4 & 0x0f0f0f0f) << 4);
        const d4 = s3 ^ n4;
        const h4 = (d4 >>> 16) | (d4 << 16);
        const r5 = (s2 >>> 8) | (s2 << 24);
        const n5 = ((r5 >>> 4) & 0x0f0f0f0f) | ((r5 & 0x0f0f0f0f) << 4);
        const d5 = s2 ^ n5;
        const h5 = (d5 >>> 16) | (d5 << 16);
        const r6 = (s1 >>> 8) | (s1 << 24);
        const n6 = ((r6 >>> 4) & 0x0f0f0f0f) | ((r6 & 0x0f0f0f0f) << 4);
        const d6 = s1 ^ n6;
        const h6 = (d6 >>> 16) | (d6 << 16);
        const r7 = (s0 >>> 8) | (s0 << 24);
        const n7 = ((r7 >>> 4) & 0x0f0f0f0f) | ((r7 & 0x0f0f0f0f) << 4);
        const d7 = s0 ^ n7;
        const h7 = (d7 >>> 16) | (d7 << 16);
        q0 = d7 ^ n0 ^ h0 ^ (keys[at] ?? 0);
        q1 = d0 ^ d7 ^ n1 ^ h1 ^ (keys[at + 1] ?? 0);
        q2 = d1 ^ n2 ^ h2 ^ (keys[at + 2] ?? 0);
        q3 = d2 ^ d7 ^ n3 ^ h3 ^ (keys[at + 3] ?? 0);
        q4 = d3 ^ d7 ^ n4 ^ h4 ^ (keys[at + 4] ?? 0);
        q5 = d4 ^ n5 ^ h5 ^ (keys[at + 5] ?? 0);
        q6 = d5 ^ n6 ^ h6 ^ (keys[at + 6] ?? 0);
        q7 = d6 ^ n7 ^ h7 ^ (keys[at + 7] ?? 0);
        break;
      }
      case 3: {
        const r0 = (s7 >>> 8) | (s7 << 24);
        const n0 = ((r0 >>> 6) & 0x03030303) | ((r0 & 0x3f3f3f3f) << 2);
        const d0 = s7 ^ n0;
        const h0 = (d0 >>> 16) | (d0 << 16);
        const r1 = (s6 >>> 8) | (s6 << 24);
        const n1 = ((r1 >>> 6) & 0x03030303) | ((r1 & 0x3f3f3f3f) << 2);
        const d1 = s6 ^ n1;
        const h1 = (d1 >>> 16) | (d1 << 16);
        const r2 = (s5 >>> 8) | (s5 << 24);
        const n2 = ((r2 >>> 6) & 0x03030303) | ((r2 & 0x3f3f3f3f) << 2);
        const d2 = s5 ^ n2;
        const h2 = (d2 >>> 16) | (d2 << 16);
        const r3 = (s4 >>> 8) | (s4 << 24);
        const n3 = ((r3 >>> 6) & 0x03030303) | ((r3 & 0x3f3f3f3f) << 2);
        const d3 = s4 ^ n3;
        const h3 = (d3 >>> 16) | (d3 << 16);
        const r4 = (s3 >>> 8) | (s3 << 24);
        const n4 = ((r4 >>> 6) & 0x03030303) | ((r4 & 0x3f3f3f3f) << 2);
        const d4 = s3 ^ n4;
        const h4 = (d4 >>> 16) | (d4 << 16);
        const r5 = (s2 >>> 8) | (s2 << 24);
        const n5 = ((r5 >>> 6) & 0x03030303) | ((r5 & 0x3f3f3f3f) << 2);
        const d5 = s2 ^ n5;
        const h5 = (d5 >>> 16) | (d5 << 16);
        const r6 = (s1 >>> 8) | (s1 << 24);
        const n6 = ((r6 >>> 6) & 0x03030303) | ((r6 & 0x3f3f3f3f) << 2);
        const d6 = s1 ^ n6;
        const h6 = (d6 >>> 16) | (d6 << 16);
        const r7 = (s0 >>> 8) | (s0 << 24);
        const n7 = ((r7 >>> 6) & 0x03030303) | ((r7 & 0x3f3f3f3f) << 2);
        const d7 = s0 ^ n7;
        const h7 = (d7 >>> 16) | (d7 << 16);
        q0 = d7 ^ n0 ^ (((h0 >>> 4) & 0x0f0f0f0f) | ((h0 & 0x0f0f0f0f) << 4)) ^ (keys[at] ?? 0);
        q1 = d0 ^ d7 ^ n1 ^ (((h1 >>> 4) & 0x0f0f0f0f) | ((h1 & 0x0f0f0f0f) << 4)) ^ (keys[at + 1] ?? 0);
        q2 = d1 ^ n2 ^ (((h2 >>> 4) & 0x0f0f0f0f) | ((h2 & 0x0f0f0f0f) << 4)) ^ (keys[at + 2] ?? 0);
        q3 = d2 ^ d7 ^ n3 ^ (((h3 >>> 4) & 0x0f0f0f0f) | ((h3 & 0x0f0f0f0f) << 4)) ^ (keys[at + 3] ?? 0);
        q4 = d3 ^ d7 ^ n4 ^ (((h4 >>> 4) & 0x0f0f0f0f) | ((h4 & 0x0f0f0f0f) << 4)) ^ (keys[at + 4] ?? 0);
        q5 = d4 ^ n5 ^ (((h5 >>> 4) & 0x0f0f0f0f) | ((h5 & 0x0f0f0f0f) << 4)) ^ (keys[at + 5] ?? 0);
        q6 = d5 ^ n6 ^ (((h6 >>> 4) & 0x0f0f0f0f) | ((h6 & 0x0f0f0f0f) << 4)) ^ (keys[at + 6] ?? 0);
        q7 = d6 ^ n7 ^ (((h7 >>> 4) & 0x0f0f0f0f) | ((h7 & 0x0f0f0f0f) << 4)) ^ (keys[at + 7] ?? 0);
        break;
      }
      default: {
        const r0 = (s7 >>> 8) | (s7 << 24);
        const d0 = s7 ^ r0;
        const h0 = (d0 >>> 16) | (d0 << 16);
        const r1 = (s6 >>> 8) | (s6 << 24);
        const d1 = s6 ^ r1;
        const h1 = (d1 >>> 16) | (d1 << 16);
        const r2 = (s5 >>> 8) | (s5 << 24);
        const d2 = s5 ^ r2;
        const h2 = (d2 >>> 16) | (d2 << 16);
        const r3 = (s4 >>> 8) | (s4 << 24);
        const d3 = s4 ^ r3;
        const h3 = (d3 >>> 16) | (d3 << 16);
        const r4 = (s3 >>> 8) | (s3 << 24);
        const d4 = s3 ^ r4;
        const h4 = (d4 >>> 16) | (d4 << 16);
        const r5 = (s2 >>> 8) | (s2 << 24);
        const d5 = s2 ^ r5;
        const h5 = (d5 >>> 16) | (d5 << 16);
        const r6 = (s1 >>> 8) | (s1 << 24);
        const d6 = s1 ^ r6;
        const h6 = (d6 >>> 16) | (d6 << 16);
        const r7 = (s0 >>> 8) | (s0 << 24);
        const d7 = s0 ^ r7;
        const h7 = (d7 >>> 16) | (d7 << 16);
        q0 = d7 ^ r0 ^ h0 ^ (keys[at] ?? 0);
        q1 = d0 ^ d7 ^ r1 ^ h1 ^ (keys[at + 1] ?? 0);
        q2 = d1 ^ r2 ^ h2 ^ (keys[at + 2] ?? 0);
        q3 = d2 ^ d7 ^ r3 ^ h3 ^ (keys[at + 3] ?? 0);
        q4 = d3 ^ d7 ^ r4 ^ h4 ^ (keys[at + 4] ?? 0);
        q5 = d4 ^ r5 ^ h5 ^ (keys[at + 5] ?? 0);
        q6 = d5 ^ r6 ^ h6 ^ (keys[at + 6] ?? 0);
        q7 = d6 ^ r7 ^ h7 ^ (keys[at + 7] ?? 0);
        break;
      }
    }
  }
}
