import type { Outpoint } from './facts.ts';
import type { Spend } from './spends.ts';

/**
 * Which transactions were seen taking the same coin, since its spend was first seen: every unconfirmed spend can be replaced,
 * and a source shows only the one it holds now.
 */
export type Contest = readonly { readonly outpoint: Outpoint; readonly txids: readonly string[] }[];

/** Kept of each, so that nobody who replaces a spend a thousand times fills a memory. */
const most = { coins: 32, txids: 32 } as const;

/** Coins that nobody is seen to take any more are left out: what was evicted is no contest. */
export function contestAfter(before: Contest, spends: readonly Spend[]): Contest {
  const takers = new Map<Outpoint, Set<string>>();
  for (const { txid, outpoints } of spends) {
    for (const outpoint of outpoints.slice(0, most.coins)) {
      const known = takers.get(outpoint) ?? new Set(before.find((entry) => entry.outpoint === outpoint)?.txids);
      takers.set(outpoint, known.add(txid));
    }
  }
  return [...takers]
    .slice(0, most.coins)
    .map(([outpoint, txids]) => ({ outpoint, txids: [...txids].slice(0, most.txids) }));
}

/** The most that were seen competing for one coin: 1 is no contest. */
export const contenders = (contest: Contest): number => Math.max(1, ...contest.map(({ txids }) => txids.length));
