/*
 * What is known of the first piñata by the middle of 2015, when its authors wrote down what had come of it
 * (https://mirage.io/blog/bitcoin-pinata-results). The counts of single categories stand in the failure table.
 */
export const article = {
  asOf: 'June 2015, after four months',
  siteVisitors: { text: '50 000', count: 50_000 },
  siteAccesses: { text: 'about 200 000', count: 200_000 },
  bountyVisitors: { text: '1 000', count: 1000 },
  /** Of which the shares of its categories are. */
  connections: { text: 'more than 20 000', count: 21_000 },
  succeeded: { text: '12 000', count: 12_000 },
  failed: { text: 'more than 9 000', count: 9000 },
  unexplained: { text: 'about 30 %' },
} as const;
