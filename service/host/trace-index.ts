import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { hexToBytes } from '@noble/hashes/utils.js';
import type { AttemptHead, GenerationLine } from '../trace/index.ts';
import { integerOf, transaction } from './trace-database.ts';
import type { Finds } from './trace-finds.ts';
import { type IndexState, stateIn } from './trace-index-state.ts';
import { statementsOf } from './trace-index-statements.ts';
import type { CountsLine } from './trace-journal.ts';
import { countedIn, type DayState, newDay } from './trace-statistics.ts';
import { TraceWords } from './trace-words.ts';
import type { VisitorTraces } from './visitor-footprints.ts';
import { PortRegisters } from './visitor-registers.ts';

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
  /** Of visitors, under the store's key; no segment tells of them. */
  readonly life?: VisitorTraces;
  readonly attempts: readonly WrittenAttempt[];
}

/** How much is kept of what strangers could fill a store with: the newest. */
export interface IndexBounds {
  /** All of them where it is undefined. */
  readonly attempts: number | undefined;
  readonly greetings: number;
  readonly certificates: number;
}

export class TraceIndex {
  readonly database: DatabaseSync;
  readonly words: TraceWords;
  /** Of visitors: under the store's key, and under the key of the day. */
  readonly life = new PortRegisters('life');
  #today = new PortRegisters('day');
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
    this.#today.load(database);
  }

  get today(): PortRegisters {
    return this.#today;
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

  /** What was kept beside an index that is gone. */
  restoreLife(registers: Uint8Array): void {
    this.#commit(() => {
      this.life.restore(registers);
      return this.#state;
    });
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
    const today = this.#today;
    try {
      transaction(this.database, () => {
        next = write();
        this.#save(next);
      });
    } catch (error) {
      this.#today = today;
      this.words.load();
      throw error;
    }
    this.#state = next;
    this.life.saved();
    this.#today.saved();
  }

  #write({ segment, day, journalEnd, generations, counts, life = {}, attempts }: WrittenBatch): IndexState {
    let state = this.#dayOf(day);
    this.life.add(life);
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
    const over: DayState = { ...state.day, visitors: this.#today.counts };
    this.#statements.day.run(over.day, JSON.stringify(over));
    this.#statements.clearRegisters.run();
    this.#today = new PortRegisters('day');
    return { ...state, past: [...state.past, over], day: newDay(day) };
  }

  #count(state: IndexState, line: CountsLine): IndexState {
    this.#today.add(line.visitors);
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
    this.#today.save(this.#statements.registers);
    const numbers = { attempts, sampledAway, droppedBodies, first: first ?? -1, last: last ?? -1, ...position };
    for (const [key, value] of Object.entries(numbers)) this.#statements.meta.run(key, value);
    this.#statements.meta.run('digest', digest);
  }
}

const findsBetweenPrunings = 500;
