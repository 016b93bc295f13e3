import { Allowance, type AllowanceMemory, politeness } from './allowance.ts';
import type { Ask } from './ask.ts';
import { addressFresh, lookEvery, waitAfter } from './backoff.ts';
import { Esplora } from './esplora.ts';
import { hashAt, type Outpoint, type Report, SourceFailure, type Sums } from './facts.ts';
import { History, type HistoryMemory } from './history.ts';
import type { Target } from './target.ts';

export interface SourceOptions {
  readonly url: string;
  readonly target: Target;
  readonly ask: Ask;
  /** From 0 to 1. */
  readonly random: () => number;
  /** The coins announced as the bait, where they are. */
  readonly bait?: readonly Outpoint[];
  /** Seconds between looks. */
  readonly every?: number | undefined;
  readonly allowance?: { readonly burst: number; readonly perHour: number };
  /** Of the same source and address, from a process before this one. */
  readonly memory?: SourceMemory | undefined;
}

/** What one look leaves for the next: plain data, for whoever does not live as long. */
export interface SourceMemory {
  readonly url: string;
  readonly history: HistoryMemory;
  readonly allowance: AllowanceMemory;
  readonly seen: Seen | undefined;
  /** As of the last look that went well. */
  readonly reportedAt: number | undefined;
  readonly failed: Failed | undefined;
  readonly failures: number;
  readonly next: number;
}

interface Seen {
  readonly blocks: Report['blocks'];
  readonly sums: { readonly confirmed: Sums; readonly mempool: Sums };
  readonly at: number;
}

export interface Failed {
  readonly at: number;
  readonly reason: SourceFailure['reason'];
  readonly message: string;
}

/** Pages of the history that one look may read. */
const pagesALook = 12;
/** Requests that a look needs beside its pages. */
const reserve = 8;

/**
 * One source, looked at from time to time. The tip comes first; the address is asked only when the tip moved, when what is
 * known of it has become old, or when somebody said that there is something to see. What it said last stays until it says
 * something else: its age is shown.
 */
export class SourceWatch {
  readonly url: string;
  readonly #esplora: Esplora;
  readonly #history: History;
  readonly #random: () => number;
  readonly #every: number;
  readonly #bait: readonly Outpoint[];
  readonly #allowance: Allowance;
  readonly #clock: { now: number };
  #seen: Seen | undefined;
  #report: Report | undefined;
  #reportedAt = 0;
  #failed: Failed | undefined;
  #failures = 0;
  #next: number;
  #hinted = false;

  constructor(options: SourceOptions, now: number) {
    this.url = options.url;
    this.#random = options.random;
    this.#every = options.every ?? lookEvery;
    this.#bait = options.bait ?? [];
    this.#clock = { now };
    this.#next = now;
    const memory = options.memory;
    this.#allowance = new Allowance(now, options.allowance, memory?.allowance);
    this.#esplora = new Esplora(this.#counted(options.ask), options.url, options.target);
    this.#history = new History(this.#esplora, memory?.history);
    if (memory !== undefined) this.#recall(memory, now);
  }

  /** A clock that went back would have us wait for what was set by the other. */
  #recall({ seen, reportedAt, failed, failures, next }: SourceMemory, now: number): void {
    this.#failed = failed;
    this.#failures = failures;
    this.#next = Math.min(next, now + 3600);
    if (seen === undefined || reportedAt === undefined) return;
    const { transactions, complete } = this.#history;
    this.#seen = seen;
    this.#report = { blocks: seen.blocks, ...seen.sums, transactions, complete };
    this.#reportedAt = reportedAt;
  }

  get memory(): SourceMemory {
    return {
      url: this.url,
      history: this.#history.memory,
      allowance: this.#allowance.memory,
      seen: this.#seen,
      reportedAt: this.#report === undefined ? undefined : this.#reportedAt,
      failed: this.#failed,
      failures: this.#failures,
      next: this.#next,
    };
  }

  /** When to look again, in seconds since 1970. */
  get next(): number {
    return this.#next;
  }

  get report(): Report | undefined {
    return this.#report;
  }

  /** When the source last confirmed its report. */
  get reportedAt(): number {
    return this.#reportedAt;
  }

  /** Undefined: the last look went well. */
  get failed(): Failed | undefined {
    return this.#failed;
  }

  /** Somebody says that something moved. It is believed so far that the next look comes early, and asks for the address. */
  hint(now: number): void {
    if (this.#failed !== undefined) return; // it is not asked more often for that
    this.#hinted = true;
    this.#next = Math.min(this.#next, Math.max(now, this.#reportedAt + 10));
  }

  /** Never rejects: a source that cannot be read is `failed`. */
  async look(now: number): Promise<void> {
    this.#clock.now = now;
    try {
      this.#report = await this.#read(now);
      this.#reportedAt = now;
      this.#failed = undefined;
      this.#failures = 0;
      this.#hinted = false;
      this.#next = now + Math.ceil(this.#every * (1 + 0.2 * this.#random()));
    } catch (error) {
      const failure =
        error instanceof SourceFailure ? error : new SourceFailure('malformed', `it could not be read: ${error}`);
      this.#failures += 1;
      this.#failed = { at: now, reason: failure.reason, message: failure.message };
      this.#next = now + waitAfter(failure, this.#failures, this.#random());
    }
  }

  async #read(now: number): Promise<Report> {
    const tip = await this.#esplora.tipHash();
    const seen = this.#seen;
    const moved = seen?.blocks[0].hash !== tip;
    const report = this.#report;
    const fresh = seen !== undefined && now - seen.at < addressFresh;
    // A long history is read on with what is left over.
    const readsOn = report?.complete === false && this.#allowance.left(now) >= politeness.burst / 4;
    if (report !== undefined && !moved && fresh && !this.#hinted && !readsOn) return report;

    const blocks = moved || seen === undefined ? await this.#esplora.blocks() : seen.blocks;
    if (blocks[0].hash !== tip) throw new SourceFailure('torn', 'its tip moved while it was asked');
    const sums = await this.#esplora.sums();
    const extended = seen !== undefined && hashAt(blocks, seen.blocks[0].height) === seen.blocks[0].hash;
    // Of what waits in the mempool the sums say too little: one spend may have taken the place of another.
    const quiet = extended && same(seen.sums, sums) && sums.mempool.transactions === 0;
    if (!quiet) await this.#history.look({ blocks, ...sums, pages: this.#pages(now), bait: this.#bait });
    else if (readsOn) await this.#history.readOn(this.#pages(now), sums.confirmed.transactions);
    const { transactions, complete } = this.#history;
    this.#seen = { blocks, sums, at: now };
    return { blocks, ...sums, transactions, complete };
  }

  #pages(now: number): number {
    return Math.max(1, Math.min(pagesALook, this.#allowance.left(now) - reserve));
  }

  #counted(ask: Ask): Ask {
    return (url) => {
      if (this.#allowance.take(this.#clock.now)) return ask(url);
      return Promise.reject(new SourceFailure('allowance', 'it was asked as often as we allow ourselves; later again'));
    };
  }
}

const same = (one: { confirmed: Sums; mempool: Sums }, other: { confirmed: Sums; mempool: Sums }): boolean =>
  sameSums(one.confirmed, other.confirmed) && sameSums(one.mempool, other.mempool);

const sameSums = (one: Sums, other: Sums): boolean =>
  one.fundedCount === other.fundedCount &&
  one.funded === other.funded &&
  one.spentCount === other.spentCount &&
  one.spent === other.spent &&
  one.transactions === other.transactions;
