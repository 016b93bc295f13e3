import { encodeSignature } from './p256-der.ts';
import { newDigits, recode, wipeDigits } from './p256-digits.ts';
import { invert, leaveMontgomery } from './p256-element.ts';
import { add, multiply } from './p256-field.ts';
import { generatorTable, multiplyFixed } from './p256-fixed-base.ts';
import { canonical, isZero, N, wipe, writeBytes, zero } from './p256-limbs.ts';
import { Nonces } from './p256-nonce.ts';
import { newPoint, wipePoints } from './p256-point.ts';
import {
  enterMontgomeryScalar,
  invertScalar,
  multiplyScalars,
  readDigest,
  readScalar,
  readSecret,
} from './p256-scalar.ts';

const d = zero();
const e = zero();
const k = zero();
const r = zero();
const s = zero();
const inverse = zero();
const digits = newDigits();
const product = newPoint();

/**
 * ECDSA, SEC 1 §4.1.3, of a digest (32 bytes for SHA-256), with the nonce of RFC 6979 and S as it comes; DER. Throws a RangeError
 * for a secret that is not 32 bytes from 1 to n - 1.
 */
export function sign(digest: Uint8Array, secret: Uint8Array): Uint8Array<ArrayBuffer> {
  readSecret(d, secret);
  readDigest(e, digest);
  const reduced = new Uint8Array(32);
  writeBytes(reduced, 0, e);
  const nonces = new Nonces(secret, reduced);
  const signature = new Uint8Array(64);
  while (!signWith(signature, nonces.next())) nonces.refuse();
  nonces.wipe();
  wipe(d, e, k, r, s, inverse, product.x, product.y, product.z);
  wipeDigits(digits);
  wipePoints();
  return encodeSignature(signature);
}

/** r || s of d and e; false if the nonce will not do, which nobody will ever see. */
function signWith(signature: Uint8Array, nonce: Uint8Array): boolean {
  if (readScalar(k, nonce, 0) !== 1) return false;
  recode(digits, k);
  multiplyFixed(product, generatorTable(), digits);
  invert(inverse, product.z);
  multiply(product.x, product.x, inverse);
  leaveMontgomery(r, product.x);
  canonical(r, r, N);
  enterMontgomeryScalar(s, d);
  multiplyScalars(s, s, r); // d r, which has left Montgomery's form
  add(s, s, e);
  enterMontgomeryScalar(k, k);
  invertScalar(inverse, k);
  multiplyScalars(s, s, inverse);
  canonical(s, s, N);
  if (isZero(r) === 1 || isZero(s) === 1) return false;
  writeBytes(signature, 0, r);
  writeBytes(signature, 32, s);
  return true;
}
