import { judge, nothingKnown, type Report } from '../../status-page/chain/index.ts';

/* CPU ms of a verdict over an address of so many transactions, as two sources have it. Its one message is a VerdictSamples. */

export interface VerdictSamples {
  readonly verdicts: readonly number[];
}

const transactions = Number(process.argv[2]);
const rounds = Number(process.argv[3]);
const now = 1_800_000_000;

const block = (height: number) => ({ height, hash: height.toString(16).padStart(64, '0'), time: now - 600 });
/** One in ten takes what the one before brought; the sources are given objects of their own. */
const reportOf = (): Report => {
  const all = Array.from({ length: transactions }, (_, index) => {
    const txid = index.toString(16).padStart(64, 'a');
    const height = 900_000 + Math.floor(index / 10);
    const before = `${(index - 1).toString(16).padStart(64, 'a')}:0`;
    const spends = index % 10 === 9;
    return {
      txid,
      block: block(height),
      fundings: spends ? [] : [{ outpoint: `${txid}:0`, satoshis: 600 + index }],
      spendings: spends ? [{ outpoint: before, satoshis: 600 + index - 1, path: 'key' as const }] : [],
    };
  });
  const tip = 900_000 + Math.ceil(transactions / 10);
  const fundings = all.flatMap((transaction) => transaction.fundings);
  const spendings = all.flatMap((transaction) => transaction.spendings);
  const sum = (list: readonly { satoshis: number }[]) => list.reduce((total, { satoshis }) => total + satoshis, 0);
  return {
    blocks: [block(tip), block(tip - 1), block(tip - 2)],
    confirmed: {
      fundedCount: fundings.length,
      funded: sum(fundings),
      spentCount: spendings.length,
      spent: sum(spendings),
      transactions,
    },
    mempool: { fundedCount: 0, funded: 0, spentCount: 0, spent: 0, transactions: 0 },
    transactions: all.toReversed(),
    complete: true,
  };
};

const looks = ['one', 'other'].map((source) => ({ source, report: reportOf(), reportedAt: now }));
const watched = {
  network: 'mainnet',
  address: 'bc1p',
  wallet: { kind: 'vault', refundHeight: undefined },
  bait: [],
} as const;
const verdicts: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const before = process.cpuUsage();
  const { view } = judge(watched, looks, nothingKnown, now);
  const { user, system } = process.cpuUsage(before);
  if (view.verdict.type !== 'claimed') throw new Error(`the verdict is ${view.verdict.type}, not claimed`);
  verdicts.push((user + system) / 1000);
}
process.send?.({ verdicts } satisfies VerdictSamples);
