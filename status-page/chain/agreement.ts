import { type BlockReference, hashAt, type Report, type Sums } from './facts.ts';
import { type ChainNetwork, oldestTip } from './network.ts';

/*
 * Who can be believed together. Two sources are compared at a block that both have: what lies above it is news to one of
 * them, not a contradiction.
 */

export interface Look {
  /** Its URL, or another name that people know it by. */
  readonly source: string;
  /** What it said last; undefined where it never said anything that could be read. */
  readonly report: Report | undefined;
  /** When it said so, seconds since 1970. */
  readonly reportedAt: number;
}

export type Standing =
  /** It and another say the same. */
  | 'agrees'
  /** Nobody else can be asked: what it says is shown, and believed less. */
  | 'alone'
  /** On the same chain, but more than `tolerance` blocks behind. */
  | 'lagging'
  | 'disagrees'
  /** It was not heard for `staleAfter`, or its newest block is too old. */
  | 'stale'
  /** It was never heard. */
  | 'unread';

export interface Agreement {
  /** `none`: nobody can be asked. `single` has one member, `quorum` two or more. */
  readonly type: 'quorum' | 'single' | 'disagreement' | 'none';
  readonly members: readonly Report[];
  /** Up to here the members say the same. Undefined without members. */
  readonly common: BlockReference | undefined;
  /** In the order of the looks. */
  readonly standings: readonly Standing[];
}

/** Seconds. */
export const staleAfter = 900;
/** Blocks that a source may be behind another, or on a branch of its own. */
export const tolerance = 2;

export function agreement(looks: readonly Look[], network: ChainNetwork, now: number): Agreement {
  const usable = looks.flatMap(({ report, reportedAt }, index) =>
    report !== undefined && isFresh(report, reportedAt, network, now) ? [{ report, index }] : [],
  );
  const found = groupOf(usable);
  const members = found.group.map(({ report }) => report);
  const common = lowestCommon(members);
  return {
    type: found.type,
    members,
    common,
    standings: looks.map(({ report }, index): Standing => {
      if (report === undefined) return 'unread';
      if (!usable.some((entry) => entry.index === index)) return 'stale';
      if (found.group.some((entry) => entry.index === index)) return found.type === 'quorum' ? 'agrees' : 'alone';
      return members.some((member) => isBehind(report, member)) ? 'lagging' : 'disagrees';
    }),
  };
}

interface Usable {
  readonly report: Report;
  readonly index: number;
}

const isFresh = ({ blocks }: Report, reportedAt: number, network: ChainNetwork, now: number): boolean =>
  now - reportedAt <= staleAfter && now - blocks[0].time <= oldestTip[network];

/** The largest set of sources that say the same. Where another, without any of its members, is as large, none is believed. */
function groupOf(usable: readonly Usable[]): { type: Agreement['type']; group: readonly Usable[] } {
  if (usable.length === 0) return { type: 'none', group: [] };
  if (usable.length === 1) return { type: 'single', group: usable };
  const groups = usable.map((first) => {
    const group = [first];
    for (const other of usable) {
      if (group.every((member) => member !== other && agree(member.report, other.report))) group.push(other);
    }
    return group;
  });
  const [largest = []] = groups.toSorted(byWeight);
  if (largest.length === 1) {
    // All others may be behind this one on its own chain: it is ahead, or says so.
    const ahead = usable.find((one) => usable.every((other) => other === one || continues(one.report, other.report)));
    return ahead === undefined ? { type: 'disagreement', group: [] } : { type: 'single', group: [ahead] };
  }
  const rival = groups.some(
    (group) => group.length === largest.length && group.every((member) => !largest.includes(member)),
  );
  return rival ? { type: 'disagreement', group: [] } : { type: 'quorum', group: largest };
}

/** The larger group first, then the one that reaches higher; the order of the sources decides nothing. */
function byWeight(one: readonly Usable[], other: readonly Usable[]): number {
  const height = (group: readonly Usable[]): number => lowestCommon(group.map(({ report }) => report))?.height ?? 0;
  const tips = (group: readonly Usable[]): string =>
    group
      .map(({ report }) => report.blocks[0].hash)
      .toSorted()
      .join();
  return other.length - one.length || height(other) - height(one) || (tips(one) < tips(other) ? -1 : 1);
}

const isBehind = (one: Report, other: Report): boolean =>
  other.blocks[0].height - one.blocks[0].height > tolerance &&
  hashAt(other.blocks, one.blocks[0].height) === one.blocks[0].hash;

/**
 * Whether `ahead` can be what became of `behind`. Anybody can put three blocks of their own on top of a chain: so it has to
 * say the same of the chain below them, and to know of each coin that somebody is seen to take.
 */
function continues(ahead: Report, behind: Report): boolean {
  if (!isBehind(behind, ahead)) return false;
  const tip = behind.blocks[0].height;
  if (!sameSums(sumsAt(ahead, tip), sumsAt(behind, tip))) return false;
  const taken = new Set(ahead.transactions.flatMap(({ spendings }) => spendings.map(({ outpoint }) => outpoint)));
  return behind.transactions.every(
    ({ block, spendings }) => block !== undefined || spendings.every(({ outpoint }) => taken.has(outpoint)),
  );
}

function agree(one: Report, other: Report): boolean {
  const common = commonBlock(one, other);
  if (common === undefined) return false;
  if (!sameSums(sumsAt(one, common.height), sumsAt(other, common.height))) return false;
  return !one.complete || !other.complete || sameSpends(one, other, common.height);
}

/** The highest block of both, at most `tolerance` below the tip of either. */
function commonBlock(one: Report, other: Report): BlockReference | undefined {
  const tips = [one.blocks[0].height, other.blocks[0].height];
  const lower = Math.min(...tips);
  if (Math.max(...tips) - lower > tolerance) return undefined;
  return one.blocks.find(
    ({ height, hash }) => height <= lower && height >= lower - tolerance && hashAt(other.blocks, height) === hash,
  );
}

function lowestCommon(members: readonly Report[]): BlockReference | undefined {
  const [first, ...others] = members;
  if (first === undefined) return undefined;
  return others.reduce<BlockReference | undefined>((lowest, other) => {
    const common = commonBlock(first, other);
    return common !== undefined && lowest !== undefined && common.height < lowest.height ? common : lowest;
  }, first.blocks[0]);
}

/** The sums as they were at this height: what came in above it is taken off again. */
export function sumsAt({ confirmed, transactions }: Report, height: number): Sums {
  let { fundedCount, funded, spentCount, spent, transactions: count } = confirmed;
  for (const { block, fundings, spendings } of transactions) {
    if (block === undefined || block.height <= height) continue;
    count -= 1;
    fundedCount -= fundings.length;
    spentCount -= spendings.length;
    for (const { satoshis } of fundings) funded -= satoshis;
    for (const { satoshis } of spendings) spent -= satoshis;
  }
  return { fundedCount, funded, spentCount, spent, transactions: count };
}

const sameSums = (mine: Sums, theirs: Sums): boolean =>
  mine.fundedCount === theirs.fundedCount &&
  mine.funded === theirs.funded &&
  mine.spentCount === theirs.spentCount &&
  mine.spent === theirs.spent;

function sameSpends(one: Report, other: Report, height: number): boolean {
  const [mine, theirs] = [spendsUpTo(one, height), spendsUpTo(other, height)];
  return mine.size === theirs.size && [...mine].every(([outpoint, where]) => theirs.get(outpoint) === where);
}

function spendsUpTo({ transactions }: Report, height: number): ReadonlyMap<string, string> {
  const spends = new Map<string, string>();
  for (const { txid, block, spendings } of transactions) {
    if (block === undefined || block.height > height) continue;
    for (const { outpoint, path } of spendings) spends.set(outpoint, `${txid} in ${block.hash} by ${path}`);
  }
  return spends;
}
