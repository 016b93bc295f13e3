import { type ChainDocument, chainDocument, judge, nothingKnown } from '../../status-page/chain/index.ts';
import { sampleNow, sampleVault } from './sample-view.ts';

/* What explorers say of the sample's vault: the bait, gifts, dust, and two spends that compete. */

const time = sampleNow - 86_400;
const block = (height: number) => ({
  height,
  hash: `${height}`.padStart(64, '0'),
  time: time + 600 * (height - 900_000),
});
const txid = (digit: string): string => digit.repeat(64);
const funding = (digit: string, satoshis: number, height: number) => ({
  txid: txid(digit),
  block: block(height),
  fundings: [{ outpoint: `${txid(digit)}:0`, satoshis }],
  spendings: [],
});
const spending = (digit: string) => ({
  txid: txid(digit),
  block: undefined,
  fundings: [],
  spendings: [{ outpoint: `${txid('1')}:0`, satoshis: 1_000_000_000, path: 'key' as const }],
});

const look = (source: string, tip: number, spender: string, ago: number) => ({
  source,
  reportedAt: sampleNow - ago,
  report: {
    blocks: [block(tip), block(tip - 1), block(tip - 2), block(tip - 3)] as const,
    confirmed: { fundedCount: 3, funded: 1_002_500_700, spentCount: 0, spent: 0, transactions: 3 },
    mempool: { fundedCount: 0, funded: 0, spentCount: 1, spent: 1_000_000_000, transactions: 1 },
    transactions: [
      spending(spender),
      funding('3', 700, 900_120),
      funding('2', 2_500_000, 900_060),
      funding('1', 1_000_000_000, 900_000),
    ],
    complete: true,
  },
});

const watched = {
  network: sampleVault.network,
  address: sampleVault.address,
  wallet: { kind: 'vault', refundHeight: sampleVault.refund.height },
  bait: [],
  retirement: {
    announcedAt: sampleNow - 3600,
    effectiveAt: sampleNow + 30 * 86_400,
    url: 'https://status.example/retirement.json',
  },
} as const;

const looks = [
  look('https://mempool.space/api', 900_140, 'a', 12),
  look('https://blockstream.info/api', 900_139, 'b', 48),
  { source: 'http://127.0.0.1:3002/api', report: undefined, reportedAt: 0 },
];
const failures = new Map([
  [
    'http://127.0.0.1:3002/api',
    {
      at: sampleNow,
      reason: 'unreachable',
      message: 'cannot be reached: connect ECONNREFUSED 127.0.0.1:3002',
    } as const,
  ],
]);

export const sampleChain: ChainDocument = chainDocument(judge(watched, looks, nothingKnown, sampleNow).view, failures);
