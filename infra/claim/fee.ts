import type { Rival } from './holdings.ts';

/* What a sweep that has to win a race offers. Rates are satoshis a virtual byte. */

/** What is offered where nobody says what blocks cost. */
const withoutEstimate = 20;
const bounds = { least: 10, most: 1000 } as const;
/** Of what is swept, at most. An explicit --fee-rate knows no such bound. */
const share = { alone: 0.1, contested: 0.5 } as const;

/** Twice what the next block costs, and half as much again as the best rival. */
export function generousRate(nextBlock: number | undefined, rivals: readonly Rival[]): number {
  const wanted = nextBlock === undefined ? withoutEstimate : 2 * nextBlock;
  const bid = Math.max(wanted, ...rivals.map(({ fee, vsize }) => (1.5 * fee) / vsize));
  return rounded(Math.min(Math.max(bid, bounds.least), bounds.most));
}

/** As much of that rate as what is swept bears: who made the server lie, or a rival pay absurdly, costs us no more. */
export const affordableRate = (rate: number, contested: boolean, total: number, vsize: number): number =>
  Math.max(1, rounded(Math.min(rate, affordableFee(contested, total) / vsize)));

/** Satoshis. */
export const affordableFee = (contested: boolean, total: number): number =>
  total * (contested ? share.contested : share.alone);

const rounded = (rate: number): number => Math.round(rate * 10) / 10;

/** BIP-125, rules 3 and 4: as much as all that is replaced, and 1 sat/vB for our own passage. */
export const leastToReplace = (rivals: readonly Rival[], vsize: number): number =>
  rivals.length === 0 ? 0 : rivals.reduce((total, { fee }) => total + fee, 0) + vsize;
