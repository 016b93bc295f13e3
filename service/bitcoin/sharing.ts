import { useSecret, type WalletKey } from './wallet-key.ts';

/**
 * The one buffer that the 32 bytes are in, for `WalletKey.fromShared` in another thread of this process. It is no copy. Not in
 * the public face of this folder: main.ts alone may have it.
 */
export const secretToShare = (key: WalletKey): SharedArrayBuffer => useSecret(key, ({ buffer }) => buffer);
