import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { attemptText, numbered } from './attempt-text.ts';
import type { Clock } from './clock.ts';
import { type Log, originOf } from './log.ts';
import type { TraceIndex, WrittenAttempt, WrittenBatch } from './trace-index.ts';
import { journalText } from './trace-journal.ts';
import type { Batch, TraceQueue } from './trace-queue.ts';
import type { SegmentInfo, TraceSegments } from './trace-segments.ts';

/* What waits in the queue is written to the open segment, one batch after the other, and entered in the index. */

export interface WriterOptions {
  readonly segments: TraceSegments;
  readonly index: TraceIndex;
  readonly queue: TraceQueue;
  readonly clock: Clock;
  readonly log: Log;
  /** A segment is closed once it has so much text, or is so old. */
  readonly segmentBytes: number;
  readonly segmentMilliseconds: number;
  /** A segment was closed: there is time to see whether there is too much. */
  readonly onSealed: () => void;
}

/** Long enough for a few attempts to be written together, short enough for whoever reloads the page. */
const patience = 100;
const retryAfter = 5000;

export class TraceWriter {
  readonly #options: WriterOptions;
  #open: { readonly segment: SegmentInfo; readonly since: number } | undefined;
  /** Taken from the queue, and not yet in a segment; in a segment, and not yet in the index. */
  #unwritten: Batch | undefined;
  #unindexed: WrittenBatch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #failing = false;
  readonly #journalBytes = new Encoded();
  readonly #bodyBytes = new Encoded();

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Goes on with a segment that was open when the process ended. */
  async resume(segment: SegmentInfo): Promise<void> {
    await this.#options.segments.begin(segment.id, segment.day);
    this.#open = { segment, since: this.#options.clock.monotonic() };
  }

  /** Something waits. */
  wake(): void {
    if (this.#timer !== undefined || this.#writing !== undefined) return;
    this.#timer = setTimeout(() => void this.#write(), this.#failing ? retryAfter : patience);
    this.#timer.unref();
  }

  /** Rejects if what waits cannot be written. */
  async flush(): Promise<void> {
    while (this.#hasWork() || this.#writing !== undefined) {
      await (this.#writing ?? this.#write());
      if (this.#failing) throw new Error('the traces cannot be written: the log says why');
    }
  }

  /** What cannot be written is lost, and the log says so. */
  async close(): Promise<void> {
    await this.flush().catch(() => undefined);
    clearTimeout(this.#timer);
    await this.#options.segments.close();
  }

  #hasWork(): boolean {
    return !this.#options.queue.isEmpty || this.#unwritten !== undefined || this.#unindexed !== undefined;
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
        if (this.#hasWork()) this.wake();
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
      // Others are served between two batches: what is in memory is written at once, and would not wait for anything.
      if (this.#hasWork()) await turnOfTheLoop();
    }
    await segments.sync();
  }

  async #writeBatch({ day, generations, counts, life, attempts }: Batch): Promise<WrittenBatch> {
    const { index, segments } = this.#options;
    const segment = await this.#segmentFor(day);
    let bodies = '';
    let offset = segments.openLength.bodies;
    const written = attempts.map((attempt, i): WrittenAttempt => {
      const text = attemptText(attempt);
      const [head, line] = numbered(text, index.state.attempts + 1 + i);
      const address = { offset, length: Buffer.byteLength(line) };
      offset += address.length + 1;
      bodies += `${line}\n`;
      return { head, text: journalText(head), body: address, finds: text.finds };
    });
    const counted = counts === undefined ? [] : [counts];
    // What was counted stands before what was recorded of it: a crash in between leaves no attempt that was no connection.
    const journal = [...[...generations, ...counted].map(journalText), ...written.map(({ text }) => text)];
    await segments.write(
      this.#journalBytes.of(journal.map((line) => `${line}\n`).join('')),
      this.#bodyBytes.of(bodies),
    );
    const { journal: journalEnd } = segments.openLength;
    return { segment: segment.id, day, journalEnd, generations, counts: counted, life, attempts: written };
  }

  /** The open segment, if it may still take a batch of that day; or else a new one. */
  async #segmentFor(day: string): Promise<SegmentInfo> {
    const { segments, clock, segmentBytes, segmentMilliseconds, onSealed } = this.#options;
    const { journal, bodies } = segments.openLength;
    const full = Math.max(journal, bodies) >= segmentBytes;
    if (this.#open !== undefined) {
      const old = clock.monotonic() - this.#open.since >= segmentMilliseconds;
      if (this.#open.segment.day === day && !full && !old) return this.#open.segment;
      this.#open = undefined; // whatever becomes of it: what is closed is compressed now, or when the store is opened again
      await segments.seal().finally(onSealed);
    }
    const segment: SegmentInfo = { id: (segments.list.at(-1)?.id ?? 0) + 1, day, hasBodies: true };
    await segments.begin(segment.id, day);
    this.#open = { segment, since: clock.monotonic() };
    return segment;
  }
}

/**
 * Text as UTF-8, in memory that is used again: what is written is megabytes a second in a flood, outside of V8's heap, and V8
 * collects all of it as often as that has grown.
 */
class Encoded {
  readonly #encoder = new TextEncoder();
  #memory = new Uint8Array(0);

  /** Until it is asked for another. */
  of(text: string): Uint8Array {
    const length = Buffer.byteLength(text);
    if (length > this.#memory.length) this.#memory = new Uint8Array(2 * length);
    this.#encoder.encodeInto(text, this.#memory);
    return this.#memory.subarray(0, length);
  }
}

/** Of the system: ENOSPC says more than where it was met. */
export const codeOf = (error: unknown): Readonly<Record<string, string>> =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
