import { once } from 'node:events';
import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { askWith, type ChainView, ChainWatch, nothingKnown, type WalletEnd } from '../../status-page/chain/index.ts';
import { CoreRpc } from '../../status-page/esplora/rpc.ts';
import { createFacadeServer } from '../../status-page/esplora/server.ts';
import { type Litecoind, rpcPassword, rpcUser, startLitecoind } from '../nodes/litecoind.ts';

/*
 * Two nodes that can be parted, each with the Esplora facade of the product before it, and a watcher whose two sources they
 * are. The time of the watcher is ours: it looks as often as we like, and keeps to its limits all the same.
 */

export class TwoNodes implements AsyncDisposable {
  readonly a: Litecoind;
  readonly b: Litecoind;
  readonly #explorers: readonly [NodeExplorer, NodeExplorer];

  private constructor(a: Litecoind, b: Litecoind, explorers: readonly [NodeExplorer, NodeExplorer]) {
    this.a = a;
    this.b = b;
    this.#explorers = explorers;
  }

  static async start(): Promise<TwoNodes> {
    const [a, b] = await Promise.all([startLitecoind(), startLitecoind({ blocks: 0 })]);
    await a.connect(b);
    return new TwoNodes(a, b, [await NodeExplorer.start(a), await NodeExplorer.start(b)]);
  }

  /** The Esplora APIs before `a` and `b`. */
  get urls(): readonly [string, string] {
    const [a, b] = this.#explorers;
    return [a.url, b.url];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const explorer of this.#explorers) explorer[Symbol.dispose]();
    await Promise.all([this.a.stop(), this.b.stop()]);
  }
}

/** The facade of the product before a node. */
export class NodeExplorer implements Disposable {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(node: Litecoind): Promise<NodeExplorer> {
    const server = createFacadeServer({
      rpc: new CoreRpc(node.rpcUrl, () => `${rpcUser}:${rpcPassword}`),
      fromHeight: 0,
      clock: () => performance.now(),
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return new NodeExplorer(server, typeof address === 'object' && address !== null ? address.port : 0);
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** Longer than anything that a source said holds. */
const step = 180;

export class Watcher {
  readonly #watch: ChainWatch;
  #now = 1_800_000_000;

  constructor(sources: readonly string[], address: string, wallet: WalletEnd) {
    this.#watch = new ChainWatch({
      watched: { network: 'regtest', address, wallet, bait: [] },
      sources,
      ask: askWith<AbortSignal>({
        fetch: (url, init) => fetch(url, init),
        timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
      }),
      random: () => 0.5,
      now: this.#now,
      known: nothingKnown,
    });
  }

  /** Looks until its verdict is as wanted: transactions and blocks take their time from node to node. */
  async until(what: string, holds: (view: ChainView) => boolean): Promise<ChainView> {
    const end = performance.now() + 180_000;
    for (;;) {
      this.#now += step;
      const view = await this.#watch.look(this.#now);
      if (holds(view)) return view;
      if (performance.now() > end) throw new Error(`never ${what}; the last view was ${JSON.stringify(view)}`);
      await pause(100);
    }
  }

  verdict(type: ChainView['verdict']['type']): Promise<ChainView> {
    return this.until(
      type,
      ({ verdict, support }) => verdict.type === type && (support === 'quorum' || type === 'disagreement'),
    );
  }
}
