import {
  type DayDocument,
  type DaySum,
  dayFormat,
  type doors,
  type HistoryDocument,
  historyFormat,
  latest,
  type PollDocument,
  type StatusDocument,
} from '../document/index.ts';
import type { Findings } from './findings.ts';

/* What remains of each poll: a line in the object of its day, and the sums that the page draws. */

export function pollOf(document: StatusDocument): PollDocument {
  const { asOf, chain, host, counters, proof } = document;
  const believed = chain.state === 'known' && chain.value.support !== 'none' ? chain.value : undefined;
  const counted = counters.state === 'known' ? counters.value : undefined;
  return {
    at: asOf,
    verdict: chain.state === 'known' ? chain.value.verdict : 'unknown',
    balance: believed?.balance?.confirmed ?? null,
    probes: {
      http: host.http.state,
      https: host.https.state,
      server: host.server.state,
      dialback: host.dialback.state,
      reverse: host.reverse.state,
    },
    counters: counted === undefined ? null : pick(counted),
    proofAt: latest(proof)?.value.answeredAt ?? null,
  };
}

const pick = ({ connections, attempts, byCategory }: NonNullable<PollDocument['counters']>) => ({
  connections,
  attempts,
  byCategory,
});

/** With this poll, in its place. One that is there already stays as it is: a run that is tried again is the same run. */
export function dayAfter(before: DayDocument | undefined, day: string, poll: PollDocument): DayDocument {
  const polls = before?.polls ?? [];
  if (polls.some(({ at }) => at === poll.at)) return { format: dayFormat, day, polls };
  return { format: dayFormat, day, polls: [...polls, poll].toSorted((one, other) => one.at - other.at) };
}

/** `attempts` of the host's own archive, which counts also while nobody polls. */
export function sumOf({ day, polls }: DayDocument, attempts: DaySum['attempts']): DaySum {
  const last = polls.at(-1);
  const uptime = (door: (typeof doors)[number]) => {
    const of = (state: 'up' | 'down' | 'unknown'): number =>
      polls.filter(({ probes }) => probes[door] === state).length;
    return { up: of('up'), down: of('down'), unknown: of('unknown') };
  };
  const begins = Date.parse(`${day}T00:00:00Z`) / 1000;
  let longestGap = polls.length === 0 ? 86_400 : 0;
  for (const [index, { at }] of polls.entries())
    longestGap = Math.max(longestGap, at - (polls[index - 1]?.at ?? begins));
  return {
    day,
    polls: polls.length,
    verdict: last?.verdict ?? 'unknown',
    balance: polls.findLast(({ balance }) => balance !== null)?.balance ?? null,
    uptime: {
      http: uptime('http'),
      https: uptime('https'),
      server: uptime('server'),
      dialback: uptime('dialback'),
      reverse: uptime('reverse'),
    },
    attempts,
    longestGap,
    proofs: new Set(polls.flatMap(({ proofAt }) => proofAt ?? [])).size,
  };
}

/** Of a long life the newest changes. */
const keptBalances = 1000;

/** Characters of JSON: years of an honest host, and of one that makes up days what it can add at most. */
const longestTraffic = 2 * 1024 * 1024;

function newestOf(traffic: HistoryDocument['traffic']): HistoryDocument['traffic'] {
  let left = longestTraffic;
  const over = traffic.findLastIndex((entry) => {
    left -= JSON.stringify(entry).length + 1;
    return left < 0;
  });
  return traffic.slice(over + 1);
}

/** Everything but the sum of the day, which takes the day's object: see `withSum`. */
export function historyAfter(
  before: HistoryDocument | undefined,
  document: StatusDocument,
  { page }: Findings,
): HistoryDocument {
  // Its clock may be ahead of ours, and no further.
  const tomorrow = new Date((document.asOf + 86_400) * 1000).toISOString().slice(0, 10);
  const traffic = new Map((before?.traffic ?? []).map((entry) => [entry.day, entry]));
  for (const { day, byPort, byCategory } of page.seen ? page.value.days : []) {
    if (day <= tomorrow) traffic.set(day, { day, byDoor: byPort, byCategory });
  }
  const { balance, at } = pollOf(document);
  const balances = before?.balances ?? [];
  const changed = balance !== null && balances.at(-1)?.satoshis !== balance;
  return {
    format: historyFormat,
    asOf: at,
    days: before?.days ?? [],
    traffic: newestOf([...traffic.values()].toSorted((one, other) => (one.day < other.day ? -1 : 1))),
    balances: changed ? [...balances, { at, satoshis: balance }].slice(-keptBalances) : [...balances],
  };
}

/** The days are those of the 90 newest. Of two sums of one day the one with more polls stays. */
export function withSum(history: HistoryDocument, day: DayDocument): HistoryDocument {
  const attempts = history.traffic.find((entry) => entry.day === day.day)?.byCategory ?? {};
  const sum = sumOf(day, attempts);
  const before = history.days.find((entry) => entry.day === day.day);
  const days = history.days.filter((entry) => entry !== before);
  const better = before !== undefined && before.polls > sum.polls ? before : sum;
  return { ...history, days: [...days, better].toSorted((one, other) => (one.day < other.day ? -1 : 1)).slice(-90) };
}
