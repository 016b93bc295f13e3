import { checkedKey } from './aead.ts';
import { AesGcm } from './aes-gcm.ts';
import { ChaCha20Poly1305 } from './chacha20-poly1305.ts';
import { ed25519 } from './ed25519.ts';
import { prepare, publicKey, sharedX, sign, verify } from './p256.ts';
import { secret } from './p256-secret.ts';
import * as p384 from './p384.ts';
import type { Provider } from './provider.ts';
import { x25519 } from './x25519.ts';

/** Our own arithmetic: curves in float64 limbs, ciphers in float64 and in words of 32 bits. */
export const fast: Provider = {
  name: 'fast',
  x25519,
  p256: {
    ...{ secret, publicKey, sharedX, sign, verify },
    prepare(publicPoint) {
      const prepared = prepare(publicPoint);
      return (digest, signature) => verify(digest, signature, prepared);
    },
  },
  p384,
  ed25519: {
    publicKey: (seed) => ed25519.publicKey(seed),
    sign: (message, seed) => ed25519.sign(message, seed),
    verify: (message, signature, key) => ed25519.verify(signature, message, key),
  },
  aead: {
    aes128Gcm: (key) => new AesGcm(checkedKey(key, 16)),
    aes256Gcm: (key) => new AesGcm(checkedKey(key, 32)),
    chaCha20Poly1305: (key) => new ChaCha20Poly1305(checkedKey(key, 32)),
  },
};
