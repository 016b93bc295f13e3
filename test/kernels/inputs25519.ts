import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';

/* Inputs of Curve25519, drawn from a seed: as many as one likes, half of them at an edge. */

export const p = 2n ** 255n - 19n;
export const L = ed25519.Point.Fn.ORDER;

/** Bytes that the seed determines, as from /dev/urandom. */
export class Draw {
  readonly #seed: Uint8Array;
  #pool = new Uint8Array(0);
  #count = 0;

  constructor(seed: number) {
    this.#seed = numberToBytesLE(BigInt(seed), 8);
  }

  bytes(length: number): Uint8Array {
    while (this.#pool.length < length) {
      const more = sha512(concatBytes(this.#seed, numberToBytesLE(BigInt(this.#count++), 8)));
      this.#pool = concatBytes(this.#pool, more);
    }
    const drawn = this.#pool.slice(0, length);
    this.#pool = this.#pool.slice(length);
    return drawn;
  }

  /** From 0 to `below` - 1. */
  number(below: number): number {
    return Number(bytesToNumberLE(this.bytes(6)) % BigInt(below));
  }

  of<Item>(items: readonly Item[]): Item {
    const item = items[this.number(items.length)];
    if (item === undefined) throw new RangeError('nothing to draw from');
    return item;
  }
}

/** Where the limbs of field25519.ts and scalar25519.ts begin, and other places where a carry may go wrong. */
const powers = [
  0, 1, 8, 21, 22, 42, 43, 63, 64, 85, 107, 126, 128, 149, 170, 192, 213, 231, 234, 251, 252, 253, 254, 255,
];
const near = powers.flatMap((power) => [2n ** BigInt(power) - 1n, 2n ** BigInt(power), 2n ** BigInt(power) + 1n]);
const around = [p, L, 2n * L, 4n * L, 8n * L - 8n, p - L, (p - 1n) / 2n, (p + 1n) / 2n, 9n, p + 9n].flatMap((middle) =>
  Array.from({ length: 41 }, (_, index) => middle + BigInt(index - 20)),
);
const numbers = [...near, ...around, 2n ** 256n - 1n, 2n ** 256n - 19n, 2n ** 256n - 38n].filter(
  (number) => number >= 0n && number < 2n ** 256n,
);

/** The u of the eight points of small order of the curve and its twist (RFC 7748 §7), as they are and with p added. */
export const smallOrderU: readonly Uint8Array[] = [
  0n,
  1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
  p - 1n,
  p,
  p + 1n,
].map((u) => numberToBytesLE(u, 32));

/** The eight points of the Edwards curve whose order divides 8, and their encodings that are not canonical. */
export const smallOrderPoints: readonly Uint8Array[] = ED25519_TORSION_SUBGROUP.map((hex) => hexToBytes(hex));
export const notCanonical: readonly Uint8Array[] = [
  ...Array.from({ length: 19 }, (_, y) => numberToBytesLE(p + BigInt(y), 32)),
  ...smallOrderPoints,
].map((bytes, index) => (index % 2 === 0 ? withHighBit(bytes) : bytes));

function withHighBit(bytes: Uint8Array): Uint8Array {
  return bytes.with(31, (bytes[31] ?? 0) | 0x80);
}

/** 32 bytes: random ones, a number of the above, long rows of ones or zeros, with the highest bit or without. */
export function thirtyTwo(draw: Draw): Uint8Array {
  switch (draw.number(8)) {
    case 0:
    case 1:
      return numberToBytesLE(draw.of(numbers), 32);
    case 2: {
      const bytes = draw.bytes(32);
      const from = draw.number(32);
      return bytes.fill(draw.of([0, 0xff]), from, from + draw.number(33 - from));
    }
    case 3:
      return withHighBit(numberToBytesLE(draw.of(numbers) % 2n ** 255n, 32));
    default:
      return draw.bytes(32);
  }
}

/** A u of X25519: also of small order, and on the twist as often as on the curve. */
export const publicValue = (draw: Draw): Uint8Array => (draw.number(64) === 0 ? draw.of(smallOrderU) : thirtyTwo(draw));

export interface Signed {
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  readonly key: Uint8Array;
}

/**
 * A signature of Ed25519, right or wrong: made as RFC 8032 §5.1.6 does, but with a point of small order added to the key, to R,
 * or in place of one; then perhaps with a bit changed, S beyond L, or an encoding that is of no point or not canonical.
 */
export function signed(draw: Draw): Signed {
  const { Point } = ed25519;
  const message = draw.bytes(draw.number(200));
  const torsion = () => Point.fromBytes(draw.of(smallOrderPoints), true);
  const scalar = bytesToNumberLE(thirtyTwo(draw)) % L;
  const nonce = bytesToNumberLE(thirtyTwo(draw)) % L;
  const oddly = draw.number(4);
  const pointA = Point.BASE.multiplyUnsafe(oddly === 3 ? 0n : scalar).add(oddly === 0 ? Point.ZERO : torsion());
  const pointR = Point.BASE.multiplyUnsafe(oddly === 2 ? 0n : nonce).add(oddly === 0 ? Point.ZERO : torsion());
  let [key, r] = [pointA.toBytes(), pointR.toBytes()];
  if (draw.number(16) === 0) key = draw.of(notCanonical);
  if (draw.number(16) === 0) r = draw.of(notCanonical);
  const k = bytesToNumberLE(sha512(concatBytes(r, key, message))) % L;
  let s = ((oddly === 2 ? 0n : nonce) + k * (oddly === 3 ? 0n : scalar)) % L;
  if (draw.number(8) === 0) s += draw.of([1n, L, 2n * L, 8n * L, L - s, L - s - 1n, 2n ** 255n - s]);
  const signature = concatBytes(r, numberToBytesLE(s % 2n ** 256n, 32));
  if (draw.number(8) === 0) {
    const at = draw.number(512);
    signature[at >> 3] = (signature[at >> 3] ?? 0) ^ (1 << (at & 7));
  }
  return { signature, message, key: draw.number(32) === 0 ? thirtyTwo(draw) : key };
}
