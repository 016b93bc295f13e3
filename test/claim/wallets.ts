import { secp256k1 } from '@noble/curves/secp256k1.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import * as scure from '@scure/btc-signer';
import { destinationOf } from '../../infra/claim/destination.ts';
import { classicLock, type Lock, refundLock, vaultLock } from '../../infra/claim/lock.ts';
import { SigningKey } from '../../infra/claim/signing-key.ts';
import type { Coin } from '../../infra/claim/sweep.ts';
import {
  type Network,
  networks,
  type PublicWallet,
  publicWallet,
  releasePayload,
  WalletKey,
} from '../../service/bitcoin/index.ts';

/* Wallets of a known key, and what is made of them by others. */

export const secretOf = (seed: number): Uint8Array => secp256k1.utils.randomSecretKey(new Uint8Array(48).fill(seed));
export const wifOf = (secret: Uint8Array, prefix = 0xef): string =>
  scure.WIF({ ...scure.NETWORK, wif: prefix }).encode(secret);
export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
export const signingKey = (secret: Uint8Array, prefix = 0xef): SigningKey =>
  SigningKey.fromWif(ascii(wifOf(secret, prefix)));

export const bountySecret = secretOf(1);
export const operatorSecret = secretOf(2);
export const operatorKey: string = bytesToHex(signingKey(operatorSecret).xOnly);
export const refund = { height: 800_000, publicKey: operatorKey };

export interface Released {
  readonly wallet: PublicWallet;
  readonly payload: Uint8Array;
}

/** As the service releases it. */
export function released(kind: 'classic' | 'vault', network: Network = networks.regtest, terms = refund): Released {
  const key = WalletKey.fromWif(ascii(wifOf(bountySecret, network.wifPrefix)), network);
  const wallet = publicWallet(
    key,
    network,
    kind === 'classic'
      ? { kind, keyOrigin: 'host', recovery: 'none' }
      : { kind, keyOrigin: 'host', recovery: 'none', refund: terms },
  );
  return { wallet, payload: releasePayload(key, wallet)() };
}

export const locks: Readonly<Record<'classic' | 'vault' | 'refund', () => Lock>> = {
  classic: () => classicLock(signingKey(bountySecret), 'regtest'),
  vault: () => vaultLock(signingKey(bountySecret), refund, 'regtest'),
  refund: () => refundLock(signingKey(operatorSecret), signingKey(bountySecret).xOnly, refund, 'regtest'),
};

/** BIP-173's example. */
export const winner = destinationOf('bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080', 'regtest');

export const coin = (number: number, sats: number): Coin => ({
  txid: number.toString(16).padStart(64, '0'),
  vout: number % 7,
  sats,
});
