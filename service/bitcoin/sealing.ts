import { useSecret, type WalletKey } from './wallet-key.ts';

/**
 * A copy of the 32 bytes, to be sealed for the disk and zeroed. Not in the public face of this folder: host/sealed-wallet.ts
 * is the one that may have it.
 */
export const secretToSeal = (key: WalletKey): Uint8Array => useSecret(key, (secret) => secret.slice());
