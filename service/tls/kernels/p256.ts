/* P-256 on our own arithmetic (p256-limbs.ts): keys are plain bytes, 32 for a secret and 65 for a point. */

export { publicKey, sharedX } from './p256-ecdh.ts';
export { sign } from './p256-sign.ts';
export { type PreparedKey, prepare, verify } from './p256-verify.ts';
