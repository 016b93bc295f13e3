import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { hexToBytes } from '@noble/hashes/utils.js';
import type { AttemptHead, FailureKey, GenerationLine } from '../trace/index.ts';
import { integerOf, meta, rowsOf, textOf, transaction } from './trace-database.ts';
import type { Finds } from './trace-finds.ts';
import type { CountsLine } from './trace-journal.ts';
import { countedIn, type DayState, newDay, PortRegisters, readDay } from './trace-statistics.ts';
import { TraceWords } from './trace-words.ts';

/* Writes the index: what was written to a segment, in one transaction for each batch. `trace-queries.ts` reads it. */

export interface WrittenAttempt {
  readonly head: AttemptHead;
  /** Its line. */
  readonly text: string;
  readonly body: { readonly offset: number; readonly length: number };
  readonly finds: Finds;
}

/** What stands in a stretch of a segment's journal. */
export interface WrittenBatch {
  readonly segment: number;
  readonly day: string;
  /** Where that stretch ends. */
  readonly journalEnd: number;
  readonly generations: readonly GenerationLine[];
  readonly counts: readonly CountsLine[];
  readonly attempts: readonly WrittenAttempt[];
}

/** How much is kept of what strangers could fill a store with: the newest. */
export interface IndexBounds {
  /** All of them where it is undefined. */
  readonly attempts: number | undefined;
  readonly greetings: number;
  readonly certificates: number;
}

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

export class TraceIndex {
  readonly database: DatabaseSync;
  readonly words: TraceWords;
  /** Under the store's key, and under the key of the day. */
  readonly life = new PortRegisters('life');
  readonly today = new PortRegisters('day');
  readonly #bounds: IndexBounds;
  readonly #statements: ReturnType<typeof statementsOf>;
  #state: IndexState;
  #finds = 0;

  constructor(database: DatabaseSync, bounds: IndexBounds) {
    this.database = database;
    this.words = new TraceWords(database);
    this.#bounds = bounds;
    this.#statements = statementsOf(database);
    this.#state = stateIn(database);
    this.life.load(database);
    this.today.load(database);
  }

  get state(): IndexState {
    return this.#state;
  }

  get bytes(): number {
    const { pageCount, pageSize } = this.#statements;
    return integerOf(pageCount.get() ?? {}, 'page_count') * integerOf(pageSize.get() ?? {}, 'page_size');
  }

  /** Whose heads are in the index. */
  attemptsIn(segment: number): number {
    const row = this.#statements.segment.get(segment);
    return row === undefined ? 0 : integerOf(row, 'attempts');
  }

  /** All of it or nothing, and shown from here on. */
  apply(batch: WrittenBatch): void {
    this.#commit(() => this.#write(batch));
  }

  /** The bodies of a segment are gone. */
  dropped(segment: number): void {
    const row = this.#statements.segment.get(segment);
    if (row === undefined || integerOf(row, 'dropped') === 1) return;
    this.#commit(() => {
      this.#statements.drop.run(segment);
      return { ...this.#state, droppedBodies: this.#state.droppedBodies + integerOf(row, 'attempts') };
    });
  }

  #commit(write: () => IndexState): void {
    let next = this.#state;
    try {
      transaction(this.database, () => {
        next = write();
        this.#save(next);
      });
    } catch (error) {
      this.words.load();
      throw error;
    }
    this.#state = next;
    this.life.saved();
    this.today.saved();
  }

  #write({ segment, day, journalEnd, generations, counts, attempts }: WrittenBatch): IndexState {
    let state = this.#dayOf(day);
    for (const line of generations) this.#statements.generation.run(JSON.stringify(line));
    for (const line of counts) state = this.#count(state, line);
    for (const attempt of attempts) state = this.#attempt(state, segment, attempt);
    this.#statements.attempts.run(segment, attempts.length);
    this.#prune(state);
    return { ...state, position: { segment, journalEnd } };
  }

  /** With this day as the last one. The day before is over, and so are its registers. */
  #dayOf(day: string): IndexState {
    const state = this.#state;
    if (state.day?.day === day) return state;
    if (state.day === undefined) return { ...state, day: newDay(day) };
    const over: DayState = { ...state.day, visitors: this.today.counts };
    this.#statements.day.run(over.day, JSON.stringify(over));
    this.#statements.clearRegisters.run();
    this.today.clear();
    return { ...state, past: [...state.past, over], day: newDay(day) };
  }

  #count(state: IndexState, line: CountsLine): IndexState {
    this.life.add(line.visitors.life);
    this.today.add(line.visitors.day);
    return {
      ...state,
      sampledAway: state.sampledAway + line.sampledAway,
      first: Math.min(state.first ?? line.first, line.first),
      last: Math.max(state.last ?? line.last, line.last),
      day: state.day && countedIn(state.day, line),
    };
  }

  #attempt(state: IndexState, segment: number, attempt: WrittenAttempt): IndexState {
    const { head, text } = attempt;
    this.#insert(segment, attempt);
    this.#keepFinds(attempt);
    const digest = createHash('sha256').update(state.digest).update(text).digest();
    const chain = { first: state.day?.chain?.first ?? head.number, last: head.number, digest: digest.toString('hex') };
    return { ...state, attempts: head.number, digest, day: state.day && { ...state.day, chain } };
  }

  #insert(segment: number, { head, body }: WrittenAttempt): void {
    const { words } = this;
    const idOrNull = (word: string | null): number | null => (word === null ? null : words.id(word));
    this.#statements.attempt.run(
      ...[head.number, head.at, head.milliseconds],
      ...[words.id(head.port), words.id(head.role), hexToBytes(head.visitor), idOrNull(head.generation)],
      ...[idOrNull(head.version), idOrNull(head.state), words.id(head.category), idOrNull(head.reason)],
      ...[head.alertSent, head.alertReceived, head.bytesReceived, head.bytesSent, head.test ? 1 : 0],
      ...[hexToBytes(head.bodySha256), segment, body.offset, body.length],
    );
  }

  #keepFinds({ head, finds: { greeting, certificate } }: WrittenAttempt): void {
    if (greeting !== undefined) {
      this.#statements.greeting.run(head.number, head.at, this.words.id(head.port), hexToBytes(greeting));
    }
    if (greeting !== undefined || certificate !== undefined) this.#finds += 1;
    if (certificate === undefined) return;
    const { der, detail } = certificate;
    const sha256 = createHash('sha256').update(der).digest();
    this.#statements.certificate.run(
      ...[sha256, der, this.words.id(head.category), detail, head.at, head.at, head.number],
    );
  }

  /** Looking for what is too much goes through all that is not: once in a while is often enough. */
  #prune({ attempts }: IndexState): void {
    const { attempts: kept, greetings, certificates } = this.#bounds;
    if (kept !== undefined) this.#statements.pruneAttempts.run(attempts - kept);
    if (this.#finds < findsBetweenPrunings) return;
    this.#finds = 0;
    this.#statements.pruneGreetings.run(greetings);
    this.#statements.pruneCertificates.run(certificates);
  }

  #save({ day, position, digest, attempts, sampledAway, droppedBodies, first, last }: IndexState): void {
    if (day !== undefined) this.#statements.day.run(day.day, JSON.stringify(day));
    this.life.save(this.#statements.registers);
    this.today.save(this.#statements.registers);
    const numbers = { attempts, sampledAway, droppedBodies, first: first ?? -1, last: last ?? -1, ...position };
    for (const [key, value] of Object.entries(numbers)) this.#statements.meta.run(key, value);
    this.#statements.meta.run('digest', digest);
  }
}

const findsBetweenPrunings = 500;

function stateIn(database: DatabaseSync): IndexState {
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

/** No flood takes away how a breach was done; and of many, the first show it, so that they fill nothing either. */
export const firstBreaches = `SELECT number, segment FROM attempts
  WHERE category = (SELECT id FROM words WHERE word = '${'breach' satisfies FailureKey}') ORDER BY number LIMIT 8`;

const statementsOf = (database: DatabaseSync) => ({
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
