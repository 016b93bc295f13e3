import { createHash } from 'node:crypto';
import { hexToBytes } from '@noble/hashes/utils.js';
import {
  type ArchivedAttempt,
  type ArchiveSummary,
  type AttemptBody,
  type AttemptHead,
  type AttemptQuery,
  type DayTally,
  type GenerationLine,
  type Greeting,
  type PageQuery,
  parseAttemptBody,
  portKeys,
  type RejectedCertificate,
  traceFormat,
} from '../trace/index.ts';
import type { Clock } from './clock.ts';
import { type Log, originOf } from './log.ts';
import type { RecordedAttempt } from './recorder.ts';
import { closeDatabase } from './trace-database.ts';
import { findsIn } from './trace-finds.ts';
import type { TraceIndex, WrittenAttempt, WrittenBatch } from './trace-index.ts';
import { journalText } from './trace-journal.ts';
import { type IndexedAttempt, TraceQueries } from './trace-queries.ts';
import type { Batch, TraceQueue } from './trace-queue.ts';
import { joined, newline, type SegmentInfo, type TraceSegments } from './trace-segments.ts';
import { byCategory, byPort, type DayState, sumOf } from './trace-statistics.ts';
import type { CountedConnection, TraceStore } from './trace-store.ts';

/*
 * A store of traces: a queue, segments, and an index of them. Attempts and counts wait in the queue for a moment; then they are
 * written to the open segment, one batch after the other, and entered in the index; only then are they shown.
 */

export interface StoreOptions {
  readonly segments: TraceSegments;
  readonly index: TraceIndex;
  readonly queue: TraceQueue;
  readonly clock: Clock;
  readonly log: Log;
  /** A segment is closed once it has so much text, or is so old. */
  readonly segmentBytes: number;
  readonly segmentMilliseconds: number;
  /** Of all there is; beyond it the oldest bodies go. */
  readonly budgetBytes: number;
  /** What becomes known of a breach at once is that there was one (design §4.2). */
  readonly breachDelayMilliseconds: number;
}

/** Long enough for a few attempts to be written together, short enough for whoever reloads the page. */
const patience = 100;
const retryAfter = 5000;

export class SegmentedTraceStore implements TraceStore {
  readonly #options: StoreOptions;
  readonly #queries: TraceQueries;
  #open: { readonly segment: SegmentInfo; readonly since: number } | undefined;
  /** Taken from the queue, and not yet in a segment; in a segment, and not yet in the index. */
  #unwritten: Batch | undefined;
  #unindexed: WrittenBatch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #failing = false;
  #summary: { readonly of: unknown; readonly summary: ArchiveSummary } | undefined;
  readonly #tallies = new WeakMap<DayState, DayTally>();

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#queries = new TraceQueries(options.index);
  }

  count(connection: CountedConnection): void {
    this.#options.queue.count(this.#today(), connection);
    this.#wake();
  }

  append(attempt: RecordedAttempt): void {
    this.#options.queue.append(this.#today(), attempt, this.#options.clock.monotonic());
    this.#wake();
  }

  generation(line: GenerationLine): void {
    this.#options.queue.generation(this.#today(), line);
    this.#wake();
  }

  async flush(): Promise<void> {
    while (this.#hasWork()) {
      await (this.#writing ?? this.#write());
      if (this.#failing) throw new Error('the traces cannot be written: the log says why');
    }
  }

  /** What cannot be written is lost, and the log says so. */
  async close(): Promise<void> {
    await this.flush().catch(() => undefined);
    clearTimeout(this.#timer);
    try {
      await this.#options.segments.close();
      closeDatabase(this.#options.index.database);
    } catch (error) {
      this.#options.log('traces_unclosed', { ...originOf(error), ...codeOf(error) });
    }
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

  /** Goes on with a segment that was open when the process ended. */
  async resume(segment: SegmentInfo): Promise<void> {
    await this.#options.segments.begin(segment.id, segment.day);
    this.#open = { segment, since: this.#options.clock.monotonic() };
  }

  #body({ head, ...address }: IndexedAttempt): ArchivedAttempt['body'] {
    const { clock, breachDelayMilliseconds, segments } = this.#options;
    if (head.category === 'breach' && clock.seconds() * 1000 < head.at + breachDelayMilliseconds) return 'withheld';
    const bytes = segments.read(address.segment, address.offset, address.length);
    if (bytes === undefined || sha256(bytes) !== head.bodySha256) return 'dropped';
    const parsed = parseAttemptBody(new TextDecoder().decode(bytes));
    return parsed.ok ? parsed.value : 'dropped';
  }

  #tally(state: DayState): DayTally {
    const { today, state: newest } = this.#options.index;
    const known = this.#tallies.get(state);
    if (known !== undefined) return known;
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
    const now = new Date(this.#options.clock.seconds() * 1000).toISOString().slice(0, 10);
    const last = this.#options.index.state.day?.day;
    return last !== undefined && last > now ? last : now;
  }

  #hasWork(): boolean {
    const { queue } = this.#options;
    return !queue.isEmpty || this.#unwritten !== undefined || this.#unindexed !== undefined;
  }

  #wake(): void {
    if (this.#timer !== undefined || this.#writing !== undefined) return;
    this.#timer = setTimeout(() => void this.#write(), this.#failing ? retryAfter : patience);
    this.#timer.unref();
  }

  /** Never rejects. What failed is tried again later: nothing of it is lost, and what comes meanwhile is sampled. */
  #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writeAll()
      .then(() => {
        if (this.#failing) this.#options.log('traces_written_again');
        this.#failing = false;
      })
      .catch((error: unknown) => {
        if (!this.#failing) this.#options.log('traces_unwritten', { ...originOf(error), ...codeOf(error) });
        this.#failing = true;
      })
      .finally(() => {
        this.#writing = undefined;
        if (this.#hasWork()) this.#wake();
      });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    const { index, queue, segments } = this.#options;
    while (this.#hasWork()) {
      if (this.#unindexed === undefined) {
        this.#unwritten ??= queue.take((scope, port, register, rank) =>
          (scope === 'life' ? index.life : index.today).knows(port, register, rank),
        );
        if (this.#unwritten === undefined) break;
        this.#unindexed = await this.#writeBatch(this.#unwritten);
        this.#unwritten = undefined;
      }
      index.apply(this.#unindexed);
      this.#unindexed = undefined;
    }
    await segments.sync();
  }

  async #writeBatch(batch: Batch): Promise<WrittenBatch> {
    const { index, segments } = this.#options;
    const segment = await this.#segmentFor(batch.day);
    const first = index.state.attempts + 1;
    let offset = segments.openLength.bodies;
    const bodies: Uint8Array[] = [];
    const attempts = batch.attempts.map(({ head, steps, omitted }, i): WrittenAttempt => {
      const body: AttemptBody = { format: traceFormat, number: first + i, steps, omitted };
      const line = encoded(JSON.stringify(body));
      const address = { offset, length: line.length };
      bodies.push(line, newlineBytes);
      offset += line.length + 1;
      const whole: AttemptHead = { number: first + i, ...head, bodySha256: sha256(line) };
      return { head: whole, text: journalText(whole), body: address, finds: findsIn(whole, steps) };
    });
    const counts = batch.counts === undefined ? [] : [batch.counts];
    // What was counted stands before what was recorded of it: a crash in between leaves no attempt that was no connection.
    const journal = [...[...batch.generations, ...counts].map(journalText), ...attempts.map(({ text }) => text)];
    await segments.write(encoded(journal.map((text) => `${text}\n`).join('')), joined(bodies));
    const { generations, day } = batch;
    return { segment: segment.id, day, journalEnd: segments.openLength.journal, generations, counts, attempts };
  }

  /** The open segment, if it may still take a batch of that day; or else a new one. */
  async #segmentFor(day: string): Promise<SegmentInfo> {
    const { segments, clock, segmentBytes, segmentMilliseconds } = this.#options;
    const { journal, bodies } = segments.openLength;
    const full = Math.max(journal, bodies) >= segmentBytes;
    if (this.#open !== undefined) {
      const old = clock.monotonic() - this.#open.since >= segmentMilliseconds;
      if (this.#open.segment.day === day && !full && !old) return this.#open.segment;
      await segments.seal();
      this.#open = undefined;
      this.#keepWithinBudget();
    }
    const segment: SegmentInfo = { id: (segments.list.at(-1)?.id ?? 0) + 1, day, hasBodies: true };
    await segments.begin(segment.id, day);
    this.#open = { segment, since: clock.monotonic() };
    return segment;
  }

  /** What is open grows until it is closed: there is room for it. No flood takes away how a breach was done. */
  #keepWithinBudget(): void {
    const { segments, index, budgetBytes, segmentBytes } = this.#options;
    for (const { id, hasBodies } of segments.list) {
      if (segments.bytes + index.bytes + 2 * segmentBytes <= budgetBytes) return;
      if (!hasBodies || this.#queries.hasBreach(id)) continue;
      segments.drop(id);
      index.dropped(id);
    }
  }
}

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);
const newlineBytes = Uint8Array.of(newline);

/** Of the system: ENOSPC says more than where it was met. */
const codeOf = (error: unknown): Readonly<Record<string, string>> =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
