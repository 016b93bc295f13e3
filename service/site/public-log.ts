import { internetDate } from './http-date.ts';
import type { LogLineView } from './management-view.ts';
import type { SiteView } from './view.ts';

/*
 * `/log.json`: of the log what is everybody's to know, so that an operator whose host takes no commands can read how it fares.
 * An event that is not named here is not shown, nor is a value: the rest is for the operator's own listener.
 */

export interface PublicLogDocument {
  readonly asOf: string;
  readonly startedAt: string;
  /** The newest first, each to the second. */
  readonly lines: readonly LogLineView[];
}

/** Event -> its values that are shown. None is of a visitor, and where code failed is told by nothing but the event. */
const shown: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['rotated', ['generation', 'caSha256']],
  ['rotation_failed', []],
  ['fewer_places', ['connections', 'perPrefix']],
  ['released', ['port', 'release']],
  ['withheld', ['port', 'reason']],
  ['exception', ['port']],
  ['chain_verdict', ['verdict', 'support']],
  ['chain_watch_failed', []],
  ['statement_failed', []],
  ['quote_failed', []],
  ['traces_repaired', ['bytesCutOff']],
  ['traces_unwritten', ['code']],
  ['traces_written_again', []],
  ['trace_unreadable', ['segment']],
]);

/** As many lines as an answer has at most. */
const longest = 100;

/** Undefined where nobody keeps a log. */
export function publicLogDocument({ startedAt, log }: SiteView, now: number): PublicLogDocument | undefined {
  if (log === undefined) return undefined;
  const lines = log().flatMap(({ at, event, values }) => {
    const names = shown.get(event);
    if (names === undefined) return [];
    const kept = Object.entries(values).filter(([name]) => names.includes(name));
    return [{ at: `${at.slice(0, 'YYYY-MM-DDThh:mm:ss'.length)}Z`, event, values: Object.fromEntries(kept) }];
  });
  return { asOf: internetDate(now), startedAt: internetDate(startedAt), lines: lines.slice(0, longest) };
}
