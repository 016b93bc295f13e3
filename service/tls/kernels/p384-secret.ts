import { limbsBelow, wipe } from './p256-limbs.ts';
import { canonical, isBelow, isZero, LIMBS, type Limbs, limbs, N, readBytes, writeBytes, zero } from './p384-limbs.ts';

/* A secret scalar of P-384, out of bytes and from uniform ones (FIPS 186-5 A.2.1): without a branch and without a BigInt. */

const ENTROPY = 72;

/** Throws a RangeError unless it is 48 bytes from 1 to n - 1. */
export function readSecret(out: Limbs, secret: Uint8Array): void {
  if (secret.length === 48) {
    readBytes(out, secret, 0);
    if (isBelow(out, N) * (1 - isZero(out)) === 1) return;
  }
  wipe(out);
  throw new RangeError('a secret of P-384 is 48 bytes, from 1 to the order of the group less one');
}

/** n - 1, which like n is 2^384 less something below 2^190. */
const MODULUS = lessOne(N);

function lessOne(number: Limbs): Limbs {
  const less = limbs(...number);
  less[0] -= 1;
  return less;
}

const remainder = zero();

/** (c mod (n - 1)) + 1, 48 bytes, of the 72 bytes big-endian that are c: 192 bits more than n has, so that no scalar is likelier. */
export function secret(entropy: Uint8Array): Uint8Array<ArrayBuffer> {
  if (entropy.length !== ENTROPY)
    throw new RangeError(`a secret of P-384 is made of ${ENTROPY} bytes of entropy, not ${entropy.length}`);
  remainder.fill(0);
  for (let at = 0; at < ENTROPY; at += 3)
    append(65_536 * byteAt(entropy, at) + 256 * byteAt(entropy, at + 1) + byteAt(entropy, at + 2));
  canonical(remainder, remainder, MODULUS);
  remainder[0] += 1;
  canonical(remainder, remainder, N); // below n as it is: this only carries
  const scalar = new Uint8Array(48);
  writeBytes(scalar, 0, remainder);
  wipe(remainder);
  return scalar;
}

const byteAt = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;

/**
 * The remainder, times 2^24, and a limb more, modulo n - 1: below 2^384 and 2^215 more, as it was before. The topmost limb is taken
 * away and becomes that many times 2^384 less n - 1, which the lower limbs of n - 1 are with the other sign.
 */
function append(limb: number): void {
  const quotient = remainder[15];
  let below = limb;
  let carry = 0;
  for (let i = 0; i < LIMBS - 1; i++) {
    const sum = below - quotient * (MODULUS[i] ?? 0) + carry;
    const high = limbsBelow(sum);
    carry = high * 2 ** -24;
    below = remainder[i] ?? 0;
    remainder[i] = sum - high;
  }
  remainder[15] = below + carry;
}
