import type { VerdictName } from '../../status-page/document/index.ts';

/** What a shell is told. Tens: what became of the coins is known, and it is not "live". Twenty: it is not known. */
export const exitStatus: Readonly<Record<VerdictName, number>> = {
  live: 0,
  live_refundable: 0,
  spend_seen: 10,
  spend_confirmed: 10,
  claimed: 11,
  spent: 11,
  refunded: 12,
  unfunded: 13,
  disagreement: 20,
  stale: 20,
};

export const misused = 2;
export const unknown = 20;
