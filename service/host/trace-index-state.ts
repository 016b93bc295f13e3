import type { DatabaseSync } from 'node:sqlite';
import { meta, rowsOf, textOf } from './trace-database.ts';
import { type DayState, readDay } from './trace-statistics.ts';

/* What an index knows of the whole: kept in memory, and written with each batch. */

export interface IndexState {
  /** The number of the newest. */
  readonly attempts: number;
  readonly sampledAway: number;
  readonly droppedBodies: number;
  /** Milliseconds since 1970; undefined before there was a connection. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** The end of the chain. */
  readonly digest: Uint8Array;
  /** Up to where a journal is in the index. */
  readonly position: { readonly segment: number; readonly journalEnd: number };
  /** Days that are over, the oldest first, and the last one there was anything on. */
  readonly past: readonly DayState[];
  readonly day: DayState | undefined;
}

export function stateIn(database: DatabaseSync): IndexState {
  const number = (key: string, preset: number): number => {
    const value = meta(database, key);
    return typeof value === 'number' ? value : preset;
  };
  const time = (key: string): number | undefined => (number(key, -1) < 0 ? undefined : number(key, -1));
  const digest = meta(database, 'digest');
  const days = rowsOf(database.prepare('SELECT state FROM days ORDER BY day')).map((row) =>
    readDay(textOf(row, 'state')),
  );
  return {
    attempts: number('attempts', 0),
    sampledAway: number('sampledAway', 0),
    droppedBodies: number('droppedBodies', 0),
    first: time('first'),
    last: time('last'),
    digest: digest instanceof Uint8Array ? digest : new Uint8Array(32),
    position: { segment: number('segment', 0), journalEnd: number('journalEnd', 0) },
    past: days.slice(0, -1),
    day: days.at(-1),
  };
}
