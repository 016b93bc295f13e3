import { type ChainDocument, staleAfter } from '../../status-page/chain/index.ts';
import type { StatusDocument, VerdictName } from '../../status-page/document/index.ts';
import type { PageFiles } from './page-files.ts';
import type { RetirementCheck } from './page-retirement.ts';
import type { PageSeen } from './page-watch.ts';

/** What a status page says, as of now. A page that is old, or cannot be read, says nothing: its verdict is `unknown`. */
export interface PageReport {
  readonly url: string;
  readonly standing:
    | 'current'
    /** Nobody has made it anew for `agesBy` intervals. */
    | 'old'
    /** Its time has not come yet: its clock is wrong, or ours, and its age cannot be told. */
    | 'ahead'
    /** It was never read. */
    | 'unread';
  /** Seconds since 1970, and since then; null of a page that was never read. */
  readonly asOf: number | null;
  readonly age: number | null;
  readonly verdict: VerdictName | 'unknown';
  /** The same for people. */
  readonly title: string;
  readonly sentence: string;
  /** Why the last look at it failed. */
  readonly failure: string | null;
  readonly files: PageFiles;
  /** Whether the retirement that it shows was signed; null where it shows none. */
  readonly retirement: RetirementCheck | null;
  /** What it shows of the chain, where it knows it, and all else. */
  readonly chain: ChainDocument | null;
  readonly shown: StatusDocument | null;
}

/** A page that was not made anew for so many of its own intervals has stopped; of short ones it is so many seconds. It goes grey then itself. */
export const agesBy = { intervals: 3, seconds: staleAfter } as const;
/** Seconds that two clocks may differ. */
const clocksDiffer = 300;

export function pageReport({ url, read, failure, files, retirement }: PageSeen, now: number): PageReport {
  const common = { url, failure: failure ?? null, files, retirement };
  const silent = (title: string, sentence: string) => ({ verdict: 'unknown', title, sentence, chain: null }) as const;
  if (read === undefined) {
    const said = silent('unknown', 'The page could not be read so far.');
    return { ...common, ...said, standing: 'unread', asOf: null, age: null, shown: null };
  }
  const { document } = read;
  const age = now - document.asOf;
  const dated = { ...common, asOf: document.asOf, age, shown: document } as const;
  if (age < -clocksDiffer) return { ...dated, ...silent('unknown', aheadOfTime(-age)), standing: 'ahead', age: null };
  if (age > Math.max(agesBy.intervals * document.page.interval, agesBy.seconds))
    return { ...dated, ...silent('unknown', tooOld(age, document)), standing: 'old' };
  const { chain } = document;
  if (chain.state === 'known') {
    const { verdict, title, sentence } = chain.value;
    return { ...dated, verdict, title, sentence, chain: chain.value, standing: 'current' };
  }
  const last = chain.last === null ? '' : ` The last that it knew: ${chain.last.value.title}, ${at(chain.last.at)}.`;
  const said = silent(
    'unknown',
    `The page knows nothing of the chain since ${at(chain.since)}: ${chain.reason}.${last}`,
  );
  return { ...dated, ...said, standing: 'current' };
}

const aheadOfTime = (seconds: number): string =>
  `The page is of a time that has not come yet, by ${duration(seconds)}: its clock is wrong, or yours.`;

function tooOld(age: number, { page, chain }: StatusDocument): string {
  const last = chain.state === 'known' ? chain.value.title : chain.last?.value.title;
  const was = last === undefined ? '' : ` It says: ${last}.`;
  return `The page is ${duration(age)} old, and means to be made anew every ${duration(page.interval)}.${was}`;
}

export const at = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

/** `34 s`, `12 min`, `5 h`, `3 days`. */
export function duration(seconds: number): string {
  const [amount, unit] =
    seconds < 120
      ? [seconds, 's']
      : seconds < 7200
        ? [Math.floor(seconds / 60), 'min']
        : seconds < 172_800
          ? [Math.floor(seconds / 3600), 'h']
          : [Math.floor(seconds / 86_400), 'days'];
  return `${amount} ${unit}`;
}
