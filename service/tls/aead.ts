import { type AeadFactory, provider } from './kernels/index.ts';

export type { Aead, AeadFactory } from './kernels/index.ts';

/** AEAD_AES_128_GCM, RFC 5116 §5.1. */
export const aes128Gcm: AeadFactory = (key) => provider().aead.aes128Gcm(key);

/** AEAD_AES_256_GCM, RFC 5116 §5.2. */
export const aes256Gcm: AeadFactory = (key) => provider().aead.aes256Gcm(key);

/** AEAD_CHACHA20_POLY1305, RFC 8439 §2.8. */
export const chaCha20Poly1305: AeadFactory = (key) => provider().aead.chaCha20Poly1305(key);
