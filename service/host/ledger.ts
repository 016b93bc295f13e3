import {
  type HandshakeStage,
  HandshakeTally,
  hex,
  type PortKey,
  type ReleaseKind,
  Tally,
  type TallySnapshot,
} from '../trace/index.ts';
import type { KeptAttempt } from './attempt-text.ts';
import type { Clock } from './clock.ts';
import type { TraceStore } from './trace-store.ts';
import { type Book, type ClientPort, type Ended, type LedgerEntry, Visit } from './visit.ts';

/* What happened at the doors: every connection is opened once, told of, and ended once, in one category. */

/** A bridge that succeeded, by what both of its ends and whoever relayed them have in clear. */
export interface Pair {
  readonly clientRandom: string;
  readonly at: number;
  readonly client: ClientPort;
}

/** As many as the site publishes. */
const rememberedPairs = 1000;
/** Client ends whose last flight was written. So many handshakes take us longer than any of them may live. */
const rememberedClients = 16_384;

/** Our client's end of what may become a bridge. */
interface ClientEnd {
  readonly client: ClientPort;
  paired: boolean;
}

/** What whoever receives connections asks of it. */
export interface DoorLedger {
  open(port: PortKey, role: 'server' | 'client' | undefined, visitor: string): LedgerEntry;
  /** Bytes that came where nothing was expected any more. */
  discarded(bytes: number): void;
}

export interface TraceRecording {
  readonly store: TraceStore;
  /** Of an address prefix, for today. */
  readonly pseudonym: (prefix: string) => string;
  readonly test: boolean;
}

export class Ledger implements DoorLedger, Book {
  readonly clock: Clock;
  readonly test: boolean;
  readonly pseudonym: (prefix: string) => string;
  readonly #store: TraceStore;
  readonly #tally: Tally;
  readonly #handshakes = new HandshakeTally();
  readonly #pairs: Pair[] = [];
  /** By client_random, in the order of their Finished. Kept after they ended: the other end may succeed later. */
  readonly #clientEnds = new Map<string, ClientEnd>();
  /** Of ends that succeeded before we heard of our client's Finished, which is of another thread then. */
  readonly #unpaired = new Set<string>();
  #bridges = 0;
  #discarded = 0;
  #revision = 0;

  /** `visitorKey`: 32 random bytes, the key of the visitors' pseudonyms. It never leaves the process. */
  constructor(visitorKey: Uint8Array, clock: Clock, { store, pseudonym, test }: TraceRecording) {
    this.#tally = new Tally(visitorKey);
    this.clock = clock;
    this.test = test;
    this.pseudonym = pseudonym;
    this.#store = store;
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

  open(port: PortKey, role: 'server' | 'client' | undefined, visitor: string): LedgerEntry {
    return new Visit(this, port, role, visitor);
  }

  discarded(bytes: number): void {
    this.#discarded += bytes;
  }

  opened(port: PortKey, at: number): void {
    this.#tally.opened(port, at);
  }

  reached(port: PortKey, stage: HandshakeStage): void {
    this.#handshakes.reached(port, stage);
  }

  /** Our client wrote its Finished: from here on the other end can succeed, in TLS 1.2 before the client itself does. */
  finished(client: ClientPort, clientRandom: Uint8Array): void {
    const name = hex(clientRandom);
    this.#clientEnds.set(name, { client, paired: false });
    forgetOldest(this.#clientEnds, rememberedClients);
    if (this.#unpaired.delete(name)) this.#pair(name);
  }

  ended({ port, visitor, at, classification }: Ended): void {
    this.#tally.ended(port, visitor, classification, at);
    this.#store.count({ at, port, visitor, category: classification.key });
  }

  attempted(attempt: KeptAttempt): void {
    this.#store.append(attempt);
  }

  sampledAway(): void {
    this.#store.sampledAway();
  }

  released(release: ReleaseKind, clientRandom: Uint8Array | undefined): void {
    this.#revision += 1;
    if (release === 'short_circuit' && clientRandom !== undefined) this.#pair(hex(clientRandom));
  }

  /** At the end that succeeds first, once for both: the other one may be cut off before it does. */
  #pair(name: string): void {
    const end = this.#clientEnds.get(name);
    if (end === undefined) {
      this.#unpaired.add(name);
      forgetOldest(this.#unpaired, rememberedClients);
      return;
    }
    if (end.paired) return;
    end.paired = true;
    this.#bridges += 1;
    this.#pairs.push({ clientRandom: name, at: this.clock.seconds(), client: end.client });
    if (this.#pairs.length > rememberedPairs) this.#pairs.shift();
  }
}

function forgetOldest(row: Map<string, unknown> | Set<string>, most: number): void {
  if (row.size <= most) return;
  for (const oldest of row.keys()) {
    row.delete(oldest);
    return;
  }
}
