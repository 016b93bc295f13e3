import type { ConnectionEvent, PortKey } from '../trace/index.ts';
import type { Clock } from './clock.ts';
import type { DoorMessage, Told } from './door-messages.ts';
import type { DoorLedger } from './ledger.ts';
import { digitsOf, type RecordedAttempt } from './recorder.ts';
import { type Book, type LedgerEntry, Visit } from './visit.ts';

/*
 * The ledger of a thread that receives connections: what happened goes to the thread that has the page, a batch for each turn of
 * the loop. It is bounded: while that one does not keep up, whoever comes is turned away, and counted.
 */

/** On its way and not heard of yet. A line weighs one, an attempt what is written down of it. */
const mostUnheard = 65_536;
const digitsPerWeight = 256;
/** Milliseconds after which it is told who was turned away: while it is full, each turn of the loop would be one line more. */
const shedAfter = 100;

/** What the tallies of handshakes are made of; the rest stays in the recording. */
const counted: ReadonlySet<ConnectionEvent['type']> = new Set(['begun', 'negotiated', 'established']);

export interface OutboxOptions {
  readonly clock: Clock;
  readonly test: boolean;
  readonly post: (message: DoorMessage) => void;
  /** Of what was told, how much was heard: one Int32, which wraps around. */
  readonly heard: SharedArrayBuffer;
}

export class Outbox implements DoorLedger {
  readonly #options: OutboxOptions;
  readonly #heard: Int32Array;
  readonly #book: Book;
  readonly #shed = new Map<PortKey, number>();
  #told: Told[] = [];
  #weight = 0;
  #sent = 0;
  #flushing = false;
  #shedding: NodeJS.Timeout | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#heard = new Int32Array(options.heard);
    this.#book = {
      clock: options.clock,
      test: options.test,
      pseudonym: (prefix) => prefix,
      opened: (port, at) => this.tell({ type: 'opened', port, at }),
      told: (port, event) => {
        if (counted.has(event.type)) this.tell({ type: 'event', port, event });
      },
      finished: (client, clientRandom) => this.tell({ type: 'finished', client, clientRandom }),
      ended: (ended) => this.tell({ type: 'ended', ended }),
      attempted: (attempt) => this.tell({ type: 'attempted', attempt }, weightOf(attempt)),
      released: (release, clientRandom) => this.tell({ type: 'released', release, clientRandom }),
    };
  }

  /** More is on its way than should be. */
  get isFull(): boolean {
    return this.#weight + ((this.#sent - Atomics.load(this.#heard, 0)) | 0) > mostUnheard;
  }

  open(port: PortKey, role: 'server' | 'client' | undefined, visitor: string): LedgerEntry {
    return new Visit(this.#book, port, role, visitor);
  }

  discarded(bytes: number): void {
    this.tell({ type: 'discarded', bytes });
  }

  /** Somebody was turned away because it is full. Of any number of them one line is told. */
  shed(port: PortKey): void {
    this.#shed.set(port, (this.#shed.get(port) ?? 0) + 1);
    this.#shedding ??= setTimeout(() => this.flush(), shedAfter);
  }

  tell(told: Told, weight = 1): void {
    this.#told.push(told);
    this.#weight += weight;
    this.#flushLater();
  }

  flush(): void {
    const at = this.#options.clock.seconds() * 1000;
    const shed = [...this.#shed].map(([port, count]) => ({ type: 'shed', port, count, at }) as const);
    const [told, weight] = [[...this.#told, ...shed], this.#weight + shed.length];
    if (told.length === 0) return;
    this.#told = [];
    this.#shed.clear();
    clearTimeout(this.#shedding);
    this.#shedding = undefined;
    this.#weight = 0;
    this.#sent = (this.#sent + weight) | 0;
    this.#options.post({ type: 'told', told, weight });
  }

  #flushLater(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.flush();
    });
  }
}

/** By what is sent to the other thread, not by what came: of garbage next to nothing is kept, however much it was. */
const weightOf = ({ steps }: RecordedAttempt): number =>
  4 + steps.length + Math.ceil(steps.reduce((sum, step) => sum + digitsOf(step), 0) / digitsPerWeight);
