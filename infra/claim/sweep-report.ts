import { btc, counted } from './amount.ts';
import { leastToReplace } from './fee.ts';
import type { Prepared } from './prepare.ts';
import { type Coin, totalOf } from './sweep.ts';

/* What is about to be done, for people and for programs. */

/** A table: what is moved, what it costs, what stays. */
export function sweepTable({ lock, destination, holdings, sweep, transaction }: Prepared): readonly string[] {
  const { fee, vsize, amount } = sweep;
  const total = totalOf(sweep.inputs);
  const of = (coins: readonly Coin[]) => `${counted(coins.length, 'output')}, ${btc(totalOf(coins))}`;
  const unconfirmed = holdings.unconfirmed.filter((coin) => !sweep.inputs.includes(coin) && !isLeft(sweep, coin));
  const row = (name: string, text: string) => `  ${name.padEnd(10)}${text}`;
  return [
    row('from', `${lock.address} (${lock.network})`),
    row('spends', of(sweep.inputs)),
    row('pays', `${btc(amount)} to ${destination.address}`),
    row('fee', `${fee} sat: ${rate(fee / vsize)} sat/vB, ${vsize} vB, ${percent(fee / total)} of what is spent`),
    row('change', 'none: one output takes all'),
    ...(sweep.uneconomic.length > 0
      ? [row('leaves', `${of(sweep.uneconomic)}: to spend one costs more than it holds`)]
      : []),
    ...(sweep.beyond.length > 0
      ? [row('leaves', `${of(sweep.beyond)}: no more fit in one transaction; run this again for them`)]
      : []),
    ...(unconfirmed.length > 0
      ? [row('waits', `${of(unconfirmed)}: in no block yet, and not spent without --unconfirmed`)]
      : []),
    ...(holdings.incomplete
      ? [row('unread', 'the history is longer than what was read of it: there may be more')]
      : []),
    ...(lock.lockTime > 0 ? [row('earliest', `in block ${lock.lockTime + 1}`)] : []),
    row('txid', transaction.getId()),
  ];
}

/** Who else is after the same coins, and whether this would replace theirs (BIP-125). */
export function rivalLines({ holdings: { rivals }, sweep: { fee, vsize } }: Prepared): readonly string[] {
  if (rivals.length === 0) return [];
  const least = leastToReplace(rivals, vsize);
  const best = Math.max(...rivals.map((rival) => rival.fee / rival.vsize));
  const enough = fee >= least && fee / vsize > best;
  return [
    'Contested: the mempool holds another spend of these coins, yours or that of somebody else who has the key.',
    ...rivals.map((rival) => `  ${rival.txid}  ${rival.fee} sat, ${rate(rival.fee / rival.vsize)} sat/vB`),
    enough
      ? '  This one pays enough to replace it.'
      : `  This one does not: it takes ${least} sat at least, and more than ${rate(best)} sat/vB (--fee-rate).`,
  ];
}

/** One object, for --json. */
export const sweepJson = ({ lock, destination, holdings, sweep, transaction }: Prepared) => ({
  network: lock.network,
  from: lock.address,
  to: destination.address,
  inputs: sweep.inputs,
  uneconomic: sweep.uneconomic,
  beyond: sweep.beyond,
  unconfirmed: holdings.unconfirmed,
  rivals: holdings.rivals,
  amount: sweep.amount,
  fee: sweep.fee,
  vsize: sweep.vsize,
  lockTime: lock.lockTime,
  txid: transaction.getId(),
  raw: transaction.toHex(),
});

const isLeft = ({ uneconomic, beyond }: Prepared['sweep'], coin: Coin): boolean =>
  uneconomic.includes(coin) || beyond.includes(coin);

const rate = (value: number): string => value.toFixed(1);
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
