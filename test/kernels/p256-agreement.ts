import { p256 } from '@noble/curves/nist.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { type PreparedKey, prepare, publicKey, sharedX, sign, verify } from '../../service/tls/kernels/p256.ts';

/*
 * One input after the other, random and at the edges, for our P-256 and noble's. An input is a function of its number alone, so
 * that a disagreement can be looked at again.
 */

const { Fn, Fp, BASE } = p256.Point;
const n = Fn.ORDER;

const hexOf = (value: bigint): string => value.toString(16).padStart(64, '0');
export const bytesOf = (value: bigint): Uint8Array => hexToBytes(hexOf(value));
const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${bytesToHex(bytes)}`);

/** What a number of an input is drawn from: 64 bytes at a time. */
class Draw {
  readonly #seed: string;
  #count = 0;

  constructor(input: number) {
    this.#seed = `P-256 ${input}`;
  }

  bytes(length: number): Uint8Array {
    return sha512(new Uint8Array([...`${this.#seed} ${this.#count++}`].map((c) => c.charCodeAt(0)))).slice(0, length);
  }

  below(limit: number): number {
    return Number(numberOf(this.bytes(16)) % BigInt(limit));
  }

  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }

  /** 0 to 2^256 - 1: two of three uniform, the others where carries, windows and moduli have their ends. */
  number(): bigint {
    if (this.below(3) > 0) return numberOf(this.bytes(32));
    const small = BigInt(this.below(70));
    const power = 2n ** BigInt(this.below(256));
    const value = this.pick([
      () => small,
      () => n - small,
      () => n + small,
      () => Fp.ORDER - small,
      () => 2n ** 256n - 1n - small,
      () => 2n ** 256n - n + small,
      () => n / 2n + small,
      () => power + small,
      () => power - small,
      () => n - power - small,
      () => n + small - power,
      () => numberOf(this.bytes(32)) & (power - 1n),
      () => 2n ** 256n - 1n - (numberOf(this.bytes(32)) & (power - 1n)),
      // Limbs and windows of zeros alone, or of ones.
      () => numberOf(this.bytes(32).map((byte) => (byte & 1) * 255)),
    ])();
    return value < 0n || value >= 2n ** 256n ? small : value;
  }

  /** 1 to n - 1. */
  scalar(): bigint {
    return (this.number() % (n - 1n)) + 1n;
  }

  /** A bit of them is another. */
  changed(bytes: Uint8Array): Uint8Array {
    const at = this.below(bytes.length);
    return bytes.map((byte, i) => (i === at ? byte ^ (1 << this.below(8)) : byte));
  }

  point(): Uint8Array {
    return publicKey(bytesOf(this.scalar())); // that it is right is what another kind of input looks at
  }
}

/** An exception of either side, whatever it says, is the same answer. */
function answer(compute: () => Uint8Array | boolean): string {
  try {
    const value = compute();
    return typeof value === 'boolean' ? String(value) : bytesToHex(value);
  } catch {
    return 'refused';
  }
}

const nobleSharedX = (secret: Uint8Array, point: Uint8Array): Uint8Array => {
  if (point[0] !== 4) throw new RangeError('not an uncompressed point'); // as named-group.ts does
  return p256.getSharedSecret(secret, point, false).slice(1, 33);
};

const nobleSign = (digest: Uint8Array, secret: Uint8Array): Uint8Array =>
  p256.sign(digest, secret, { prehash: false, lowS: false, format: 'der', extraEntropy: false });

export const nobleVerify = (digest: Uint8Array, signature: Uint8Array, point: Uint8Array): boolean =>
  p256.verify(signature, digest, point, { lowS: false, prehash: false, format: 'der' });

const der = (r: bigint, s: bigint): Uint8Array => {
  const integer = (value: bigint) => {
    const digits = value.toString(16);
    const even = digits.length % 2 === 0 ? digits : `0${digits}`;
    const bytes = hexToBytes(even >= '8' ? `00${even}` : even);
    return concatBytes(Uint8Array.of(2, bytes.length), bytes);
  };
  const both = concatBytes(integer(r), integer(s));
  return concatBytes(Uint8Array.of(0x30, both.length), both);
};

/** A signature of this digest, by the equation, under a nonce of our choice. */
function signature(e: bigint, d: bigint, k: bigint): readonly [r: bigint, s: bigint] {
  const r = Fn.create(BASE.multiplyUnsafe(k).toAffine().x);
  return [r, Fn.mul(Fn.inv(k), Fn.create(e + r * d))];
}

interface Verification {
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
  readonly point: Uint8Array;
}

/** Half of them are valid, half of those only just. */
function verification(draw: Draw): Verification {
  const d = draw.scalar();
  const k = draw.scalar();
  const point = publicKey(bytesOf(d));
  const e = draw.number();
  const [r, s] = signature(e, d, k);
  return draw.pick<() => Verification>([
    () => ({ digest: bytesOf(e), signature: der(r, s), point }),
    () => ({ digest: bytesOf(e), signature: der(r, n - s), point }),
    // u1 G = u2 Q, and u1 G = - u2 Q.
    () => {
      const equal = Fn.mul(r, d);
      return { digest: bytesOf(equal), signature: der(...signature(equal, d, k)), point };
    },
    () => ({ digest: bytesOf(Fn.neg(Fn.mul(r, d))), signature: der(r, s === 0n ? 1n : s), point }),
    () => ({ digest: draw.changed(bytesOf(e)), signature: der(r, s), point }),
    () => ({ digest: bytesOf(e), signature: draw.changed(der(r, s)), point }),
    () => ({ digest: bytesOf(e), signature: der(r, s), point: draw.changed(point) }),
    () => ({ digest: bytesOf(e), signature: der(draw.number(), s), point }),
    () => ({ digest: bytesOf(e), signature: der(r, draw.number()), point }),
    // Two of a length that is not the curve's.
    () => ({ digest: concatBytes(bytesOf(e), draw.bytes(16)), signature: der(r, s), point }),
    () => {
      const digest = draw.bytes(20);
      return { digest, signature: der(...signature(numberOf(digest), d, k)), point };
    },
  ])();
}

const preparedOf = (point: Uint8Array): PreparedKey | undefined => {
  try {
    return prepare(point);
  } catch {
    return undefined;
  }
};

/** What the two say to input number `input`; they agree if both are the same. */
export function compared(input: number): { readonly kind: string; readonly ours: string; readonly noble: string } {
  const draw = new Draw(input);
  const kind = input % 20;
  if (kind < 8) {
    const secret = bytesOf(draw.number());
    return {
      kind: `publicKey(${bytesToHex(secret)})`,
      ours: answer(() => publicKey(secret)),
      noble: answer(() => p256.getPublicKey(secret, false)),
    };
  }
  if (kind < 14) {
    const digest = bytesOf(draw.number());
    const secret = bytesOf(draw.number());
    return {
      kind: `sign(${bytesToHex(digest)}, ${bytesToHex(secret)})`,
      ours: answer(() => sign(digest, secret)),
      noble: answer(() => nobleSign(digest, secret)),
    };
  }
  if (kind < 17) {
    const secret = bytesOf(draw.number());
    // Some off the curve, on its twist or elsewhere.
    const point = draw.below(4) > 0 ? draw.point() : draw.changed(draw.point());
    return {
      kind: `sharedX(${bytesToHex(secret)}, ${bytesToHex(point)})`,
      ours: answer(() => sharedX(secret, point)),
      noble: answer(() => nobleSharedX(secret, point)),
    };
  }
  const { digest, signature, point } = verification(draw);
  const key = input % 400 === 17 ? (preparedOf(point) ?? point) : point;
  return {
    kind: `verify(${bytesToHex(digest)}, ${bytesToHex(signature)}, ${bytesToHex(point)}), ${key === point ? 'plain' : 'prepared'}`,
    ours: answer(() => verify(digest, signature, key)),
    noble: answer(() => nobleVerify(digest, signature, point)),
  };
}
