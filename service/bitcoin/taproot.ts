import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { taggedHash } from './tagged-hash.ts';

/*
 * BIP-341, as much of it as a tree of one leaf takes: its root is the hash of the leaf, and a control block holds no path.
 * Keys are x-only, 32 bytes (BIP-340). Scripts here are shorter than 253 bytes.
 */

/** Tapscript (BIP-342). */
const leafVersion = 0xc0;

const { lift_x, pointToBytes } = schnorr.utils;
const { Fn } = secp256k1.Point;

export interface TaprootOutput {
  /** What the address pays to. */
  readonly key: Uint8Array;
  /** Of the output key's y: the control block tells it. */
  readonly parity: 0 | 1;
}

/** Whether it is the x of a point (BIP-340, lift_x): half of all numbers are. */
export function isXOnlyKey(key: Uint8Array): boolean {
  if (key.length !== 32) return false;
  try {
    lift_x(toNumber(key));
    return true;
  } catch {
    return false;
  }
}

/** `hash_TapLeaf`, which is also the root of a tree with this leaf alone. */
export const tapLeafHash = (script: Uint8Array): Uint8Array =>
  taggedHash('TapLeaf', Uint8Array.of(leafVersion, script.length), script);

/** `taproot_tweak_pubkey`. Throws for what is no point. */
export function taprootOutput(internalKey: Uint8Array, root: Uint8Array): TaprootOutput {
  const tweaked = lift_x(toNumber(internalKey)).add(secp256k1.Point.BASE.multiply(tweak(internalKey, root)));
  return { key: pointToBytes(tweaked), parity: tweaked.toAffine().y % 2n === 0n ? 0 : 1 };
}

/**
 * `taproot_tweak_seckey`: the secret key of the output key. The caller zeroes it; the numbers on the way cannot be, and are
 * the garbage collector's.
 */
export function tweakedSecret(secret: Uint8Array, internalKey: Uint8Array, root: Uint8Array): Uint8Array {
  const given = Fn.fromBytes(secret);
  const { y } = secp256k1.Point.BASE.multiply(given).toAffine();
  const even = y % 2n === 0n ? given : Fn.neg(given);
  return Fn.toBytes(Fn.add(even, tweak(internalKey, root)));
}

/** What a spend by the leaf of a one-leaf tree shows last: leaf version and parity, then the internal key. */
export const controlBlock = (internalKey: Uint8Array, { parity }: TaprootOutput): Uint8Array =>
  concatBytes(Uint8Array.of(leafVersion | parity), internalKey);

/** Not below the order of the group, or zero, in one of 2^128 cases: BIP-341 fails then, and so do we. */
function tweak(internalKey: Uint8Array, root: Uint8Array): bigint {
  const value = toNumber(taggedHash('TapTweak', internalKey, root));
  if (!Fn.isValidNot0(value)) throw new RangeError('this key and script make no taproot output (BIP-341)');
  return value;
}

const toNumber = (bytes: Uint8Array): bigint => bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n);
