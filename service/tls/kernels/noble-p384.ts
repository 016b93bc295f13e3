import { p384 } from '@noble/curves/nist.js';
import type { P384 } from './provider.ts';

/** Key agreement on P-384 of @noble/curves. */
export const nobleP384: P384 = {
  secret: (entropy) => p384.utils.randomSecretKey(entropy),
  publicKey: (secret) => p384.getPublicKey(secret, false),
  sharedX(secret, publicPoint) {
    if (publicPoint[0] !== 0x04) throw new RangeError('not an uncompressed point'); // noble takes compressed ones as well
    const point = p384.getSharedSecret(secret, publicPoint, false);
    const x = point.slice(1, 49);
    point.fill(0);
    return x;
  },
};
