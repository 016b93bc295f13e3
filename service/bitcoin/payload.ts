import { utf8ToBytes } from '@noble/hashes/utils.js';
import { wpkhDescriptor } from './descriptor.ts';
import type { Network } from './network.ts';
import { publicWallet } from './public-wallet.ts';
import { type WalletKey, wifOf } from './wallet-key.ts';

/**
 * What a winner receives (bitcoin.md, decision 7): lines of ASCII, `name: value`, each ended by LF. A bare WIF restores in
 * Electrum as an empty legacy wallet, so it comes in every form that somebody may need.
 *
 * The buffer is made once; the copies of the key made on the way are zeroed, and none of them is a string.
 */
export function releasePayload(key: WalletKey, network: Network): Uint8Array {
  const { address, descriptor } = publicWallet(key, network);
  const wif = wifOf(key, network);
  const secretDescriptor = wpkhDescriptor(wif);
  const payload = joined([
    'btc-pinata/payload/v1\n',
    'wallet: classic\n',
    `network: ${network.name}\n`,
    `address: ${address}\n`,
    `watch-only: ${descriptor}\n`,
    ...['wif: ', wif, '\n'],
    ...['electrum: p2wpkh:', wif, '\n'],
    ...['descriptor: ', secretDescriptor, '\n'],
    ...advice.map((line) => `# ${line}\n`),
  ]);
  wif.fill(0);
  secretDescriptor.fill(0);
  return payload;
}

const advice = [
  'Well done. Whoever holds this key owns the coins: nobody asks questions.',
  'To sweep them, move them to an address of your own at once. Either',
  '- Electrum: new wallet, import private keys, paste what stands after "electrum: ", send all; or',
  '- Bitcoin Core: importdescriptors with what stands after "descriptor: " into an empty wallet, then sendall.',
  'Pay a generous fee: until it is confirmed, anybody else who has the key can replace your transaction.',
  'If you can, hand it to a miner in private. It is yours after six confirmations.',
] as const;

function joined(parts: readonly (string | Uint8Array)[]): Uint8Array {
  const pieces = parts.map((part) => (typeof part === 'string' ? utf8ToBytes(part) : part));
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
