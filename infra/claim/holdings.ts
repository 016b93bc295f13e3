import { bytesToHex } from '@noble/hashes/utils.js';
import type { Explorer, MempoolTransaction } from './explorer.ts';
import type { Lock } from './lock.ts';
import type { Coin } from './sweep.ts';

/** A transaction in the mempool that spends the same coins: whoever made it has the key too, or is you. */
export interface Rival {
  readonly txid: string;
  readonly fee: number;
  readonly vsize: number;
}

/** What an address holds, whether or not somebody is about to take it. */
export interface Holdings {
  /** In a block. */
  readonly confirmed: readonly Coin[];
  /** Whoever sent these can still replace them, and whatever spends them dies then. */
  readonly unconfirmed: readonly Coin[];
  readonly rivals: readonly Rival[];
  /** The list goes on, and was not read to its end. */
  readonly incomplete: boolean;
}

/** Explorers list no output that a transaction of the mempool spends: those are put back, since the race for them is on. */
export async function holdingsOf({ address, scriptPubKey }: Lock, explorer: Explorer): Promise<Holdings> {
  const { unspent, incomplete } = await explorer.unspent(address, bytesToHex(scriptPubKey));
  const mempool = await explorer.mempoolOf(address);
  const contested = contestedOutputs(mempool, bytesToHex(scriptPubKey));
  const waiting = new Set(mempool.map(({ txid }) => txid));
  const all = new Map([...unspent, ...contested].map((coin) => [`${coin.txid}:${coin.vout}`, coin]));
  // Another's spend of an unconfirmed output is put back among the unconfirmed.
  const isUnconfirmed = ({ txid, confirmed }: { txid: string; confirmed: boolean }) => !confirmed || waiting.has(txid);
  const coins = [...all.values()];
  return {
    confirmed: coins.filter((coin) => !isUnconfirmed(coin)),
    unconfirmed: coins.filter(isUnconfirmed),
    rivals: mempool
      .filter(({ spends }) => spends.some(({ scriptPubKey: script }) => script === bytesToHex(scriptPubKey)))
      .map(({ txid, fee, vsize }) => ({ txid, fee, vsize })),
    incomplete,
  };
}

const contestedOutputs = (mempool: readonly MempoolTransaction[], scriptPubKey: string) =>
  mempool
    .flatMap(({ spends }) => spends)
    .filter((spend) => spend.scriptPubKey === scriptPubKey)
    .map(({ txid, vout, sats }) => ({ txid, vout, sats, confirmed: true }));
