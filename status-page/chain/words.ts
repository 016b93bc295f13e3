import { finality, type Verdict } from './verdict.ts';
import type { ChainView } from './view.ts';

/* A verdict in words, the same wherever it is shown. */

export interface VerdictWords {
  /** A few words, such as `spend seen, contested: 2`. */
  readonly title: string;
  /** What that means, in a sentence or two. */
  readonly sentence: string;
}

export function verdictWords(view: ChainView): VerdictWords {
  const words = wordsOf(view.verdict, view);
  const single =
    view.support === 'single' ? ' One source alone says so: nobody could be asked who would contradict it.' : '';
  return { title: words.title, sentence: `${words.sentence}${single}` };
}

function wordsOf(verdict: Verdict, { before, funds, sources }: ChainView): VerdictWords {
  switch (verdict.type) {
    case 'unfunded': {
      const coming = funds !== undefined && funds.balance.incoming > 0;
      return {
        title: 'unfunded',
        sentence: coming ? 'Nothing confirmed has come in; something is on its way.' : 'Nothing has come in.',
      };
    }
    case 'live':
      return { title: 'live', sentence: 'The coins are there, and nobody is seen taking any.' };
    case 'live_refundable':
      return {
        title: `live, refundable since ${verdict.since}`,
        sentence: `The coins are there. Since block ${verdict.since} the operator may take them back by the vault's leaf.`,
      };
    case 'spend_seen':
      return {
        title: verdict.contested > 1 ? `spend seen, contested: ${verdict.contested}` : 'spend seen',
        sentence:
          verdict.contested > 1
            ? `${verdict.contested} transactions were seen that take the same coin. None is confirmed, and only one can be.`
            : 'A transaction that takes coins was seen. It is not confirmed: it may be replaced, or never come to be.',
      };
    case 'spend_confirmed':
      return {
        title: `spend confirmed (${verdict.confirmations})`,
        sentence: `A transaction that takes coins is under ${blocks(verdict.confirmations)}. Below ${finality}, agreed by two sources, a reorganisation may still undo it.`,
      };
    case 'claimed':
      return {
        title: 'claimed',
        sentence: `Block ${verdict.settled.height} has a transaction that takes coins with the bounty's own key, which this vault's operator is not supposed to have.`,
      };
    case 'spent':
      return {
        title: 'spent by a winner or by the operator, the chain cannot tell',
        sentence: `Block ${verdict.settled.height} has a transaction that takes coins. Whoever made it had the key: so has a winner, and so has the operator.`,
      };
    case 'refunded':
      return {
        title: 'refunded by the operator',
        sentence: `Block ${verdict.settled.height} has a transaction that takes coins by the vault's leaf, which only the operator can use.`,
      };
    case 'disagreement':
      return {
        title: 'disagreement',
        sentence: `The sources contradict each other, so none is believed.${lastly(before)}`,
      };
    case 'stale': {
      const never = sources.every(({ standing }) => standing === 'unread');
      return {
        title: 'stale',
        sentence: never
          ? 'None of the sources could be read so far.'
          : `None of the sources could be read of late, or all have stopped.${lastly(before)}`,
      };
    }
    default:
      return verdict satisfies never;
  }
}

const lastly = (before: ChainView['before']): string =>
  before === undefined ? '' : ` The last that was known: ${before.verdict.type.replaceAll('_', ' ')}.`;

const blocks = (count: number): string => (count === 1 ? 'one block' : `${count} blocks`);

/** `0.10000000 BTC`; satoshis in, exact. */
export function inBitcoin(satoshis: number): string {
  const sign = satoshis < 0 ? '-' : '';
  const whole = Math.floor(Math.abs(satoshis) / 100_000_000);
  const rest = Math.abs(satoshis) % 100_000_000;
  return `${sign}${whole}.${String(rest).padStart(8, '0')} BTC`;
}
