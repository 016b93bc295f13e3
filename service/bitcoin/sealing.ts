import { useSecret, type WalletKey } from './wallet-key.ts';

/**
 * A copy of the 32 bytes, to be sealed and zeroed. Not in the public face of this folder: host/sealed-wallet.ts (for the
 * disk) and host/tpm-wallet.ts are those that may have it.
 */
export const secretToSeal = (key: WalletKey): Uint8Array => useSecret(key, (secret) => secret.slice());
