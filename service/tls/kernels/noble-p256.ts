import { p256 } from '@noble/curves/nist.js';
import type { P256, PreparedVerify } from './provider.ts';

/* P-256 of @noble/curves, and a verification of our own over its points for keys that verify often. */

/** SEC 1 as it stands: the digest is given, S as it comes, and no extra entropy (RFC 6979). */
const rfc6979 = { prehash: false, lowS: false, format: 'der', extraEntropy: false } as const;
const strictDer = { prehash: false, lowS: false, format: 'der' } as const;

type Point = InstanceType<typeof p256.Point>;

/** 53 windows of 16 points: made in some ten milliseconds, once, by the first signature that is verified. */
const WINDOW = 5;

export const nobleP256: P256 = {
  secret: (entropy) => p256.utils.randomSecretKey(entropy),
  publicKey: (secret) => p256.getPublicKey(secret, false),
  sharedX(secret, publicPoint) {
    if (publicPoint[0] !== 0x04) throw new RangeError('not an uncompressed point'); // noble takes compressed ones as well
    const point = p256.getSharedSecret(secret, publicPoint, false);
    const x = point.slice(1, 33);
    point.fill(0);
    return x;
  },
  sign: (digest, secret) => p256.sign(digest, secret, rfc6979),
  verify: (digest, signature, publicPoint) => p256.verify(signature, digest, publicPoint, strictDer),
  prepare(publicPoint): PreparedVerify {
    const point = p256.Point.fromBytes(publicPoint).precompute(WINDOW);
    return (digest, signature) => verifyPrepared(point, digest, signature);
  },
};

/**
 * SEC 1 §4.1.4, the equation that noble's `verify` computes too, with the public key in a table: u1 G + u2 Q has the
 * x-coordinate r. `r` and `s` come out of noble's strict DER parser, which keeps both within 1 to n - 1.
 */
function verifyPrepared(point: Point, digest: Uint8Array, signature: Uint8Array): boolean {
  const { Fn, BASE } = p256.Point;
  const { r, s } = p256.Signature.fromBytes(signature, 'der');
  const inverse = Fn.inv(s);
  const u1 = Fn.mul(Fn.create(Fn.fromBytes(digest, true)), inverse);
  const u2 = Fn.mul(r, inverse);
  const sum = BASE.multiplyUnsafe(u1).add(point.multiplyUnsafe(u2));
  return !sum.is0() && Fn.create(sum.toAffine().x) === r;
}
