import {
  askWith,
  type ChainDocument,
  ChainWatch,
  chainDocument,
  greeting,
  keepAlive,
  saysLook,
} from '../../status-page/chain/index.ts';
import type { PublicWallet } from '../bitcoin/index.ts';
import type { Clock } from './clock.ts';
import { type HintSocket, openHintSocket } from './hint-socket.ts';
import { type Log, originOf } from './log.ts';

/*
 * What the page shows of the chain, where the operator has configured sources (`--chain`). This is the one place of the
 * program that asks anybody anything; without a source it is not made, and the program dials nobody but its callers.
 */

export interface ChainWatcherOptions {
  readonly wallet: PublicWallet;
  /** http(s): explorers. ws(s): a websocket of mempool's backend, which can say "look now" and nothing else. */
  readonly urls: readonly string[];
  readonly clock: Clock;
  readonly entropy: (length: number) => Uint8Array;
  readonly log: Log;
}

export interface ChainWatcher {
  /** As of the last look. */
  readonly document: ChainDocument;
  /** Changes with each look. */
  readonly revision: number;
  stop(): void;
}

/** Looks in the background, from now on. */
export function startChainWatcher({ wallet, urls, clock, entropy, log }: ChainWatcherOptions): ChainWatcher {
  const random = (): number => (entropy(1)[0] ?? 0) / 256;
  const { network, address } = wallet;
  const watch = new ChainWatch({
    watched: {
      network,
      address,
      wallet: wallet.kind === 'vault' ? { kind: 'vault', refundHeight: wallet.refund.height } : { kind: 'classic' },
      bait: [],
    },
    sources: urls.filter((url) => url.startsWith('http')),
    ask: askWith({ fetch, timeout: (milliseconds) => AbortSignal.timeout(milliseconds) }),
    random,
    now: clock.seconds(),
  });
  let revision = 0;
  let document = chainDocument(watch.view);
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  /** When the pending look is due; 0 during one. A hint brings it forward, and never puts it off, however many come. */
  let due = Number.POSITIVE_INFINITY;
  const arm = (): void => {
    const now = clock.seconds();
    const next = now + Math.min(60, Math.max(1, watch.next - now));
    if (stopped || due <= next) return;
    clearTimeout(timer);
    due = next;
    timer = setTimeout(() => void look().catch(tell), (next - now) * 1000);
    timer.unref();
  };
  const tell = (error: unknown): void => log('chain_watch_failed', originOf(error));
  const look = async (): Promise<void> => {
    due = 0;
    try {
      const { verdict } = document;
      await watch.look(clock.seconds());
      document = chainDocument(watch.view, watch.failures());
      revision += 1;
      if (document.verdict !== verdict) log('chain_verdict', { verdict: document.verdict, support: document.support });
    } finally {
      due = Number.POSITIVE_INFINITY;
      arm();
    }
  };
  const hint = (): void => {
    watch.hint(clock.seconds());
    arm();
  };
  const sockets = urls
    .filter((url) => url.startsWith('ws'))
    .map((url) => listen(url, { address, entropy }, hint, tell));
  void look().catch(tell);
  return {
    get document() {
      return document;
    },
    get revision() {
      return revision;
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      for (const socket of sockets) socket.stop();
    },
  };
}

/** From one attempt to the next, and from one sign of life to the next. */
const again = 60_000;

/** Calls when the server says that something moved; a connection that is lost is made again in a while. */
function listen(
  url: string,
  { address, entropy }: { readonly address: string; readonly entropy: (length: number) => Uint8Array },
  onLook: () => void,
  onError: (error: unknown) => void,
): { stop(): void } {
  let socket: HintSocket | undefined;
  const tend = (): void => {
    try {
      if (socket !== undefined) return socket.send(keepAlive);
      socket = openHintSocket({
        url,
        greeting: greeting(address),
        entropy,
        says: saysLook,
        onSaid: onLook,
        onClose: () => {
          socket = undefined;
        },
      });
    } catch (error) {
      onError(error); // it cannot be a websocket's URL
    }
  };
  const timer = setInterval(tend, again);
  timer.unref();
  tend();
  return {
    stop: () => {
      clearInterval(timer);
      socket?.close();
    },
  };
}
