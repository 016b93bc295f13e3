import { type Query, queryText } from './query.ts';

/** How many of a list there are on a page unless `limit` says another number. */
export const rowsOf = { attempts: 50, greetings: 50, certificates: 20, days: 31 } as const;

export interface Listing<Row> {
  readonly rows: readonly Row[];
  /** The query of the page after this; undefined where this is the last. */
  readonly next: Query | undefined;
}

/** One page of a list, the newest first. One row more than is shown is asked for: it says whether there is a page after this. */
export function listing<Row>(
  query: Query,
  rows: number,
  ask: (query: { readonly before?: number; readonly limit: number }) => readonly Row[],
  number: (row: Row) => number,
): Listing<Row> {
  const limit = query.limit ?? rows;
  const { before } = query;
  const found = ask({ ...(before === undefined ? {} : { before }), limit: limit + 1 });
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown,
    next: found.length > limit && last !== undefined ? { ...query, before: number(last) } : undefined,
  };
}

export const nextPath = (path: string, next: Query | undefined): string | undefined =>
  next === undefined ? undefined : path + queryText(next);
