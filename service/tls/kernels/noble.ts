import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { nobleAeads } from './noble-aead.ts';
import { nobleP256 } from './noble-p256.ts';
import { nobleP384 } from './noble-p384.ts';
import type { Provider } from './provider.ts';

/** By @noble/curves and @noble/ciphers, whose big numbers are BigInt: slow, audited, and what the other is tested against. */
export const noble: Provider = {
  name: 'noble',
  x25519: {
    publicKey: (secret) => x25519.getPublicKey(secret),
    sharedSecret: (secret, publicValue) => x25519.getSharedSecret(secret, publicValue), // refuses the all-zero result
  },
  p256: nobleP256,
  p384: nobleP384,
  ed25519: {
    publicKey: (secret) => ed25519.getPublicKey(secret),
    sign: (message, secret) => ed25519.sign(message, secret),
    // noble's default is ZIP-215, under which keys of small order verify anything; without it they are refused.
    verify: (message, signature, publicKey) => ed25519.verify(signature, message, publicKey, { zip215: false }),
  },
  aead: nobleAeads,
};
