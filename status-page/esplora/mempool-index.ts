import { type CoreRpc, RpcFailure } from './rpc.ts';
import { type CoreTransaction, hashesSchema, transactionSchema } from './rpc-schema.ts';

/** What is kept of a transaction that waits: enough to know whom it concerns. */
interface Waiting {
  readonly takes: readonly string[];
  readonly pays: readonly { readonly script: string; readonly outpoint: string; readonly satoshis: number }[];
}

const batchSize = 100;
/** Beyond it the rest of a full mempool is not looked into: the answer would be wrong in silence, so it is an error. */
export const mempoolLimit = 200_000;

/** The node's mempool, of which every transaction is read once. */
export class MempoolIndex {
  readonly #rpc: CoreRpc;
  #waiting = new Map<string, Waiting>();

  constructor(rpc: CoreRpc) {
    this.#rpc = rpc;
  }

  async follow(): Promise<void> {
    const now = await this.#rpc.call(hashesSchema, 'getrawmempool');
    if (now.length > mempoolLimit)
      throw new RpcFailure(`${now.length} transactions wait; at most ${mempoolLimit} are read`);
    this.#waiting = new Map(now.flatMap((txid) => [...known(txid, this.#waiting)]));
    const fresh = now.filter((txid) => !this.#waiting.has(txid));
    for (let at = 0; at < fresh.length; at += batchSize) {
      const some = fresh.slice(at, at + batchSize).map((txid) => [txid, true]);
      for (const transaction of await this.#rpc.batch(transactionSchema, 'getrawtransaction', some)) {
        if (transaction !== undefined) this.#waiting.set(transaction.txid, waitingOf(transaction));
      }
    }
  }

  /** Those that pay to the script or take its coins, and its coins among them. `coins` are the confirmed ones. */
  concerning(script: string, coins: ReadonlyMap<string, number>) {
    const all = new Map(coins);
    const concerned = new Set<string>();
    for (const [txid, { pays }] of this.#waiting) {
      for (const { script: to, outpoint, satoshis } of pays) {
        if (to !== script) continue;
        concerned.add(txid);
        all.set(outpoint, satoshis);
      }
    }
    for (const [txid, { takes }] of this.#waiting) {
      if (takes.some((outpoint) => all.has(outpoint))) concerned.add(txid);
    }
    return { txids: [...concerned], coins: all };
  }
}

const known = (txid: string, before: ReadonlyMap<string, Waiting>): readonly (readonly [string, Waiting])[] => {
  const waiting = before.get(txid);
  return waiting === undefined ? [] : [[txid, waiting]];
};

const waitingOf = ({ txid, vin, vout }: CoreTransaction): Waiting => ({
  takes: vin.map((input) => `${input.txid}:${input.vout}`),
  // Only segwit outputs can be those of an address that is asked for.
  pays: vout
    .filter(({ scriptPubKey }) => /^(?:00|5[1-9a-f]|60)/.test(scriptPubKey.hex))
    .map(({ n, value, scriptPubKey }) => ({ script: scriptPubKey.hex, outpoint: `${txid}:${n}`, satoshis: value })),
});
