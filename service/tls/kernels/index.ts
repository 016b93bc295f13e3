/** The public face of the kernels: all that tls/ and x509/ may import. */
export type { Aead, AeadFactory } from './aead.ts';
export { chooseProvider, provider } from './chosen.ts';
export { beginHash, digest, type HashInProgress, type HashName } from './digest.ts';
export { hmac } from './hmac.ts';
export type { PreparedVerify, ProviderName } from './provider.ts';
