import type { Agreement } from './agreement.ts';
import { sumsAt } from './agreement.ts';
import { type Contest, contenders } from './contest.ts';
import type { Report } from './facts.ts';
import type { Spend } from './spends.ts';

/** What became of the coins, as far as the chain can tell. */
export type Verdict =
  /** Nothing confirmed ever came in. */
  | { readonly type: 'unfunded' }
  | { readonly type: 'live' }
  /** A vault at or above its lock height: from here on the operator may take the coins back. */
  | { readonly type: 'live_refundable'; readonly since: number }
  /** In the mempool, or confirmed in a block that not all have: `contested` transactions were seen for one coin. */
  | { readonly type: 'spend_seen'; readonly contested: number; readonly spend: Spend | undefined }
  /** In fewer than `finality` blocks, or in more by the word of one source alone. Without a spend it is not read yet. */
  | { readonly type: 'spend_confirmed'; readonly confirmations: number; readonly spend: Spend | undefined }
  /** A vault's key path: whoever did it had the key. */
  | { readonly type: 'claimed'; readonly settled: Settled }
  /** Classic: whoever did it had the key, and the operator has it too. */
  | { readonly type: 'spent'; readonly settled: Settled }
  /** A vault's leaf: the operator's refund. */
  | { readonly type: 'refunded'; readonly settled: Settled }
  /** The sources contradict each other, or one contradicts what two had said. */
  | { readonly type: 'disagreement' }
  /** None of the sources can be asked, or all have stopped. */
  | { readonly type: 'stale' };

/** A spend under `finality` blocks, in which two sources agreed. */
export interface Settled {
  readonly txid: string;
  readonly height: number;
  readonly hash: string;
  readonly time: number;
}

export type WalletEnd =
  | { readonly kind: 'classic' }
  | { readonly kind: 'vault'; readonly refundHeight: number | undefined };

/** Confirmations from which a spend is taken as final. */
export const finality = 6;

export function verdictOf(
  agreed: Agreement,
  spends: readonly Spend[],
  contest: Contest,
  wallet: WalletEnd,
  before: Verdict | undefined,
): Verdict {
  const { type, members, common } = agreed;
  const [member] = members;
  if (type === 'disagreement') return { type };
  if (member === undefined || common === undefined) return { type: 'stale' };

  const settledBefore = before !== undefined && 'settled' in before ? before : undefined;
  if (type === 'single') {
    // What two have agreed on, one may confirm and not take back.
    if (settledBefore !== undefined)
      return stillSettled(settledBefore, spends) ? settledBefore : { type: 'disagreement' };
    return open(spends, contest) ?? (unread(agreed, spends) ? unreadSpend(agreed) : resting(agreed, wallet));
  }
  // Read again from the start, after a flood: the sums say that it is spent, the list does not yet say by what.
  if (settledBefore !== undefined && unread(agreed, spends)) return settledBefore;
  // Nor may one take it back by having read too little.
  if (settledBefore !== undefined && members.some(({ complete }) => !complete) && confirmed(settledBefore, members))
    return settledBefore;
  return decided(spends, contest, wallet) ?? (unread(agreed, spends) ? unreadSpend(agreed) : resting(agreed, wallet));
}

/** A key path that is settled stands above all; then, in a vault, what else is taken with the key; then the refund. */
function decided(spends: readonly Spend[], contest: Contest, wallet: WalletEnd): Verdict | undefined {
  const settled = (spend: Spend | undefined): Settled | undefined =>
    spend?.block === undefined || spend.confirmations < finality ? undefined : { txid: spend.txid, ...spend.block };
  if (wallet.kind === 'classic') {
    const end = settled(spends[0]);
    return end === undefined ? open(spends, contest) : { type: 'spent', settled: end };
  }
  const byKey = spends.filter(({ path }) => path === 'key');
  const claim = settled(byKey[0]);
  if (claim !== undefined) return { type: 'claimed', settled: claim };
  if (byKey.length > 0) return open(byKey, contest);
  const refund = settled(spends[0]);
  return refund === undefined ? open(spends, contest) : { type: 'refunded', settled: refund };
}

function open(spends: readonly Spend[], contest: Contest): Verdict | undefined {
  const [spend] = spends; // the most confirmed
  if (spend === undefined) return undefined;
  return spend.confirmations > 0
    ? { type: 'spend_confirmed', confirmations: spend.confirmations, spend }
    : { type: 'spend_seen', contested: contenders(contest), spend };
}

const stillSettled = (before: { readonly settled: Settled }, spends: readonly Spend[]): boolean =>
  spends.some(({ txid, block }) => txid === before.settled.txid && block?.hash === before.settled.hash);

/** By one member at least, in the same block. */
const confirmed = (before: { readonly settled: Settled }, members: readonly Report[]): boolean =>
  members.some(({ transactions }) =>
    transactions.some(({ txid, block }) => txid === before.settled.txid && block?.hash === before.settled.hash),
  );

/** Whether the sums speak of more spends than were read. */
function unread({ members: [member] }: Agreement, spends: readonly Spend[]): boolean {
  if (member === undefined || member.complete) return false;
  return spends.length === 0 && member.confirmed.spentCount + member.mempool.spentCount > 0;
}

const unreadSpend = ({ members: [member] }: Agreement): Verdict =>
  (member?.confirmed.spentCount ?? 0) > 0
    ? { type: 'spend_confirmed', confirmations: 1, spend: undefined }
    : { type: 'spend_seen', contested: 1, spend: undefined };

/** Nobody takes anything. */
function resting({ members: [member], common }: Agreement, wallet: WalletEnd): Verdict {
  if (member === undefined || common === undefined) return { type: 'stale' };
  if (sumsAt(member, common.height).fundedCount === 0) return { type: 'unfunded' };
  // A transaction locked to H may stand in the block after H (BIP-65 and nLockTime).
  const since = wallet.kind === 'vault' ? wallet.refundHeight : undefined;
  return since !== undefined && common.height >= since ? { type: 'live_refundable', since } : { type: 'live' };
}
