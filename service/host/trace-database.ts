import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { Unstartable } from './unstartable.ts';

/* The index of a store: SQLite, on disk or in memory. It holds nothing that the segments do not tell, so it may be lost. */

/** Raised whenever the tables change: an index of another version is made anew. */
const version = 1;

const tables = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE attempts (
    number INTEGER PRIMARY KEY, at INTEGER NOT NULL, milliseconds INTEGER NOT NULL,
    port INTEGER NOT NULL, role INTEGER NOT NULL, visitor BLOB NOT NULL, generation INTEGER,
    version INTEGER, state INTEGER, category INTEGER NOT NULL, reason INTEGER,
    alert_sent INTEGER, alert_received INTEGER, bytes_received INTEGER NOT NULL, bytes_sent INTEGER NOT NULL,
    test INTEGER NOT NULL, body_sha256 BLOB NOT NULL,
    segment INTEGER NOT NULL, body_offset INTEGER NOT NULL, body_length INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX attempts_by_port ON attempts (port);
  CREATE INDEX attempts_by_category ON attempts (category);
  CREATE INDEX attempts_by_both ON attempts (category, port);
  CREATE TABLE segments (id INTEGER PRIMARY KEY, attempts INTEGER NOT NULL, dropped INTEGER NOT NULL) STRICT;
  CREATE TABLE days (day TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE registers (
    scope TEXT NOT NULL, port TEXT NOT NULL, page INTEGER NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (scope, port, page)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE greetings (
    number INTEGER PRIMARY KEY, at INTEGER NOT NULL, port INTEGER NOT NULL, bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE certificates (
    sha256 BLOB PRIMARY KEY, der BLOB NOT NULL, category INTEGER NOT NULL, detail TEXT NOT NULL, count INTEGER NOT NULL,
    first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, last_attempt INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX certificates_by_last_attempt ON certificates (last_attempt);
  CREATE TABLE generations (id INTEGER PRIMARY KEY, line TEXT NOT NULL) STRICT;
  PRAGMA user_version = ${version};
`;

export function memoryDatabase(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  database.exec(tables);
  return database;
}

/** `fresh`: there was none, or none to rely on, and it is to be filled from the segments. */
export interface OpenedDatabase {
  readonly database: DatabaseSync;
  readonly fresh: boolean;
}

/**
 * Nobody waits for this disk: SQLite hands its pages to the system and syncs none of them. What a process wrote is there when it
 * is killed; after a failure of the machine the index is made anew, which is told by the boot it was last open in.
 */
export function diskDatabase(path: string, how: 'as it is' | 'anew' = 'as it is'): OpenedDatabase {
  const existing = how === 'anew' ? undefined : openExclusively(path);
  if (existing !== undefined && isWhole(existing)) {
    markOpen(existing);
    return { database: existing, fresh: false };
  }
  existing?.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  const database = openExclusively(path);
  if (database === undefined) throw new Unstartable(`--data: ${path} cannot be made; is the disk full?`);
  database.exec(tables);
  markOpen(database);
  return { database, fresh: true };
}

export function closeDatabase(database: DatabaseSync): void {
  database.exec('PRAGMA synchronous = FULL');
  setMeta(database, 'open', 'no');
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

/** Undefined where the file is no database. Two processes must not write into one store: the lock goes with the process. */
function openExclusively(path: string): DatabaseSync | undefined {
  closeSync(openSync(path, 'a', 0o600)); // SQLite would let everybody read it
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; BEGIN EXCLUSIVE; COMMIT');
    return database;
  } catch (error) {
    database.close();
    if (codeOf(error) === busy) {
      throw new Unstartable(`--data: ${path} is in use by another process; stop that one, or choose another folder`);
    }
    return undefined;
  }
}

const busy = 5; // SQLITE_BUSY
const codeOf = (error: unknown): unknown => (error instanceof Error && 'errcode' in error ? error.errcode : undefined);

function isWhole(database: DatabaseSync): boolean {
  try {
    if (database.prepare('PRAGMA user_version').get()?.['user_version'] !== version) return false;
    const open = meta(database, 'open');
    return open === 'no' || (open !== '' && open === bootId());
  } catch {
    return false; // what it is, is no index of ours
  }
}

function markOpen(database: DatabaseSync): void {
  database.exec('PRAGMA synchronous = FULL');
  setMeta(database, 'open', bootId());
  database.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA synchronous = OFF');
}

/** Another one each time the machine starts; empty where the system does not tell. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

export const meta = (database: DatabaseSync, key: string): SQLOutputValue | undefined =>
  database.prepare('SELECT value FROM meta WHERE key = ?').get(key)?.['value'];

export const setMeta = (database: DatabaseSync, key: string, value: string | number | Uint8Array): void => {
  database.prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value').run(key, value);
};

/** All of it, or nothing. */
export function transaction(database: DatabaseSync, act: () => void): void {
  database.exec('BEGIN');
  try {
    act();
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

export type Row = Readonly<Record<string, SQLOutputValue>>;

/* What a column holds: the tables are STRICT, so that anything else is a defect of ours. */

export const integerOf = (row: Row | undefined, column: string): number => {
  const value = row?.[column];
  if (typeof value !== 'number') throw new TypeError(`column ${column} is no number`);
  return value;
};

export const integerOrNull = (row: Row, column: string): number | null =>
  row[column] === null ? null : integerOf(row, column);

export const textOf = (row: Row, column: string): string => {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`column ${column} is no text`);
  return value;
};

export const blobOf = (row: Row, column: string): Uint8Array => {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new TypeError(`column ${column} is no blob`);
  return value;
};

export const rowsOf = (
  statement: StatementSync,
  ...values: readonly (string | number | Uint8Array)[]
): readonly Row[] => statement.all(...values);
