import type { Agreement } from './agreement.ts';
import type { BlockReference, Outpoint, Report, SpendPath } from './facts.ts';

/** A transaction that takes coins from the address, as those who agree see it. */
export interface Spend {
  readonly txid: string;
  readonly outpoints: readonly Outpoint[];
  readonly satoshis: number;
  /** `key` where any of its inputs is signed by the bounty's key: the leaf alone makes it the operator's refund. */
  readonly path: SpendPath;
  /** Where two members have it, or the only one; undefined while it waits, or is above the common block. */
  readonly block: BlockReference | undefined;
  /** Blocks from there to the common one, both counted; 0 without a block. */
  readonly confirmations: number;
}

/** The most confirmed first. One that spends a coin which a confirmed one has spent is dead, and left out. */
export function spendsOf({ members, common }: Agreement): readonly Spend[] {
  if (common === undefined) return [];
  const sightings = new Map<string, Sighting>();
  for (const member of members) gather(member, common.height, sightings);
  const needed = Math.min(2, members.length);
  const spends = [...sightings.values()]
    .map((sighting) => toSpend(sighting, common.height, needed))
    .toSorted((one, other) => other.confirmations - one.confirmations || (one.txid < other.txid ? -1 : 1));
  const taken = new Set(spends.filter(({ confirmations }) => confirmations > 0).flatMap(({ outpoints }) => outpoints));
  return spends.filter(
    ({ confirmations, outpoints }) => confirmations > 0 || !outpoints.some((outpoint) => taken.has(outpoint)),
  );
}

interface Sighting extends Omit<Spend, 'block' | 'confirmations'> {
  /** By the hash of the block and the path: how many members have it there, and so. */
  readonly blocks: Map<string, { readonly block: BlockReference; readonly path: SpendPath; count: number }>;
}

function gather({ transactions }: Report, height: number, sightings: Map<string, Sighting>): void {
  for (const { txid, block, spendings } of transactions) {
    if (spendings.length === 0) continue;
    const path = spendings.some((spending) => spending.path === 'key') ? 'key' : 'script';
    const sighting: Sighting = sightings.get(txid) ?? {
      txid,
      outpoints: spendings.map(({ outpoint }) => outpoint),
      satoshis: spendings.reduce((sum, { satoshis }) => sum + satoshis, 0),
      path,
      blocks: new Map(),
    };
    sightings.set(txid, sighting);
    if (block === undefined || block.height > height) continue;
    const where = `${block.hash} ${path}`;
    const there = sighting.blocks.get(where);
    if (there === undefined) sighting.blocks.set(where, { block, path, count: 1 });
    else there.count += 1;
  }
}

function toSpend({ blocks, ...spend }: Sighting, height: number, needed: number): Spend {
  const found = [...blocks.values()].find(({ count }) => count >= needed);
  if (found === undefined) return { ...spend, block: undefined, confirmations: 0 };
  const { block, path } = found;
  return { ...spend, path, block, confirmations: height - block.height + 1 };
}
