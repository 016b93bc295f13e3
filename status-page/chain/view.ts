import { agreement, type Look, type Standing } from './agreement.ts';
import { type Contest, contestAfter } from './contest.ts';
import type { BlockReference, Outpoint } from './facts.ts';
import { type Funds, fundsOf } from './funds.ts';
import type { ChainNetwork } from './network.ts';
import { type Spend, spendsOf } from './spends.ts';
import { type Verdict, verdictOf, type WalletEnd } from './verdict.ts';

/** The operator's signed notice that the coins will be taken back. Its signature was verified by whoever hands it in. */
export interface Retirement {
  /** When it was signed and when it takes effect, seconds since 1970. */
  readonly announcedAt: number;
  readonly effectiveAt: number;
  /** Where it can be read. */
  readonly url?: string;
}

export interface Watched {
  readonly network: ChainNetwork;
  readonly address: string;
  readonly wallet: WalletEnd;
  /** The coins announced as the bait; none where nobody announced any. */
  readonly bait: readonly Outpoint[];
  readonly retirement?: Retirement;
}

/** What a look leaves for the next one: plain data, for whoever does not live as long. */
export interface Known {
  readonly contest: Contest;
  /** The last one that was not `stale` or `disagreement`, and when. */
  readonly last: { readonly verdict: Verdict; readonly at: number } | undefined;
}

export const nothingKnown: Known = { contest: [], last: undefined };

export interface SourceView {
  readonly source: string;
  readonly standing: Standing;
  /** Of what it said last. */
  readonly tip: BlockReference | undefined;
  /** By its own account, confirmed. */
  readonly balance: number | undefined;
  /** When it said so, seconds since 1970. */
  readonly heardAt: number | undefined;
}

export interface ChainView {
  readonly asOf: number;
  readonly watched: Watched;
  readonly verdict: Verdict;
  /** `stale` and `disagreement` do not say what was there before. */
  readonly before: Known['last'];
  /** `single`: by the word of one source alone. */
  readonly support: 'quorum' | 'single' | 'none';
  /** The block at which the sources were compared. */
  readonly common: BlockReference | undefined;
  readonly funds: Funds | undefined;
  readonly spends: readonly Spend[];
  readonly sources: readonly SourceView[];
}

/** Pure: the same looks, the same knowledge and the same time give the same view. */
export function judge(
  watched: Watched,
  looks: readonly Look[],
  known: Known,
  now: number,
): { readonly view: ChainView; readonly known: Known } {
  const agreed = agreement(looks, watched.network, now);
  const spends = spendsOf(agreed);
  const blind = agreed.members.length === 0;
  const contest = blind ? known.contest : contestAfter(known.contest, spends);
  const verdict = verdictOf(agreed, spends, contest, watched.wallet, known.last?.verdict);
  const says = verdict.type !== 'stale' && verdict.type !== 'disagreement';
  const last = says ? { verdict, at: now } : known.last;
  const view: ChainView = {
    asOf: now,
    watched,
    verdict,
    before: known.last,
    support: agreed.type === 'quorum' || agreed.type === 'single' ? agreed.type : 'none',
    common: agreed.common,
    funds: fundsOf(agreed, watched.bait),
    spends: spends.slice(0, 20),
    sources: looks.map(({ source, report, reportedAt }, index) => ({
      source,
      standing: agreed.standings[index] ?? 'unread',
      tip: report?.blocks[0],
      balance: report === undefined ? undefined : report.confirmed.funded - report.confirmed.spent,
      heardAt: report === undefined ? undefined : reportedAt,
    })),
  };
  return { view, known: { contest, last } };
}
