import type { AttemptHead, AttemptLine, TraceLine } from '../trace/index.ts';
import { type AttemptFilter, isIn } from './trace-options.ts';

/* Where attempts come from: a file of traces, or a piñata that publishes its own. One is in memory at a time. */

export interface TraceSource {
  /** What it was called on the command line. */
  readonly name: string;
  /** Those that pass, by their number. `newest`: so many of the latest alone. */
  heads(filter: AttemptFilter, newest: number | undefined): AsyncIterable<AttemptHead>;
  /** Undefined: the only one there is. Throws a TraceFailure where there is no such. */
  attempt(number: number | undefined): Promise<AttemptLine>;
  /** Generations and the attempts that pass. */
  lines(filter: AttemptFilter): AsyncIterable<TraceLine>;
}

/** What cannot be read or written, for people: what happened, with what value, and what to do. */
export class TraceFailure extends Error {}

export const everything: AttemptFilter = { port: undefined, category: undefined, from: undefined, to: undefined };

export const passes = ({ port, category, from, to }: AttemptFilter, head: AttemptHead): boolean =>
  (port === undefined || head.port === port) &&
  (category === undefined || isIn(head.category, category)) &&
  (from === undefined || head.number >= from) &&
  (to === undefined || head.number <= to);

export const noSuchAttempt = (source: string, number: number): TraceFailure =>
  new TraceFailure(`${source} has no attempt ${number}; \`btc-pinata trace list ${source}\` shows those it has`);
