import { resolve } from 'node:path';
import { PeerProcess } from '../support/peer-process.ts';

/*
 * bcoin: another implementation of the consensus rules, with real regtest addresses (status-page/local/bcoin/node.mjs). It knows neither
 * taproot nor the replacement of transactions, and it answers a refused broadcast with success:
 * `accepts` asks the mempool.
 */

/** Segwit is voted for here, and has locked in and is active from this height on. */
const segwitHeight = 432;

export interface Coin {
  readonly txid: string;
  readonly vout: number;
  readonly sats: number;
}

/** An output that can never be spent, for blocks whose reward nobody wants: a hash of 20 zero bytes. */
const nobody = 'bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202';

const program = resolve(import.meta.dirname, '../../status-page/local/bcoin/node.mjs');

export class Bcoin {
  readonly #peer: PeerProcess;
  readonly #url: string;

  private constructor(peer: PeerProcess, url: string) {
    this.#peer = peer;
    this.#url = url;
  }

  /** With segwit active, and one block that pays `miner` and can be spent. Whoever starts it stops it. */
  static async start(miner: string): Promise<Bcoin> {
    const peer = new PeerProcess(process.execPath, [program, import.meta.dirname]);
    const [line = ''] = await peer.until(/^\{"port":\d+\}$/m);
    const { port }: { readonly port: number } = JSON.parse(line);
    const bcoin = new Bcoin(peer, `http://127.0.0.1:${port}`);
    await bcoin.mine(1, miner);
    await bcoin.mine(segwitHeight);
    return bcoin;
  }

  stop(): Promise<void> {
    return this.#peer.stop();
  }

  /** JSON-RPC as Bitcoin Core's. Throws the error of the node. */
  async call(method: string, ...params: readonly unknown[]): Promise<unknown> {
    const response = await fetch(this.#url, { method: 'POST', body: JSON.stringify({ method, params }) });
    const { result, error }: { readonly result?: unknown; readonly error?: { readonly message: string } } =
      await response.json();
    if (error !== undefined && error !== null) throw new Error(`bcoin answered ${method} with: ${error.message}`);
    return result;
  }

  async mine(blocks: number, address = nobody): Promise<void> {
    await this.call('generatetoaddress', blocks, address);
  }

  async height(): Promise<number> {
    return Number(await this.call('getblockcount'));
  }

  /** The unspent outputs of an address, in the chain and in the mempool. */
  async coins(address: string): Promise<readonly Coin[]> {
    const response = await fetch(`${this.#url}/coin/address/${address}`);
    const coins: readonly { readonly hash: string; readonly index: number; readonly value: number }[] =
      await response.json();
    return coins.map(({ hash, index, value }) => ({ txid: hash, vout: index, sats: value }));
  }

  /** Whether the mempool has taken the transaction. */
  async accepts(raw: string): Promise<boolean> {
    const before = await this.#mempool();
    // `sendrawtransaction` answers before the transaction was looked at; this route afterwards.
    const response = await fetch(`${this.#url}/broadcast`, { method: 'POST', body: JSON.stringify({ tx: raw }) });
    await response.text();
    return (await this.#mempool()).length > before.length;
  }

  async #mempool(): Promise<readonly unknown[]> {
    const txids = await this.call('getrawmempool');
    if (!Array.isArray(txids)) throw new TypeError(`getrawmempool answered ${JSON.stringify(txids)}`);
    return txids;
  }
}
