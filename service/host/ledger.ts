import {
  begin,
  type ConnectionEvent,
  conclude,
  type FailureKey,
  HandshakeTally,
  hex,
  type LifecycleEvent,
  type Observed,
  observe,
  type PortKey,
  type ReleaseKind,
  Tally,
  type TallySnapshot,
  type TraceStep,
} from '../trace/index.ts';
import type { Clock } from './clock.ts';
import { Recorder } from './recorder.ts';
import type { TraceStore } from './trace-store.ts';

/* What happened at the doors: every connection is opened once, told of, and ended once, in one category. */

/** A bridge that succeeded, by what both of its ends and whoever relayed them have in clear. */
export interface Pair {
  readonly clientRandom: string;
  readonly at: number;
  readonly client: 'dialback' | 'reverse';
}

/** As many as the site publishes. */
const rememberedPairs = 1000;
/** Client ends whose last flight was written. So many handshakes take us longer than any of them may live. */
const rememberedClients = 16_384;

/** Our client's end of what may become a bridge. */
interface ClientEnd {
  readonly client: Pair['client'];
  paired: boolean;
}

export interface LedgerEntry {
  /** What came over TLS; `judge` does with it what is to be done, and what comes of that is told meanwhile. */
  received(bytes: Uint8Array, judge: () => void): void;
  tell(event: ConnectionEvent): void;
  /** What was told of it so far; undefined where nothing is recorded. */
  steps(): readonly TraceStep[] | undefined;
  /** The last thing told: it is in the statistics from here on. */
  end(event: LifecycleEvent): void;
}

export interface TraceRecording {
  readonly store: TraceStore;
  /** Of an address prefix, for today. */
  readonly pseudonym: (prefix: string) => string;
  readonly test: boolean;
}

export class Ledger {
  readonly #tally: Tally;
  readonly #handshakes = new HandshakeTally();
  readonly #clock: Clock;
  readonly #pairs: Pair[] = [];
  /** By client_random, in the order of their Finished. Kept after they ended: the other end may succeed later. */
  readonly #clientEnds = new Map<string, ClientEnd>();
  readonly #book: Book;
  #bridges = 0;
  #discarded = 0;
  #revision = 0;

  /** `visitorKey`: 32 random bytes, the key of the visitors' pseudonyms. It never leaves the process. */
  constructor(visitorKey: Uint8Array, clock: Clock, traces: TraceRecording) {
    this.#tally = new Tally(visitorKey);
    this.#clock = clock;
    this.#book = {
      tally: this.#tally,
      handshakes: this.#handshakes,
      traces,
      clock,
      finished: (client, clientRandom) => this.#finished(client, clientRandom),
      released: (release, clientRandom) => this.#released(release, clientRandom),
    };
  }

  get handshakes(): ReturnType<HandshakeTally['snapshot']> {
    return this.#handshakes.snapshot();
  }

  /** Changes when something happened that the page is to show at once. */
  get revision(): number {
    return this.#revision;
  }

  /** That succeeded since the start, each once; `pairs` are the newest of them. */
  get bridges(): number {
    return this.#bridges;
  }

  /** The newest first. */
  get pairs(): readonly Pair[] {
    return this.#pairs.toReversed();
  }

  /** Bytes that came where nothing was expected any more, and were thrown away unread. */
  get discardedBytes(): number {
    return this.#discarded;
  }

  snapshot(): TallySnapshot {
    return this.#tally.snapshot();
  }

  discarded(bytes: number): void {
    this.#discarded += bytes;
  }

  open(port: PortKey, role: 'server' | 'client' | undefined, visitor: string): LedgerEntry {
    this.#tally.opened(port, this.#now());
    return new Visit(this.#book, port, role, visitor);
  }

  #released(release: ReleaseKind, clientRandom: Uint8Array | undefined): void {
    this.#revision += 1;
    if (release === 'short_circuit' && clientRandom !== undefined) this.#pair(clientRandom);
  }

  /** Our client wrote its Finished: from here on the other end can succeed, in TLS 1.2 before the client itself does. */
  #finished(client: Pair['client'], clientRandom: Uint8Array): void {
    this.#clientEnds.set(hex(clientRandom), { client, paired: false });
    if (this.#clientEnds.size <= rememberedClients) return;
    for (const oldest of this.#clientEnds.keys()) {
      this.#clientEnds.delete(oldest);
      return;
    }
  }

  /** At the end that succeeds first, once for both: the other one may be cut off before it does. */
  #pair(clientRandom: Uint8Array): void {
    const name = hex(clientRandom);
    const end = this.#clientEnds.get(name);
    if (end === undefined || end.paired) return;
    end.paired = true;
    this.#bridges += 1;
    this.#pairs.push({ clientRandom: name, at: this.#clock.seconds(), client: end.client });
    if (this.#pairs.length > rememberedPairs) this.#pairs.shift();
  }

  #now(): number {
    return this.#clock.seconds() * 1000;
  }
}

/** What all visits write into. */
interface Book {
  readonly tally: Tally;
  readonly handshakes: HandshakeTally;
  readonly traces: TraceRecording;
  readonly clock: Clock;
  readonly finished: (client: Pair['client'], clientRandom: Uint8Array) => void;
  readonly released: (release: ReleaseKind, clientRandom: Uint8Array | undefined) => void;
}

/** One connection. Who says nothing costs almost nothing: no recorder is made before there is something to record. */
class Visit implements LedgerEntry {
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
  }

  get #recording(): Recorder | undefined {
    if (this.#recorder !== undefined || this.#role === undefined) return this.#recorder;
    const { traces, clock } = this.#book;
    this.#recorder = new Recorder({
      port: this.#port,
      role: this.#role,
      visitor: traces.pseudonym(this.#visitor),
      test: traces.test,
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
    const { finished, handshakes } = this.#book;
    if (event.type === 'client_random') this.#clientRandom = event.random.slice();
    const isOurFinished = this.#role === 'client' && event.type === 'transcript' && event.direction === 'sent';
    if (isOurFinished && this.#clientRandom !== undefined) {
      finished(this.#port === 'dialback' ? 'dialback' : 'reverse', this.#clientRandom);
    }
    handshakes.tell(this.#port, event);
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
    const { tally, traces, clock, released } = this.#book;
    const at = clock.seconds() * 1000;
    const classification = conclude(this.#observed);
    tally.ended(this.#port, this.#visitor, classification, at);
    traces.store.count({ at, port: this.#port, visitor: this.#visitor, category: classification.key });
    const recording = isAttempt(this.#port, classification.key) ? this.#recording : undefined;
    if (recording !== undefined) traces.store.append(recording.finish(classification));
    if (event.type === 'released') released(event.release, this.#clientRandom);
  }
}

/**
 * The page answered, and was told so by HTTP: that is no attempt. What failed on its port is one. A probe of the page's port is
 * a whole handshake where there is no bait; one of the bounty's ports is recorded, whoever says that it is ours.
 */
const isAttempt = (port: PortKey, category: FailureKey): boolean =>
  port !== 'https' || !(category.startsWith('website.') || category.startsWith('http.') || category === 'probe');
