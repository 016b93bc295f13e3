import * as v from 'valibot';
import { failureKeys } from '../trace/index.ts';
import { type Counts, sumOf } from './trace-counts.ts';
import type { CountsLine } from './trace-journal.ts';
import type { VisitorCounts } from './visitor-registers.ts';

/* One day of the statistics, as it stands in the index. */

export interface DayState {
  readonly day: string;
  readonly connections: Counts;
  /** Of a day that is over; those of the day itself are in its registers. */
  readonly visitors: VisitorCounts | null;
  readonly chain: { readonly first: number; readonly last: number; readonly digest: string } | null;
}

export const newDay = (day: string): DayState => ({ day, connections: {}, visitors: null, chain: null });

export const countedIn = (state: DayState, { connections }: CountsLine): DayState => ({
  ...state,
  connections: sumOf([state.connections, connections]),
});

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const categories = v.optional(v.record(v.picklist(failureKeys), natural), {});
const dayState = v.strictObject({
  day: v.string(),
  connections: v.strictObject({
    http: categories,
    https: categories,
    server: categories,
    dialback: categories,
    reverse: categories,
  }),
  visitors: v.nullable(
    v.strictObject({
      all: natural,
      website: natural,
      bounty: natural,
      http: natural,
      https: natural,
      server: natural,
      dialback: natural,
      reverse: natural,
    }),
  ),
  chain: v.nullable(v.strictObject({ first: natural, last: natural, digest: v.string() })),
});

export const readDay = (text: string): DayState => v.parse(dayState, JSON.parse(text));
