import {
  begin,
  type Classification,
  type ConnectionEvent,
  conclude,
  type FailureKey,
  type HandshakeStage,
  type LifecycleEvent,
  type Observed,
  observe,
  type PortKey,
  type ReleaseKind,
  stageOf,
  type TraceStep,
} from '../trace/index.ts';
import type { Clock } from './clock.ts';
import { type RecordedAttempt, Recorder } from './recorder.ts';

/* One connection, as the ledger knows it: told of while it lasts, and written down when it ends. */

export interface LedgerEntry {
  /** What came over TLS; `judge` does with it what is to be done, and what comes of that is told meanwhile. */
  received(bytes: Uint8Array, judge: () => void): void;
  tell(event: ConnectionEvent): void;
  /** What was told of it so far; undefined where nothing is recorded. */
  steps(): readonly TraceStep[] | undefined;
  /** The last thing told: it is in the statistics from here on. */
  end(event: LifecycleEvent): void;
}

/** A visit that is over. */
export interface Ended {
  readonly port: PortKey;
  /** The address prefix. */
  readonly visitor: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly classification: Classification;
}

/** Our client's end of what may become a bridge. */
export type ClientPort = 'dialback' | 'reverse';

/** What all visits write into. */
export interface Book {
  readonly clock: Clock;
  readonly test: boolean;
  /** Of an address prefix, for today. */
  readonly pseudonym: (prefix: string) => string;
  opened(port: PortKey, at: number): void;
  /** Of a handshake, at most once each. */
  reached(port: PortKey, stage: HandshakeStage): void;
  /** Our client wrote its Finished: from here on the other end can succeed. */
  finished(client: ClientPort, clientRandom: Uint8Array): void;
  ended(visit: Ended): void;
  /** Of a visit that ended just now. */
  attempted(attempt: RecordedAttempt): void;
  released(release: ReleaseKind, clientRandom: Uint8Array | undefined): void;
}

/** Who says nothing costs almost nothing: no recorder is made before there is something to record. */
export class Visit implements LedgerEntry {
  readonly #book: Book;
  readonly #port: PortKey;
  readonly #role: 'server' | 'client' | undefined;
  readonly #visitor: string;
  readonly #opened: number;
  readonly #began: number;
  #observed: Observed;
  #clientRandom: Uint8Array | undefined;
  #recorder: Recorder | undefined;
  #ended = false;

  constructor(book: Book, port: PortKey, role: 'server' | 'client' | undefined, visitor: string) {
    this.#book = book;
    this.#port = port;
    this.#role = role;
    this.#visitor = visitor;
    this.#opened = book.clock.seconds();
    this.#began = book.clock.monotonic();
    this.#observed = observe(begin(), { type: 'opened', port, role });
    book.opened(port, this.#opened * 1000);
  }

  get #recording(): Recorder | undefined {
    if (this.#recorder !== undefined || this.#role === undefined) return this.#recorder;
    const { pseudonym, test, clock } = this.#book;
    this.#recorder = new Recorder({
      port: this.#port,
      role: this.#role,
      visitor: pseudonym(this.#visitor),
      test,
      at: this.#opened * 1000,
      began: this.#began,
      clock: clock.monotonic,
    });
    return this.#recorder;
  }

  received(bytes: Uint8Array, judge: () => void): void {
    const recording = this.#recording;
    if (recording === undefined) judge();
    else recording.received(bytes, judge);
  }

  tell(event: ConnectionEvent): void {
    if (event.type === 'client_random') this.#clientRandom = event.random.slice();
    const isOurFinished = this.#role === 'client' && event.type === 'transcript' && event.direction === 'sent';
    if (isOurFinished && this.#clientRandom !== undefined) {
      this.#book.finished(this.#port === 'dialback' ? 'dialback' : 'reverse', this.#clientRandom);
    }
    const stage = stageOf(event);
    if (stage !== undefined) this.#book.reached(this.#port, stage);
    this.#observed = observe(this.#observed, event);
    this.#recording?.tell(event);
  }

  steps(): readonly TraceStep[] | undefined {
    return this.#recorder?.steps;
  }

  end(event: LifecycleEvent): void {
    if (this.#ended) return;
    this.#ended = true;
    this.tell(event);
    const classification = conclude(this.#observed);
    const [book, port] = [this.#book, this.#port];
    book.ended({ port, visitor: this.#visitor, at: book.clock.seconds() * 1000, classification });
    const recording = isAttempt(port, classification.key) ? this.#recording : undefined;
    if (recording !== undefined) book.attempted(recording.finish(classification));
    if (event.type === 'released') book.released(event.release, this.#clientRandom);
  }
}

/**
 * The page answered, and was told so by HTTP: that is no attempt. What failed on its port is one. A probe of the page's port is
 * a whole handshake where there is no bait; one of the bounty's ports is recorded, whoever says that it is ours.
 */
const isAttempt = (port: PortKey, category: FailureKey): boolean =>
  port !== 'https' || !(category.startsWith('website.') || category.startsWith('http.') || category === 'probe');
