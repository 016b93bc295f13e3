import type { SourceFailure } from './facts.ts';
import type { Coin, Donations } from './funds.ts';
import type { Failed } from './source-watch.ts';
import type { Settled } from './verdict.ts';
import type { ChainView, SourceView } from './view.ts';
import { verdictWords } from './words.ts';

/*
 * The view as programs read it: in `/status.json` of a piñata that watches its own chain, and from `btc-pinata status --json`.
 * Satoshis, and whole seconds since 1970. A field may be added but not changed; null stands for what is not known.
 */

export interface ChainDocument {
  readonly asOf: number;
  readonly network: string;
  readonly address: string;
  readonly verdict: string;
  /** The same for people. */
  readonly title: string;
  readonly sentence: string;
  readonly support: ChainView['support'];
  readonly contested: number | null;
  readonly confirmations: number | null;
  readonly settled: Settled | null;
  /** The newest that was known, where the verdict is `stale` or `disagreement`. */
  readonly last: { readonly verdict: string; readonly at: number } | null;
  readonly retirement: {
    readonly announcedAt: number;
    readonly effectiveAt: number;
    readonly url: string | null;
  } | null;
  readonly common: { readonly height: number; readonly hash: string } | null;
  readonly balance: { readonly confirmed: number; readonly incoming: number; readonly outgoing: number } | null;
  readonly received: number | null;
  readonly bait: { readonly first: CoinDocument; readonly satoshis: number; readonly announced: boolean } | null;
  readonly donations: (Omit<Donations, 'newest'> & { readonly newest: readonly CoinDocument[] }) | null;
  readonly spends: readonly SpendDocument[];
  readonly sources: readonly SourceDocument[];
}

export interface CoinDocument {
  readonly outpoint: string;
  readonly satoshis: number;
  readonly height: number;
  readonly time: number;
}

export interface SpendDocument {
  readonly txid: string;
  readonly satoshis: number;
  readonly path: 'key' | 'script';
  readonly confirmations: number;
  readonly height: number | null;
}

export interface SourceDocument {
  readonly source: string;
  readonly standing: SourceView['standing'];
  readonly height: number | null;
  readonly tip: string | null;
  readonly balance: number | null;
  readonly heardAt: number | null;
  /** Why the last look at it failed. */
  readonly failure: { readonly reason: SourceFailure['reason']; readonly message: string; readonly at: number } | null;
}

export function chainDocument(view: ChainView, failures: ReadonlyMap<string, Failed> = new Map()): ChainDocument {
  const { verdict, before, funds, watched, common } = view;
  const { title, sentence } = verdictWords(view);
  const blind = verdict.type === 'stale' || verdict.type === 'disagreement';
  return {
    asOf: view.asOf,
    network: watched.network,
    address: watched.address,
    verdict: verdict.type,
    title,
    sentence,
    support: view.support,
    contested: verdict.type === 'spend_seen' ? verdict.contested : null,
    confirmations: verdict.type === 'spend_confirmed' ? verdict.confirmations : null,
    settled: 'settled' in verdict ? verdict.settled : null,
    last: blind && before !== undefined ? { verdict: before.verdict.type, at: before.at } : null,
    retirement: watched.retirement === undefined ? null : { url: null, ...watched.retirement },
    common: common === undefined ? null : { height: common.height, hash: common.hash },
    balance: funds?.balance ?? null,
    received: funds?.received ?? null,
    bait: funds?.bait === undefined ? null : { ...funds.bait, first: coinDocument(funds.bait.first) },
    donations:
      funds?.donations === undefined ? null : { ...funds.donations, newest: funds.donations.newest.map(coinDocument) },
    spends: view.spends.map(({ txid, satoshis, path, confirmations, block }) => ({
      txid,
      satoshis,
      path,
      confirmations,
      height: block?.height ?? null,
    })),
    sources: view.sources.map(({ source, standing, tip, balance, heardAt }) => {
      const failed = failures.get(source);
      return {
        source,
        standing,
        height: tip?.height ?? null,
        tip: tip?.hash ?? null,
        balance: balance ?? null,
        heardAt: heardAt ?? null,
        failure: failed === undefined ? null : { reason: failed.reason, message: failed.message, at: failed.at },
      };
    }),
  };
}

const coinDocument = ({ outpoint, satoshis, block }: Coin): CoinDocument => ({
  outpoint,
  satoshis,
  height: block.height,
  time: block.time,
});
