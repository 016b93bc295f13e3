import type * as v from 'valibot';
import { type Network, networks } from '../../service/bitcoin/index.ts';
import { targetOf } from '../chain/index.ts';
import { AddressIndex, type IndexedBlock } from './address-index.ts';
import { blockJson, type Output, statusJson, transactionJson } from './json.ts';
import { MempoolIndex } from './mempool-index.ts';
import { type CoreRpc, RpcFailure, RpcRefusal } from './rpc.ts';
import {
  blockSchema,
  type CoreTransaction,
  chainSchema,
  feeSchema,
  hash,
  headerSchema,
  transactionSchema,
  txOutSchema,
} from './rpc-schema.ts';

/** An answer to a client, with its status. */
export class Refused extends Error {
  readonly status: 400 | 404 | 503;

  constructor(status: Refused['status'], message: string) {
    super(message);
    this.status = status;
  }
}

export interface FacadeOptions {
  readonly rpc: CoreRpc;
  /** The first block that is read for an address. */
  readonly fromHeight: number;
  /** Milliseconds, never going back. */
  readonly clock: () => number;
}

const page = { confirmed: 25, mempool: 50, outputs: 500, inputs: 500 } as const;
/** Addresses remembered; the one asked for longest ago goes. */
const mostAddresses = 8;
/** Milliseconds that one request may spend reading blocks. */
const patience = 20_000;

/** What Esplora answers, out of one node. */
export class Facade {
  readonly #rpc: CoreRpc;
  readonly #options: FacadeOptions;
  readonly #mempool: MempoolIndex;
  readonly #indexes = new Map<string, AddressIndex>();
  #network: Network | undefined;
  /** One reads at a time: others wait for it and find it done. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(options: FacadeOptions) {
    this.#options = options;
    this.#rpc = options.rpc;
    this.#mempool = new MempoolIndex(options.rpc);
  }

  tip(): Promise<v.InferOutput<typeof chainSchema>> {
    return this.#rpc.call(chainSchema, 'getblockchaininfo');
  }

  async network(): Promise<Network> {
    if (this.#network !== undefined) return this.#network;
    const { chain } = await this.tip();
    const names = { main: 'mainnet', testnet4: 'testnet4', signet: 'signet', regtest: 'regtest' } as const;
    const name = Object.entries(names).find(([core]) => core === chain)?.[1];
    if (name === undefined) throw new RpcFailure(`the node is on ${chain}; known are ${Object.keys(names).join(', ')}`);
    this.#network = networks[name];
    return this.#network;
  }

  async blocks(from: number | undefined) {
    const { blocks } = await this.tip();
    const start = Math.min(from ?? blocks, blocks);
    const heights = Array.from({ length: Math.min(10, start + 1) }, (_, index) => start - index);
    const hashes = await this.#rpc.batch(
      hash,
      'getblockhash',
      heights.map((height) => [height]),
    );
    const found = await this.#rpc.batch(
      blockSchema,
      'getblock',
      hashes.map((hash) => [hash, 1]),
    );
    return found.flatMap((block) => (block === undefined ? [] : [blockJson(block)]));
  }

  async blockHash(height: number): Promise<string> {
    return this.#found(this.#rpc.call(hash, 'getblockhash', height), 'Block not found');
  }

  async block(id: string) {
    return blockJson(await this.#found(this.#rpc.call(blockSchema, 'getblock', id, 1), 'Block not found'));
  }

  async blockTxids(id: string): Promise<readonly string[]> {
    return (await this.#found(this.#rpc.call(blockSchema, 'getblock', id, 1), 'Block not found')).tx;
  }

  async blockStatus(id: string) {
    const block = await this.#found(this.#rpc.call(headerSchema, 'getblockheader', id), 'Block not found');
    return { in_best_chain: block.confirmations >= 1, height: block.height };
  }

  /** Undefined: the node does not know it. */
  async transaction(txid: string) {
    const transaction = await this.#raw(txid);
    if (transaction === undefined) return undefined;
    return this.#json(transaction, await this.#blockOf(transaction));
  }

  async transactionHex(txid: string): Promise<string> {
    const transaction = await this.#raw(txid);
    if (transaction?.hex === undefined) throw new Refused(404, 'Transaction not found');
    return transaction.hex;
  }

  async outspend(txid: string, vout: number) {
    const held = await this.#rpc.call(txOutSchema, 'gettxout', txid, vout, true);
    if (held !== null) return { spent: false };
    const transaction = await this.#raw(txid);
    const script = transaction?.vout[vout]?.scriptPubKey.hex;
    if (script === undefined) throw new Refused(404, 'Transaction not found');
    // The node has no index of spends; of an address that was asked for we have one.
    const index = [...this.#indexes.values()].find((candidate) => candidate.script === script);
    if (index === undefined) throw new Refused(404, `who spends ${txid}:${vout} is known of watched addresses alone`);
    for (const entry of await this.#history(index)) {
      const vin = entry.transaction.vin.findIndex((input) => input.txid === txid && input.vout === vout);
      if (vin !== -1) return { spent: true, txid: entry.transaction.txid, vin, status: statusJson(entry.block) };
    }
    throw new Refused(503, 'the spend came in while it was asked for; ask again');
  }

  async outspends(txid: string) {
    const transaction = await this.#raw(txid);
    if (transaction === undefined) throw new Refused(404, 'Transaction not found');
    const list: Awaited<ReturnType<Facade['outspend']>>[] = [];
    for (const { n } of transaction.vout.slice(0, page.outputs)) list.push(await this.outspend(txid, n));
    return list;
  }

  async address(address: string) {
    const entries = await this.#history(await this.#indexOf(address));
    const { coins, script } = await this.#coinsOf(address);
    const sums = (wanted: readonly Found[]) => {
      const funded = wanted.flatMap(({ transaction }) =>
        transaction.vout.filter(({ scriptPubKey }) => scriptPubKey.hex === script).map(({ value }) => value),
      );
      const spent = wanted.flatMap(({ transaction }) =>
        transaction.vin.flatMap(({ txid, vout }) => coins.get(`${txid}:${vout}`) ?? []),
      );
      return {
        funded_txo_count: funded.length,
        funded_txo_sum: total(funded),
        spent_txo_count: spent.length,
        spent_txo_sum: total(spent),
        tx_count: wanted.length,
      };
    };
    return {
      address,
      chain_stats: sums(entries.filter(({ block }) => block !== undefined)),
      mempool_stats: sums(entries.filter(({ block }) => block === undefined)),
    };
  }

  async utxo(address: string) {
    const entries = await this.#history(await this.#indexOf(address));
    const { script } = await this.#coinsOf(address);
    const spent = new Set(
      entries.flatMap(({ transaction }) => transaction.vin.map(({ txid, vout }) => `${txid}:${vout}`)),
    );
    const held = entries.flatMap(({ transaction: { txid, vout }, block }) =>
      vout
        .filter(({ n, scriptPubKey }) => scriptPubKey.hex === script && !spent.has(`${txid}:${n}`))
        .map(({ n, value }) => ({ txid, vout: n, status: statusJson(block), value })),
    );
    if (held.length <= page.outputs) return held;
    throw new Refused(400, `Too many unspent transaction outputs (>${page.outputs}). Contact support to raise limits.`);
  }

  /** The newest first; `part` is a piece of the path. */
  async transactions(address: string, part: 'all' | 'mempool' | 'chain', after: string | undefined) {
    const entries = (await this.#history(await this.#indexOf(address))).toReversed();
    const waiting = entries.filter(({ block }) => block === undefined).slice(0, page.mempool);
    const settled = entries.filter(({ block }) => block !== undefined);
    const from = after === undefined ? 0 : settled.findIndex(({ transaction }) => transaction.txid === after) + 1;
    if (after !== undefined && from === 0) return [];
    const confirmed = settled.slice(from, from + page.confirmed);
    const wanted = part === 'mempool' ? waiting : part === 'chain' ? confirmed : [...waiting, ...confirmed];
    const list: ReturnType<typeof transactionJson>[] = [];
    for (const { transaction, block } of wanted) list.push(await this.#json(transaction, block));
    return list;
  }

  async feeEstimates(): Promise<Record<string, number>> {
    const targets = [1, 2, 3, 6, 12, 24, 144, 504, 1008];
    const fees = await this.#rpc.batch(
      feeSchema,
      'estimatesmartfee',
      targets.map((target) => [target]),
    );
    // In coins for a thousand bytes there, in satoshis for one here.
    return Object.fromEntries(
      targets.flatMap((target, index) => {
        const rate = fees[index]?.feerate;
        return rate === undefined ? [] : [[target, Math.round(rate * 100_000_000) / 1000]];
      }),
    );
  }

  async broadcast(transaction: string): Promise<string> {
    try {
      return await this.#rpc.call(hash, 'sendrawtransaction', transaction);
    } catch (error) {
      if (!(error instanceof RpcRefusal)) throw error;
      const { code, message } = error;
      throw new Refused(400, `sendrawtransaction RPC error: ${JSON.stringify({ code, message })}`);
    }
  }

  async #found<Value>(asked: Promise<Value>, otherwise: string): Promise<Value> {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof RpcRefusal && (error.code === -5 || error.code === -8)) throw new Refused(404, otherwise);
      throw error;
    }
  }

  async #raw(txid: string): Promise<CoreTransaction | undefined> {
    try {
      return await this.#rpc.call(transactionSchema, 'getrawtransaction', txid, true);
    } catch (error) {
      if (error instanceof RpcRefusal && error.code === -5) return undefined;
      throw error;
    }
  }

  async #blockOf({ blockhash, confirmations = 0 }: CoreTransaction): Promise<IndexedBlock | undefined> {
    if (blockhash === undefined || confirmations < 1) return undefined;
    const { height, time } = await this.#rpc.call(headerSchema, 'getblockheader', blockhash);
    return { height, hash: blockhash, time };
  }

  async #json(transaction: CoreTransaction, block: IndexedBlock | undefined) {
    const from = new Set(transaction.vin.flatMap(({ txid }) => txid ?? []));
    const sources = await this.#rpc.batch(
      transactionSchema,
      'getrawtransaction',
      [...from].slice(0, page.inputs).map((txid) => [txid, true]),
    );
    const byTxid = new Map(sources.flatMap((source) => (source === undefined ? [] : [[source.txid, source]])));
    const spent = transaction.vin.map(({ txid = '', vout = 0 }): Output | undefined => {
      const output = byTxid.get(txid)?.vout[vout];
      return output && { script: output.scriptPubKey.hex, satoshis: output.value };
    });
    return transactionJson(transaction, block, spent, await this.network());
  }

  async #indexOf(address: string): Promise<AddressIndex> {
    const { hrp } = await this.network();
    const target = address.startsWith(`${hrp}1`) ? targetOf(address) : undefined;
    if (target === undefined) throw new Refused(400, `${address.slice(0, 100)} is no segwit address of this network`);
    const index = this.#indexes.get(address) ?? new AddressIndex(this.#rpc, target.script, this.#options.fromHeight);
    this.#indexes.delete(address);
    this.#indexes.set(address, index); // the newest is last
    const [oldest] = this.#indexes.keys();
    if (this.#indexes.size > mostAddresses && oldest !== undefined) this.#indexes.delete(oldest);
    return index;
  }

  async #coinsOf(address: string) {
    const { script, coins } = await this.#indexOf(address);
    return { script, coins: this.#mempool.concerning(script, coins).coins };
  }

  /** All transactions of a script, the oldest first, what waits last. */
  #history(index: AddressIndex): Promise<readonly Found[]> {
    const read = this.#reading.then(() => this.#read(index));
    this.#reading = read.catch(() => undefined);
    return read;
  }

  async #read(index: AddressIndex): Promise<readonly Found[]> {
    const { bestblockhash, blocks } = await this.tip();
    if (!(await index.follow(bestblockhash, patience, this.#options.clock))) {
      throw new Refused(503, `still reading blocks: ${index.tip?.height ?? 0} of ${blocks}; ask again`);
    }
    await this.#mempool.follow();
    const { txids } = this.#mempool.concerning(index.script, index.coins);
    const waiting = await this.#rpc.batch(
      transactionSchema,
      'getrawtransaction',
      txids.map((txid) => [txid, true]),
    );
    return [
      ...index.entries,
      ...waiting.flatMap((transaction) =>
        transaction === undefined || transaction.blockhash !== undefined ? [] : [{ transaction, block: undefined }],
      ),
    ];
  }
}

interface Found {
  readonly transaction: CoreTransaction;
  readonly block: IndexedBlock | undefined;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
