import type { PortKey } from '../trace/index.ts';
import { type AttemptText, attemptText } from './attempt-text.ts';
import type { Clock } from './clock.ts';
import { type Counted, type DoorMessage, mostInLine, type Told } from './door-messages.ts';
import type { DoorLedger } from './ledger.ts';
import { type Book, type LedgerEntry, Visit } from './visit.ts';

/*
 * The ledger of a thread that receives connections: what happened goes to the thread that has the page. That one is woken by each
 * message, and reads it whole: so lines wait for others, a message has so many at most, and the next one waits until it was heard.
 * What waits is bounded: while the other thread does not keep up, whoever comes is turned away, and counted.
 */

/** Waiting, or on its way and not heard of yet. A line weighs one, an attempt what is written down of it. */
const mostUnheard = 65_536;
const digitsPerWeight = 256;
/** Of one message. */
const mostInMessage = 512;
/** Milliseconds in which lines gather; and between two looks whether more may go, where a message is full already. */
const gathering = { few: 5, many: 1 } as const;
/** Milliseconds after which it is told who was turned away. */
const shedAfter = 100;

interface CountedLine {
  readonly type: 'counted';
  readonly what: Counted;
  count: number;
}

export interface OutboxOptions {
  readonly clock: Clock;
  readonly test: boolean;
  /** Whether one more attempt may be written down. */
  readonly mayRecord: () => boolean;
  readonly post: (message: DoorMessage) => void;
  /** Of what was told, how much was heard: one Int32, which wraps around. */
  readonly heard: SharedArrayBuffer;
}

export class Outbox implements DoorLedger {
  readonly #options: OutboxOptions;
  readonly #heard: Int32Array;
  readonly #book: Book;
  readonly #shed = new Map<PortKey, number>();
  readonly #waiting: { readonly told: Told; readonly weight: number }[] = [];
  /** Lines that wait, and may count for more. What they count is told earlier by that, never later. */
  readonly #counting = new Map<string, CountedLine>();
  #weight = 0;
  #sent = 0;
  #posting: NodeJS.Timeout | undefined;
  #shedding: NodeJS.Timeout | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#heard = new Int32Array(options.heard);
    this.#book = {
      clock: options.clock,
      test: options.test,
      pseudonym: (prefix) => prefix,
      opened: (port, at) => this.#count(`opened ${port} ${at}`, { type: 'opened', port, at }),
      reached: (port, stage) => this.#count(`${stage} ${port}`, { type: 'reached', port, stage }),
      finished: (client, clientRandom) => this.tell({ type: 'finished', client, clientRandom }),
      ended: (ended) => this.tell({ type: 'ended', ended }),
      attempted: (recorded) => {
        // Nothing hides how a breach was done.
        if (recorded.head.category !== 'breach' && !options.mayRecord()) {
          this.#count('sampled_away', { type: 'sampled_away' });
          return;
        }
        const attempt = attemptText(recorded);
        this.tell({ type: 'attempted', attempt }, weightOf(attempt));
      },
      released: (release, clientRandom) => this.tell({ type: 'released', release, clientRandom }),
    };
  }

  /** More is on its way than should be. */
  get isFull(): boolean {
    return this.#weight + this.#unheard > mostUnheard;
  }

  open(port: PortKey, role: 'server' | 'client' | undefined, visitor: string): LedgerEntry {
    return new Visit(this.#book, port, role, visitor);
  }

  discarded(bytes: number): void {
    this.tell({ type: 'discarded', bytes });
  }

  /** Somebody was turned away because it is full. Of many of them few lines are told. */
  shed(port: PortKey): void {
    this.#shed.set(port, (this.#shed.get(port) ?? 0) + 1);
    this.#shedding ??= setTimeout(() => this.#tellShed(), shedAfter);
  }

  tell(told: Told, weight = 1): void {
    this.#waiting.push({ told, weight });
    this.#weight += weight;
    this.#postLater();
  }

  /** `key`: the same for the same, and for nothing else. */
  #count(key: string, what: Counted): void {
    const line = this.#counting.get(key);
    if (line !== undefined && line.count < mostInLine) {
      line.count += 1;
      return;
    }
    const first: CountedLine = { type: 'counted', what, count: 1 };
    this.#counting.set(key, first);
    this.tell(first);
  }

  /** Now, and whatever was heard. */
  flush(): void {
    this.#tellShed();
    clearTimeout(this.#posting);
    this.#posting = undefined;
    this.#post(Number.POSITIVE_INFINITY);
  }

  get #unheard(): number {
    return (this.#sent - Atomics.load(this.#heard, 0)) | 0;
  }

  #tellShed(): void {
    clearTimeout(this.#shedding);
    this.#shedding = undefined;
    const at = this.#options.clock.seconds() * 1000;
    for (const [port, all] of this.#shed) {
      for (let left = all; left > 0; left -= mostInLine) {
        this.tell({ type: 'shed', port, count: Math.min(left, mostInLine), at });
      }
    }
    this.#shed.clear();
  }

  #postLater(): void {
    this.#posting ??= setTimeout(
      () => {
        this.#posting = undefined;
        if (this.#unheard === 0) this.#post(mostInMessage);
        if (this.#waiting.length > 0) this.#postLater();
      },
      this.#weight > mostInMessage ? gathering.many : gathering.few,
    );
  }

  /** The first that wait, one at least, of no more weight than that. */
  #post(most: number): void {
    let [count, weight] = [0, 0];
    for (const waiting of this.#waiting) {
      if (count > 0 && weight + waiting.weight > most) break;
      count += 1;
      weight += waiting.weight;
    }
    if (count === 0) return;
    this.#counting.clear();
    const told = this.#waiting.splice(0, count).map((waiting) => waiting.told);
    this.#weight -= weight;
    this.#sent = (this.#sent + weight) | 0;
    this.#options.post({ type: 'told', told, weight });
  }
}

/** By what is sent to the other thread, not by what came: of garbage next to nothing is kept, however much it was. */
const weightOf = ({ body }: AttemptText): number => 4 + Math.ceil(body.length / digitsPerWeight);
