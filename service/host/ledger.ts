import {
  begin,
  type ConnectionEvent,
  conclude,
  type FailureKey,
  HandshakeTally,
  hex,
  type LifecycleEvent,
  observe,
  type PortKey,
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
  readonly #traces: TraceRecording;
  readonly #pairs: Pair[] = [];
  /** By client_random, in the order of their Finished. Kept after they ended: the other end may succeed later. */
  readonly #clientEnds = new Map<string, ClientEnd>();
  #bridges = 0;
  #discarded = 0;
  #revision = 0;

  /** `visitorKey`: 32 random bytes, the key of the visitors' pseudonyms. It never leaves the process. */
  constructor(visitorKey: Uint8Array, clock: Clock, traces: TraceRecording) {
    this.#tally = new Tally(visitorKey);
    this.#clock = clock;
    this.#traces = traces;
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
    this.#tally.opened(port, visitor, this.#now());
    let observed = observe(begin(), { type: 'opened', port, role });
    let clientRandom: Uint8Array | undefined;
    let ended = false;
    const recorder =
      role === undefined
        ? undefined
        : new Recorder({
            port,
            role,
            visitor: this.#traces.pseudonym(visitor),
            test: this.#traces.test,
            at: this.#now(),
            clock: this.#clock.monotonic,
          });
    const tell = (event: ConnectionEvent): void => {
      if (event.type === 'client_random') clientRandom = event.random.slice();
      if (
        role === 'client' &&
        event.type === 'transcript' &&
        event.direction === 'sent' &&
        clientRandom !== undefined
      ) {
        this.#finished(port === 'dialback' ? 'dialback' : 'reverse', clientRandom);
      }
      this.#handshakes.tell(port, event);
      observed = observe(observed, event);
      recorder?.tell(event);
    };
    return {
      received: (bytes, judge) => (recorder === undefined ? judge() : recorder.received(bytes, judge)),
      tell,
      steps: () => recorder?.steps,
      end: (event) => {
        if (ended) return;
        ended = true;
        tell(event);
        const classification = conclude(observed);
        this.#tally.ended(port, classification, this.#now());
        this.#traces.store.count({ at: this.#now(), port, visitor, category: classification.key });
        if (recorder !== undefined && isAttempt(port, classification.key)) {
          this.#traces.store.append(recorder.finish(classification));
        }
        if (event.type !== 'released') return;
        this.#revision += 1;
        if (event.release === 'short_circuit' && clientRandom !== undefined) this.#pair(clientRandom);
      },
    };
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

/** The page answered, and was told so by HTTP: that is no attempt. What failed on its port is one. */
const isAttempt = (port: PortKey, category: FailureKey): boolean =>
  port !== 'https' || !(category.startsWith('website.') || category.startsWith('http.'));
