import { failureKeys, failureTable } from '../../service/trace/index.ts';

const isAttempt = (key: (typeof failureKeys)[number]): boolean =>
  // Whoever asks to be called back is counted by what became of the call.
  key !== 'dialback.triggered' && failureTable[key].nature !== 'website' && failureTable[key].nature !== 'ours';

const others: ReadonlySet<string> = new Set(failureKeys.filter((key) => !isAttempt(key)));

/** Connections that tried something: not those who read the page, the poller among them, and not the poller's look at a port. */
export const attemptsIn = (byCategory: Readonly<Record<string, number>>): number =>
  Object.entries(byCategory).reduce((sum, [key, count]) => (others.has(key) ? sum : sum + count), 0);
