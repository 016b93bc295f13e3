import { canonical, LIMBS, limbs, limbsBelow, N, topBelow, wipe, writeBytes, zero } from './p256-limbs.ts';

/* A secret scalar of P-256 from uniform bytes, FIPS 186-5 A.2.1, on the limbs of p256-limbs.ts: without a branch and without a BigInt. */

const ENTROPY = 48;

/** n - 1, which like n is 2^256 less something below 2^224. */
const MODULUS = limbs(...N.with(0, N[0] - 1));

/** One limb more than a number has. */
const remainder = new Float64Array(LIMBS + 1);
const result = zero();

/** (c mod (n - 1)) + 1, 32 bytes, of the 48 bytes big-endian that are c: 128 bits more than n has, so that no scalar is likelier. */
export function secret(entropy: Uint8Array): Uint8Array<ArrayBuffer> {
  if (entropy.length !== ENTROPY)
    throw new RangeError(`a secret of P-256 is made of ${ENTROPY} bytes of entropy, not ${entropy.length}`);
  remainder.fill(0);
  for (let at = 0; at < ENTROPY; at += 3) append(byteAt(entropy, at), byteAt(entropy, at + 1), byteAt(entropy, at + 2));
  for (let i = 0; i < LIMBS; i++) result[i] = remainder[i] ?? 0;
  canonical(result, result, MODULUS);
  result[0] += 1;
  canonical(result, result, N); // below n as it is: this only carries
  const scalar = new Uint8Array(32);
  writeBytes(scalar, 0, result);
  wipe(remainder, result);
  return scalar;
}

const byteAt = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;

/**
 * The remainder, times 2^24, and three more bytes, modulo n - 1: below three times that, as it was before. What is taken away is
 * n - 1 times the bits from 2^256 on, one less than could be at most, since those bits are 26 and n - 1 is 2^256 to 32 bits.
 */
function append(first: number, second: number, third: number): void {
  remainder.copyWithin(1, 0, LIMBS);
  remainder[0] = 65_536 * first + 256 * second + third;
  const quotient = topBelow(remainder[LIMBS - 1] ?? 0) * 2 ** -16 + (remainder[LIMBS] ?? 0) * 2 ** 8;
  let carry = 0;
  for (let i = 0; i < LIMBS; i++) {
    const sum = (remainder[i] ?? 0) - quotient * (MODULUS[i] ?? 0) + carry;
    const high = limbsBelow(sum);
    carry = high * 2 ** -24;
    remainder[i] = sum - high;
  }
  remainder[LIMBS] = (remainder[LIMBS] ?? 0) + carry;
}
