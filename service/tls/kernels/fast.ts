import { checkedKey } from './aead.ts';
import { AesGcm } from './aes-gcm.ts';
import { ChaCha20Poly1305 } from './chacha20-poly1305.ts';
import { noble } from './noble.ts';
import { prepare, publicKey, sharedX, sign, verify } from './p256.ts';
import { secret } from './p256-secret.ts';
import type { Provider } from './provider.ts';

/** Our own arithmetic: P-256 in float64 limbs, ciphers in float64 and in words of 32 bits. */
export const fast: Provider = {
  name: 'fast',
  x25519: noble.x25519,
  p256: {
    ...{ secret, publicKey, sharedX, sign, verify },
    prepare(publicPoint) {
      const prepared = prepare(publicPoint);
      return (digest, signature) => verify(digest, signature, prepared);
    },
  },
  ed25519: noble.ed25519,
  aead: {
    aes128Gcm: (key) => new AesGcm(checkedKey(key, 16)),
    aes256Gcm: (key) => new AesGcm(checkedKey(key, 32)),
    chaCha20Poly1305: (key) => new ChaCha20Poly1305(checkedKey(key, 32)),
  },
};
