import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { vaultDescriptor, wpkhDescriptor } from './descriptor.ts';
import { networks } from './network.ts';
import type { PublicWallet } from './public-wallet.ts';
import { vaultOf } from './vault.ts';
import { type WalletKey, wifOf } from './wallet-key.ts';

/**
 * What a winner receives (bitcoin.md, decision 7): lines of ASCII, `name: value`, each ended by LF. A bare WIF restores in
 * Electrum as an empty legacy wallet, so it comes in every form that somebody may need.
 *
 * What is public of it is made at once, the rest whenever it is asked for: in a buffer that the caller zeroes. The copies of
 * the key made on the way are zeroed, and none of them is a string.
 */
export function releasePayload(key: WalletKey, wallet: PublicWallet): () => Uint8Array {
  const network = networks[wallet.network];
  const head = utf8ToBytes(
    [
      'btc-pinata/payload/v1\n',
      `wallet: ${wallet.kind}\n`,
      `network: ${network.name}\n`,
      `address: ${wallet.address}\n`,
      `watch-only: ${wallet.descriptor}\n`,
      ...(wallet.kind === 'vault' ? vaultLines(key.publicKey.subarray(1), wallet) : []),
    ].join(''),
  );
  const tail = utf8ToBytes(advice[wallet.kind].map((line) => `# ${line}\n`).join(''));
  return () => {
    const wif = wifOf(key, network);
    const lines = wallet.kind === 'classic' ? classicKey(wif) : vaultKey(wif, wallet);
    wif.fill(0);
    const payload = joined([head, lines, tail]);
    lines.fill(0);
    return payload;
  };
}

type VaultWallet = Extract<PublicWallet, { kind: 'vault' }>;

/** All that a claim by the key path takes besides the key, and what the operator's leaf is. */
function vaultLines(internalKey: Uint8Array, { refund }: VaultWallet): readonly string[] {
  const { leaf, controlBlock } = vaultOf(internalKey, refund);
  return [
    `internal-key: ${bytesToHex(internalKey)}\n`,
    `leaf: ${bytesToHex(leaf)}\n`,
    `control-block: ${bytesToHex(controlBlock)}\n`,
    `refund-height: ${refund.height}\n`,
  ];
}

function classicKey(wif: Uint8Array): Uint8Array {
  const descriptor = wpkhDescriptor(wif);
  const lines = joined(['wif: ', wif, '\n', 'electrum: p2wpkh:', wif, '\n', 'descriptor: ', descriptor, '\n']);
  descriptor.fill(0);
  return lines;
}

function vaultKey(wif: Uint8Array, { refund }: VaultWallet): Uint8Array {
  const descriptor = vaultDescriptor(wif, refund);
  const lines = joined(['wif: ', wif, '\n', 'descriptor: ', descriptor, '\n']);
  descriptor.fill(0);
  return lines;
}

const advice: Readonly<Record<PublicWallet['kind'], readonly string[]>> = {
  classic: [
    'Well done. Whoever holds this key owns the coins: nobody asks questions.',
    'To sweep them, move them to an address of your own at once. Either',
    '- Electrum: new wallet, import private keys, paste what stands after "electrum: ", send all; or',
    '- Bitcoin Core: importdescriptors with what stands after "descriptor: " into an empty wallet, then sendall; or',
    '- a clone of the source: btc-pinata claim, which reads this text.',
    'Pay a generous fee: until it is confirmed, anybody else who has the key can replace your transaction.',
    'If you can, hand it to a miner in private. It is yours after six confirmations.',
  ],
  vault: [
    'Well done. Whoever holds this key may spend the coins at any height: nobody asks questions.',
    'To sweep them, move them to an address of your own at once. Either',
    '- a clone of the source: btc-pinata claim, which reads this text; or',
    '- Bitcoin Core: importdescriptors with what stands after "descriptor: " into an empty wallet, then sendall.',
    'Electrum cannot: the wif alone restores as another wallet, which is empty.',
    'From the refund height on the operator may take the coins as well: be done before it.',
    'Pay a generous fee: until it is confirmed, anybody else who has the key can replace your transaction.',
    'If you can, hand it to a miner in private. It is yours after six confirmations.',
  ],
};

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
