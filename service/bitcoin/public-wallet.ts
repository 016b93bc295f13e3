import { hexToBytes } from '@noble/hashes/utils.js';
import { encodeSegwitAddress, p2wpkhProgram, type WitnessProgram } from './address.ts';
import { type PublicDescriptor, publicDescriptor } from './descriptor.ts';
import type { Network, NetworkName } from './network.ts';
import { type Refund, vaultOf } from './vault.ts';
import type { WalletKey } from './wallet-key.ts';

/** Where the key comes from: made inside a measured image, made by this program on some host, or handed in. */
export const keyOrigins = ['measured-image', 'host', 'imported'] as const;
export type KeyOrigin = (typeof keyOrigins)[number];

/** Whether a copy of the key exists, encrypted to this age recipient. */
export type Recovery = 'none' | `age1${string}`;

/** Bech32, of an X25519 recipient or of a longer one. */
export const isRecovery = (text: string): text is Recovery =>
  text === 'none' || /^age1[02-9ac-hj-np-z]{58,4000}$/.test(text);

interface Published {
  readonly network: NetworkName;
  readonly address: string;
  /** With its checksum (BIP-380). */
  readonly descriptor: string;
  /** BIP-21. */
  readonly uri: string;
}

/** Pay to witness public key hash: every wallet can sweep it, and the chain cannot tell who did. */
export interface ClassicTerms {
  readonly kind: 'classic';
  readonly keyOrigin: KeyOrigin;
  readonly recovery: Recovery;
}

/** Pay to taproot: the key's own path for a winner, a leaf for the operator. Its key is never imported, and has no copy. */
export interface VaultTerms {
  readonly kind: 'vault';
  readonly keyOrigin: Exclude<KeyOrigin, 'imported'>;
  readonly recovery: 'none';
  readonly refund: Refund;
}

/** What a wallet is beside its key and its network. */
export type WalletTerms = ClassicTerms | VaultTerms;

/** What everybody may know of the wallet. */
export type PublicWallet = (Published & ClassicTerms) | (Published & VaultTerms);

/** Throws where a vault's refund key is the key itself. */
export function publicWallet(key: WalletKey, network: Network, terms: WalletTerms): PublicWallet {
  const refund = terms.kind === 'vault' ? terms.refund : undefined;
  const address = encodeSegwitAddress(witnessProgram(key.publicKey, refund), network);
  return {
    network: network.name,
    address,
    descriptor: publicDescriptor(key.publicKey, refund),
    uri: bip21Uri(address),
    ...terms,
  };
}

export const bip21Uri = (address: string): string => `bitcoin:${address}?label=Bitcoin%20Pinata`;

/** The address that a public descriptor of ours stands for: what is said of a wallet can be held against itself. */
export function addressOf(descriptor: PublicDescriptor, network: Network): string {
  const publicKey = hexToBytes(descriptor.publicKey);
  switch (descriptor.kind) {
    case 'classic':
      return encodeSegwitAddress(witnessProgram(publicKey, undefined), network);
    case 'vault':
      return encodeSegwitAddress({ version: 1, program: vaultOf(publicKey, descriptor.refund).output.key }, network);
  }
}

/** What the wallet of a compressed public key pays to. */
export const witnessProgram = (publicKey: Uint8Array, refund: Refund | undefined): WitnessProgram =>
  refund === undefined
    ? p2wpkhProgram(publicKey)
    : { version: 1, program: vaultOf(publicKey.subarray(1), refund).output.key };
