import { type CoreRpc, RpcFailure } from './rpc.ts';
import { type CoreTransaction, fullBlockSchema, hash, headerSchema } from './rpc-schema.ts';

export interface IndexedBlock {
  readonly height: number;
  readonly hash: string;
  readonly time: number;
}

export interface Entry {
  readonly transaction: CoreTransaction;
  readonly block: IndexedBlock;
}

/**
 * Every transaction of one locking script, made by reading each block once, from `fromHeight` on. Core has no such index of
 * its own: this is quick where there are thousands of blocks, and where there are hundreds of thousands it is begun at the
 * height at which the address was born.
 */
export class AddressIndex {
  readonly script: string;
  readonly #rpc: CoreRpc;
  readonly #fromHeight: number;
  /** The chain as it was read, from `fromHeight`. */
  #blocks: IndexedBlock[] = [];
  #entries: Entry[] = [];
  readonly #coins = new Map<string, number>();

  constructor(rpc: CoreRpc, script: string, fromHeight: number) {
    this.#rpc = rpc;
    this.script = script;
    this.#fromHeight = fromHeight;
  }

  /** The oldest first. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  get tip(): IndexedBlock | undefined {
    return this.#blocks.at(-1);
  }

  /** Satoshis by outpoint, spent ones too. */
  get coins(): ReadonlyMap<string, number> {
    return this.#coins;
  }

  /** Reads on to `tip`, at most for so many milliseconds. Whether it got there. */
  async follow(tip: string, milliseconds: number, clock: () => number): Promise<boolean> {
    const end = clock() + milliseconds;
    await this.#stepBack(tip);
    const { height: goal } = await this.#rpc.call(headerSchema, 'getblockheader', tip);
    for (let height = this.tip === undefined ? this.#fromHeight : this.tip.height + 1; height <= goal; height += 1) {
      if (clock() > end) return false;
      await this.#read(await this.#rpc.call(hash, 'getblockhash', height));
    }
    return this.tip === undefined || this.tip.hash === tip;
  }

  /** To the last block that is still in the best chain. */
  async #stepBack(tip: string): Promise<void> {
    if (this.tip?.hash === tip) return;
    for (let last = this.tip; last !== undefined; last = this.tip) {
      const { confirmations } = await this.#rpc.call(headerSchema, 'getblockheader', last.hash);
      if (confirmations >= 1) return;
      this.#blocks.pop();
      const { hash } = last;
      for (const { transaction } of this.#entries.filter(({ block }) => block.hash === hash)) {
        for (const { n } of transaction.vout) this.#coins.delete(`${transaction.txid}:${n}`);
      }
      this.#entries = this.#entries.filter(({ block }) => block.hash !== hash);
    }
  }

  async #read(hash: string): Promise<void> {
    const { height, time, previousblockhash, tx } = await this.#rpc.call(fullBlockSchema, 'getblock', hash, 2);
    if (this.tip !== undefined && this.tip.hash !== previousblockhash) {
      throw new RpcFailure('the chain was reorganised while it was read; ask again');
    }
    const block = { height, hash, time };
    for (const transaction of tx) {
      const pays = transaction.vout.filter(({ scriptPubKey }) => scriptPubKey.hex === this.script);
      const takes = transaction.vin.some(({ txid, vout }) => this.#coins.has(`${txid}:${vout}`));
      if (pays.length === 0 && !takes) continue;
      for (const { n, value } of pays) this.#coins.set(`${transaction.txid}:${n}`, value);
      this.#entries.push({ transaction, block });
    }
    this.#blocks.push(block);
  }
}
