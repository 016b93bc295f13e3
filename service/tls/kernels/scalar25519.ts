/*
 * Integers modulo L = 2^252 + c, c = 27742317777372353535851937790883648493, the order of the base point (RFC 8032 §5.1), in
 * float64: limbs of 21 bits, twelve of which are 252 bits. What is above is brought down by 2^252 = -c. Bounds, by
 * test/kernels/scalar25519-bounds.test.ts: no sum passes 2^53, and what is reduced is between 0 and L. These are nonces and
 * secret scalars: no branch, no index and no number of steps depends on a value.
 */

const BITS = 21;
const RADIX = 2 ** BITS;

/** 252 bits. */
const LIMBS = 12;
/** 32 bytes, of which the last limb has 4 bits; and 64 bytes, or a product. */
const SINGLE = 13;
const DOUBLE = 25;

/** c, in limbs. */
const EXCESS = new Float64Array([1430509, 1626855, 1442968, 997804, 1960495, 683900]);

/** L, the least significant byte first (RFC 8032 §5.1). */
const ORDER = Uint8Array.of(
  ...[0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14],
  ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10],
);

/** What is computed with, zeroed after each use. `limbs` is a sum or a product, then what is left of it. */
const limbs = new Float64Array(DOUBLE);
const left = new Float64Array(SINGLE);
const right = new Float64Array(SINGLE);

/** 64 bytes of a hash modulo L, as 32 bytes (RFC 8032 §5.1.6, steps 2 and 4). */
export function reduceHash(hash: Uint8Array): Uint8Array {
  decode(limbs, hash);
  return reduced();
}

/** (k a + r) mod L as 32 bytes, of 32 bytes each that need not be below L (RFC 8032 §5.1.6, step 5). */
export function multiplyAdd(k: Uint8Array, a: Uint8Array, r: Uint8Array): Uint8Array {
  decode(left, k);
  decode(right, a);
  decode(limbs, r);
  for (let i = 0; i < SINGLE; i++) {
    for (let j = 0; j < SINGLE; j++) limbs[i + j] = (limbs[i + j] ?? 0) + (left[i] ?? 0) * (right[j] ?? 0);
  }
  left.fill(0);
  right.fill(0);
  carry(0, DOUBLE - 1);
  return reduced();
}

/** Whether S of a signature is below L, as it must (RFC 8032 §5.1.7, step 1). Branches: for what is public. */
export function isCanonicalScalar(bytes: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = (bytes[i] ?? 0) - (ORDER[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Of `limbs`, each between 0 and 2^21 - 1: what they are modulo L, in 32 bytes (RFC 8032 §5.1). */
function reduced(): Uint8Array {
  fold(DOUBLE - 1, 18);
  carry(LIMBS - 6, 18);
  fold(18, LIMBS);
  // Less than 2^252 * 2^10 is missing for it to be positive: 2^10 L is added.
  for (let j = 0; j < EXCESS.length; j++) limbs[j] = (limbs[j] ?? 0) + 2 ** 10 * (EXCESS[j] ?? 0);
  limbs[LIMBS] = (limbs[LIMBS] ?? 0) + 2 ** 10;
  carry(0, LIMBS);
  // V = v + q 2^252 with 0 <= v < 2^252: V - q L is less than 2^252, and negative if v < q c. L is added then, and it is below L.
  fold(LIMBS, LIMBS);
  carry(0, LIMBS);
  fold(LIMBS, LIMBS);
  carry(0, LIMBS - 1);
  const bytes = new Uint8Array(32);
  encode(bytes);
  limbs.fill(0);
  return bytes;
}

/** Takes the limbs from `highest` down to `lowest`, 12 or more, away: -c times each goes to the six limbs that are twelve below. */
function fold(highest: number, lowest: number): void {
  for (let i = highest; i >= lowest; i--) {
    const limb = limbs[i] ?? 0;
    limbs[i] = 0;
    for (let j = 0; j < EXCESS.length; j++) {
      const below = i - LIMBS + j;
      limbs[below] = (limbs[below] ?? 0) - limb * (EXCESS[j] ?? 0);
    }
  }
}

/** Leaves 0 to 2^21 - 1 in the limbs from `first` to the one before `last`, which takes what is over. */
function carry(first: number, last: number): void {
  for (let i = first; i < last; i++) {
    const limb = limbs[i] ?? 0;
    const over = multipleBelow(limb);
    limbs[i] = limb - over;
    limbs[i + 1] = (limbs[i + 1] ?? 0) + over / RADIX;
  }
}

/**
 * The multiple of 2^21 at x or below it, for whole numbers below 2^51: adding and subtracting 3 * 2^72 rounds to the nearest
 * one. Not by Math.floor, whose result V8 may keep as a small integer or as a float64, as the value has it.
 */
const multipleBelow = (x: number): number => x - (RADIX - 1) / 2 + 3 * 2 ** 51 * RADIX - 3 * 2 ** 51 * RADIX;

/** Little-endian bytes to limbs, as many as there are bits for (RFC 8032 §5.1.2). */
function decode(out: Float64Array, bytes: Uint8Array): void {
  let pending = 0;
  let bits = 0;
  let limb = 0;
  for (let i = 0; i < bytes.length; i++) {
    pending += (bytes[i] ?? 0) << bits;
    bits += 8;
    if (bits >= BITS) {
      out[limb] = pending & (RADIX - 1);
      pending >>= BITS;
      bits -= BITS;
      limb += 1;
    }
  }
  out[limb] = pending;
}

/** Twelve limbs, the highest of 22 bits at most, to 32 little-endian bytes (RFC 8032 §5.1.2). */
function encode(bytes: Uint8Array): void {
  let pending = 0;
  let bits = 0;
  let next = 0;
  for (let i = 0; i < LIMBS; i++) {
    pending += (limbs[i] ?? 0) << bits;
    bits += BITS;
    while (bits >= 8) {
      bytes[next] = pending & 255;
      pending >>= 8;
      bits -= 8;
      next += 1;
    }
  }
  bytes[next] = pending;
}
