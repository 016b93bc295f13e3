import { p2wpkhAddress } from './address.ts';
import { publicDescriptor } from './descriptor.ts';
import type { Network, NetworkName } from './network.ts';
import type { WalletKey } from './wallet-key.ts';

/** What everybody may know of the wallet. */
export interface PublicWallet {
  readonly network: NetworkName;
  /** Pay to witness public key hash: every wallet can sweep it. */
  readonly kind: 'classic';
  readonly address: string;
  /** With its checksum (BIP-380). */
  readonly descriptor: string;
  /** BIP-21. */
  readonly uri: string;
}

export function publicWallet(key: WalletKey, network: Network): PublicWallet {
  const address = p2wpkhAddress(key.publicKey, network);
  return {
    network: network.name,
    kind: 'classic',
    address,
    descriptor: publicDescriptor(key.publicKey),
    uri: `bitcoin:${address}?label=Bitcoin%20Pinata`,
  };
}
