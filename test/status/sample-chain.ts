import type { StatusDocument, VerdictName } from '../../status-page/document/index.ts';
import { day, hex, sampleAsOf as now, sampleFields } from './sample-proof.ts';

/* What the chain says of the sample, under each verdict. */

export const mempool = 'https://mempool.space/api';
export const blockstream = 'https://blockstream.info/api';

const source = (name: string, height: number, ago: number): Chain['sources'][number] => ({
  source: name,
  standing: 'agrees',
  height,
  tip: hex('0', 60) + String(height % 10_000).padStart(4, '0'),
  balance: 1_002_500_700,
  heardAt: now - ago,
  failure: null,
});

export type Chain = Extract<StatusDocument['chain'], { state: 'known' }>['value'];

const coin = (digit: string, satoshis: number, days: number): NonNullable<Chain['bait']>['first'] => ({
  outpoint: `${hex(digit)}:0`,
  satoshis,
  height: 925_000 - days * 144,
  time: now - days * day,
});

export const liveChain: Chain = {
  asOf: now,
  network: 'mainnet',
  address: sampleFields.address,
  verdict: 'live',
  title: 'live',
  sentence: 'The coins are there, and nobody is seen taking any.',
  support: 'quorum',
  contested: null,
  confirmations: null,
  settled: null,
  last: null,
  retirement: null,
  common: { height: 925_140, hash: `${hex('0', 60)}5140` },
  balance: { confirmed: 1_002_500_700, incoming: 0, outgoing: 0 },
  received: 1_002_500_700,
  bait: { first: coin('1', 1_000_000_000, 187), satoshis: 1_000_000_000, announced: true },
  donations: {
    count: 3,
    satoshis: 2_500_000,
    newest: [coin('4', 300_000, 12), coin('3', 1_200_000, 71), coin('2', 1_000_000, 140)],
    dust: { count: 1, satoshis: 700 },
    complete: true,
  },
  spends: [],
  sources: [source(mempool, 925_141, 12), source(blockstream, 925_140, 31)],
};

const settled = { txid: hex('a'), height: 925_120, hash: `${hex('0', 60)}5120`, time: now - 4 * 3600 };
const taken = { balance: { confirmed: 0, incoming: 0, outgoing: 0 }, settled } as const;

const chains: Readonly<Record<VerdictName, Partial<Chain>>> = {
  unfunded: {
    title: 'unfunded',
    sentence: 'Nothing has come in.',
    balance: { confirmed: 0, incoming: 0, outgoing: 0 },
    received: 0,
    bait: null,
    donations: null,
  },
  live: {},
  live_refundable: {
    title: 'live, refundable since 925000',
    sentence: "The coins are there. Since block 925000 the operator may take them back by the vault's leaf.",
  },
  spend_seen: {
    title: 'spend seen, contested: 2',
    sentence: '2 transactions were seen that take the same coin. None is confirmed, and only one can be.',
    contested: 2,
    balance: { confirmed: 1_002_500_700, incoming: 0, outgoing: 1_000_000_000 },
    spends: ['a', 'b'].map((digit) => ({
      txid: hex(digit),
      satoshis: 1_000_000_000,
      path: 'key' as const,
      confirmations: 0,
      height: null,
    })),
  },
  spend_confirmed: {
    title: 'spend confirmed (3)',
    sentence:
      'A transaction that takes coins is under 3 blocks. Below 6, agreed by two sources, a reorganisation may still undo it.',
    confirmations: 3,
    balance: { confirmed: 0, incoming: 0, outgoing: 0 },
    spends: [{ txid: hex('a'), satoshis: 1_002_500_700, path: 'key', confirmations: 3, height: 925_138 }],
  },
  claimed: {
    ...taken,
    title: 'claimed',
    sentence:
      "Block 925120 has a transaction that takes coins with the bounty's own key, which this vault's operator is not supposed to have.",
    spends: [{ txid: hex('a'), satoshis: 1_002_500_700, path: 'key', confirmations: 21, height: 925_120 }],
  },
  spent: {
    ...taken,
    title: 'spent by a winner or by the operator, the chain cannot tell',
    sentence:
      'Block 925120 has a transaction that takes coins. Whoever made it had the key: so has a winner, and so has the operator.',
  },
  refunded: {
    ...taken,
    title: 'refunded by the operator',
    sentence: "Block 925120 has a transaction that takes coins by the vault's leaf, which only the operator can use.",
    spends: [{ txid: hex('a'), satoshis: 1_002_500_700, path: 'script', confirmations: 21, height: 925_120 }],
  },
  disagreement: {
    title: 'disagreement',
    sentence: 'The sources contradict each other, so none is believed. The last that was known: live.',
    support: 'none',
    last: { verdict: 'live', at: now - 1800 },
    common: null,
    balance: null,
    received: null,
    bait: null,
    donations: null,
    sources: [
      { ...source(mempool, 925_141, 12), standing: 'disagrees' },
      { ...source(blockstream, 925_140, 31), standing: 'disagrees', balance: 0 },
    ],
  },
  stale: {
    title: 'stale',
    sentence: 'None of the sources could be read of late, or all have stopped. The last that was known: live.',
    support: 'none',
    last: { verdict: 'live', at: now - 3000 },
    common: null,
    balance: null,
    received: null,
    bait: null,
    donations: null,
    sources: [mempool, blockstream].map((name) => ({
      ...source(name, 925_135, 3000),
      standing: 'stale' as const,
      failure: { reason: 'rate_limited' as const, message: 'answers 429', at: now - 40 },
    })),
  },
};

export const chainOf = (verdict: VerdictName): Chain => ({ ...liveChain, verdict, ...chains[verdict] });
