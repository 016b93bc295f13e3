import { sha512 } from '@noble/hashes/sha2.js';
import {
  doublePoint,
  forgetPoints,
  neutral,
  type Point,
  setNeutral,
  subtractPoint,
  summand,
  toSummand,
} from './edwards25519.ts';
import { multiplyBase } from './edwards25519-base.ts';
import { decodePoint, encodePoint, isNeutral } from './edwards25519-bytes.ts';
import { baseMinus } from './edwards25519-sum.ts';
import { isCanonicalScalar, multiplyAdd, reduceHash } from './scalar25519.ts';

/*
 * Ed25519 (RFC 8032 §5.1), the pure form.
 *
 * What verifies is what @noble/curves takes with `zip215: false`: encodings are canonical, A is not of small order, S is below
 * L, and the equation is that with the cofactor, 8 S B = 8 R + 8 k A (RFC 8032 §5.1.7, step 3). R may be of small order.
 */

/** A seed after RFC 8032 §5.1.5: `scalar` (a, clamped), `prefix`, and the public key. Its owner zeroes the first two. */
export interface ExpandedKey {
  readonly scalar: Uint8Array;
  readonly prefix: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** RFC 8032 §5.1.5, for who signs more than once: half of a signature's time is this. */
function expand(seed: Uint8Array): ExpandedKey {
  expectLength('a seed', seed, 32);
  const hash = sha512(seed);
  const scalar = hash.slice(0, 32);
  const prefix = hash.slice(32);
  hash.fill(0);
  scalar[0] = (scalar[0] ?? 0) & 0xf8;
  scalar[31] = ((scalar[31] ?? 0) & 0x7f) | 0x40;
  return { scalar, prefix, publicKey: multipleOfBase(scalar) };
}

/** The 32 bytes of RFC 8032 §5.1.5. */
function publicKey(seed: Uint8Array): Uint8Array {
  const expanded = expand(seed);
  forget(expanded);
  return expanded.publicKey;
}

/** The 64 bytes of RFC 8032 §5.1.6. */
function sign(message: Uint8Array, key: Uint8Array | ExpandedKey): Uint8Array {
  const expanded = key instanceof Uint8Array ? expand(key) : key;
  const { scalar, prefix } = expanded;
  const nonceHash = sha512.create().update(prefix).update(message).digest();
  const nonce = reduceHash(nonceHash);
  const signature = new Uint8Array(64);
  const r = multipleOfBase(nonce);
  const k = challenge(r, expanded.publicKey, message);
  signature.set(r);
  signature.set(multiplyAdd(k, scalar, nonce), 32);
  nonce.fill(0);
  nonceHash.fill(0);
  if (key instanceof Uint8Array) forget(expanded);
  return signature;
}

/** A and R of the signature that is verified, what is computed of them, and 8 times what is asked about. */
const pointA = neutral();
const pointR = neutral();
const summandR = summand();
const result = neutral();
const multiple = neutral();

/** RFC 8032 §5.1.7, by the rules above. Anything that is not a signature, or no key, is false; nothing throws. */
function verify(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  if (signature.length !== 64 || key.length !== 32) return false;
  const r = signature.subarray(0, 32);
  const s = signature.subarray(32);
  if (!isCanonicalScalar(s) || !decodePoint(pointA, key) || !decodePoint(pointR, r)) return false;
  if (isSmallOrder(pointA)) return false;
  baseMinus(result, s, challenge(r, key, message), pointA);
  subtractPoint(result, result, toSummand(pointR, summandR));
  return isSmallOrder(result);
}

export const ed25519 = { expand, publicKey, sign, verify };

/** k of RFC 8032 §5.1.6, step 4. */
const challenge = (r: Uint8Array, key: Uint8Array, message: Uint8Array): Uint8Array =>
  reduceHash(sha512.create().update(r).update(key).update(message).digest());

/** A point that may be secret until it is encoded: zeroed after. */
const product = neutral();

function multipleOfBase(scalar: Uint8Array): Uint8Array {
  multiplyBase(product, scalar);
  const bytes = encodePoint(product);
  setNeutral(product);
  forgetPoints();
  return bytes;
}

/** Whether 8 times the point is the neutral one. */
function isSmallOrder(point: Point): boolean {
  doublePoint(multiple, point);
  doublePoint(multiple, multiple);
  doublePoint(multiple, multiple);
  return isNeutral(multiple);
}

function forget({ scalar, prefix }: ExpandedKey): void {
  scalar.fill(0);
  prefix.fill(0);
}

function expectLength(what: string, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) throw new RangeError(`${what} is ${length} bytes, and this has ${bytes.length}`);
}
