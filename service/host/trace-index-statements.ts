import type { DatabaseSync } from 'node:sqlite';
import type { FailureKey } from '../trace/index.ts';

/** No flood takes away how a breach was done; and of many, the first show it, so that they fill nothing either. */
export const firstBreaches = `SELECT number, segment FROM attempts
  WHERE category = (SELECT id FROM words WHERE word = '${'breach' satisfies FailureKey}') ORDER BY number LIMIT 8`;

/** What the index is written by. */
export const statementsOf = (database: DatabaseSync) => ({
  meta: database.prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value'),
  day: database.prepare('INSERT INTO days VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state'),
  registers: database.prepare(
    'INSERT INTO registers VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET bytes = excluded.bytes',
  ),
  clearRegisters: database.prepare("DELETE FROM registers WHERE scope = 'day'"),
  generation: database.prepare('INSERT INTO generations (line) VALUES (?)'),
  attempts: database.prepare(
    'INSERT INTO segments VALUES (?, ?, 0) ON CONFLICT DO UPDATE SET attempts = attempts + excluded.attempts',
  ),
  segment: database.prepare('SELECT attempts, dropped FROM segments WHERE id = ?'),
  drop: database.prepare('UPDATE segments SET dropped = 1 WHERE id = ?'),
  attempt: database.prepare('INSERT INTO attempts VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)'),
  greeting: database.prepare('INSERT INTO greetings VALUES (?, ?, ?, ?)'),
  certificate: database.prepare(
    `INSERT INTO certificates VALUES (?, ?, ?, ?, 1, ?, ?, ?) ON CONFLICT DO UPDATE SET
      count = count + 1, category = excluded.category, detail = excluded.detail,
      last_at = excluded.last_at, last_attempt = excluded.last_attempt`,
  ),
  pruneAttempts: database.prepare(
    `DELETE FROM attempts WHERE number <= ? AND number NOT IN (SELECT number FROM (${firstBreaches}))`,
  ),
  pruneGreetings: database.prepare(
    `DELETE FROM greetings WHERE number <=
      (SELECT number FROM greetings ORDER BY number DESC LIMIT 1 OFFSET ?)`,
  ),
  pruneCertificates: database.prepare(
    `DELETE FROM certificates WHERE last_attempt <=
      (SELECT last_attempt FROM certificates ORDER BY last_attempt DESC LIMIT 1 OFFSET ?)`,
  ),
  pageCount: database.prepare('PRAGMA page_count'),
  pageSize: database.prepare('PRAGMA page_size'),
});
