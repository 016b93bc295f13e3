import { createHash } from 'node:crypto';
import { hexToBytes } from '@noble/hashes/utils.js';
import {
  type ArchivedAttempt,
  type ArchiveSummary,
  type AttemptHead,
  type AttemptQuery,
  type DayTally,
  type FailureKey,
  type GenerationLine,
  type Greeting,
  type PageQuery,
  parseAttemptBody,
  portKeys,
  type RejectedCertificate,
} from '../trace/index.ts';
import type { KeptAttempt } from './attempt-text.ts';
import { originOf } from './log.ts';
import { byCategory, byPort, sumOf } from './trace-counts.ts';
import { closeDatabase } from './trace-database.ts';
import { type IndexedAttempt, TraceQueries } from './trace-queries.ts';
import type { SegmentInfo } from './trace-segments.ts';
import type { DayState } from './trace-statistics.ts';
import type { CountedConnection, TraceStore } from './trace-store.ts';
import { codeOf, TraceWriter, type WriterOptions } from './trace-writer.ts';

/*
 * A store of traces: a queue, segments, and an index of them. Attempts and counts wait in the queue for a moment, and are shown
 * once they are written.
 */

export interface StoreOptions extends Omit<WriterOptions, 'onSealed'> {
  /** Of all there is; beyond it the oldest bodies go. */
  readonly budgetBytes: number;
  /** What becomes known of a breach at once is that there was one (design §4.2). */
  readonly breachDelayMilliseconds: number;
  /** Keeps the registers of visitors beside the index, which may be lost. */
  readonly keepVisitors: (registers: Uint8Array) => void;
}

const secondsOfDay = 86_400;

export class SegmentedTraceStore implements TraceStore {
  readonly #options: StoreOptions;
  readonly #writer: TraceWriter;
  readonly #queries: TraceQueries;
  #summary: { readonly of: unknown; readonly summary: ArchiveSummary } | undefined;
  readonly #tallies = new WeakMap<DayState, DayTally>();
  #day = { number: -1, name: '' };

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#queries = new TraceQueries(options.index);
    this.#writer = new TraceWriter({ ...options, onSealed: () => this.#sealed() });
  }

  count(connection: CountedConnection): void {
    this.#options.queue.count(this.#today(), connection);
    this.#writer.wake();
  }

  append(attempt: KeptAttempt): void {
    this.#options.queue.append(this.#today(), attempt, this.#options.clock.monotonic());
    this.#writer.wake();
  }

  sampledAway(): void {
    this.#options.queue.sampledAway(this.#today());
    this.#writer.wake();
  }

  generation(line: GenerationLine): void {
    this.#options.queue.generation(this.#today(), line);
    this.#writer.wake();
  }

  flush(): Promise<void> {
    return this.#writer.flush();
  }

  async close(): Promise<void> {
    try {
      await this.#writer.close();
      this.#options.keepVisitors(this.#options.index.life.bytes);
      closeDatabase(this.#options.index.database);
    } catch (error) {
      this.#options.log('traces_unclosed', { ...originOf(error), ...codeOf(error) });
    }
  }

  resume(segment: SegmentInfo): Promise<void> {
    return this.#writer.resume(segment);
  }

  summary(): ArchiveSummary {
    const { index, segments } = this.#options;
    const { state } = index;
    if (this.#summary?.of === state) return this.#summary.summary;
    const counts = sumOf([...state.past, ...(state.day ? [state.day] : [])].map(({ connections }) => connections));
    const ports = byPort(counts);
    const summary: ArchiveSummary = {
      first: state.first,
      last: state.last,
      connections: portKeys.reduce((sum, port) => sum + ports[port], 0),
      attempts: state.attempts,
      droppedBodies: state.droppedBodies,
      sampledAway: state.sampledAway,
      byCategory: byCategory(counts),
      byPort: ports,
      visitors: index.life.counts,
      bytes: segments.bytes + index.bytes,
      where: segments.where,
    };
    this.#summary = { of: state, summary };
    return summary;
  }

  days(): readonly DayTally[] {
    const { past, day } = this.#options.index.state;
    return [...past.map((state) => this.#tally(state)), ...(day === undefined ? [] : [this.#tally(day)])];
  }

  newest(query: AttemptQuery): readonly AttemptHead[] {
    return this.#queries.newest(query);
  }

  attempt(number: number): ArchivedAttempt | undefined {
    const indexed = this.#queries.attempt(number);
    return indexed && { head: indexed.head, body: this.#body(indexed) };
  }

  guestBook(query: PageQuery): readonly Greeting[] {
    return this.#queries.guestBook(query);
  }

  rejectedCertificates(query: PageQuery): readonly RejectedCertificate[] {
    return this.#queries.rejectedCertificates(query);
  }

  rejectedCertificate(sha256: string): RejectedCertificate | undefined {
    return /^[0-9a-f]{64}$/.test(sha256) ? this.#queries.rejectedCertificate(hexToBytes(sha256)) : undefined;
  }

  generations(): readonly GenerationLine[] {
    return this.#queries.generations();
  }

  #body(attempt: IndexedAttempt): ArchivedAttempt['body'] {
    const { head } = attempt;
    const { clock, breachDelayMilliseconds } = this.#options;
    if (isRecipe(head.category) && clock.seconds() * 1000 < head.at + breachDelayMilliseconds) return 'withheld';
    const bytes = this.#read(attempt);
    if (bytes === undefined || createHash('sha256').update(bytes).digest('hex') !== head.bodySha256) return 'dropped';
    const parsed = parseAttemptBody(new TextDecoder().decode(bytes));
    return parsed.ok ? parsed.value : 'dropped';
  }

  /** What cannot be read is as good as gone, and stops no page. */
  #read({ segment, offset, length }: IndexedAttempt): Uint8Array | undefined {
    try {
      return this.#options.segments.read(segment, offset, length);
    } catch (error) {
      this.#options.log('trace_unreadable', { segment, ...originOf(error), ...codeOf(error) });
      return undefined;
    }
  }

  #tally(state: DayState): DayTally {
    const known = this.#tallies.get(state);
    if (known !== undefined) return known;
    const { today, state: newest } = this.#options.index;
    const closed = state.day !== newest.day?.day;
    const tally: DayTally = {
      day: state.day,
      byPort: byPort(state.connections),
      byCategory: byCategory(state.connections),
      visitors: state.visitors ?? today.counts,
      chain: state.chain === null ? undefined : { ...state.chain, closed },
    };
    this.#tallies.set(state, tally);
    return tally;
  }

  /** A day that something was written on is never gone back to, whatever the clock says. */
  #today(): string {
    const number = Math.floor(this.#options.clock.seconds() / secondsOfDay);
    if (number !== this.#day.number) {
      this.#day = { number, name: new Date(number * secondsOfDay * 1000).toISOString().slice(0, 10) };
    }
    const last = this.#options.index.state.day?.day;
    return last !== undefined && last > this.#day.name ? last : this.#day.name;
  }

  #sealed(): void {
    this.#keepWithinBudget();
    this.#options.keepVisitors(this.#options.index.life.bytes);
  }

  /**
   * What is open grows until it is closed: there is room for it. No flood takes away how a breach was done. Heads are never
   * dropped: where they alone are too much, attempts are counted from here on, and no more.
   */
  #keepWithinBudget(): void {
    const { segments, index, queue, budgetBytes, segmentBytes } = this.#options;
    const fits = (): boolean => segments.bytes + index.bytes + 2 * segmentBytes <= budgetBytes;
    for (const { id, hasBodies } of segments.list) {
      if (fits()) break;
      if (!hasBodies || this.#queries.hasBreach(id)) continue;
      segments.drop(id);
      index.dropped(id);
    }
    queue.full = !fits();
  }
}

/** How somebody broke in, or nearly did: past the engine, and held up by a check of the bait's own. */
const isRecipe = (category: FailureKey): boolean => category === 'breach' || category === 'withheld';
