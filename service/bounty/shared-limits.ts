import { KeyDigest } from './key-digest.ts';
import type { OccupancyOptions, Origin, Places, Rates, TokenBucketOptions } from './limits.ts';
import { lockMemory, SharedLock } from './shared-lock.ts';
import { SharedTable, type TableMemory, tableMemory } from './shared-table.ts';

/* The limits of limits.ts, the same ones, for all threads of a process together. */

/** 96 bits of a digest that nobody can aim at: two origins in one place are less likely than anything else that may go wrong. */
const digestWords = 3;
/** Buckets that are full again, looked at in one go: one that goes makes the room that is wanted. */
const forgottenAtOnce = 64;

export interface OccupancyMemory extends OccupancyOptions {
  readonly lock: SharedArrayBuffer;
  readonly all: SharedArrayBuffer;
  readonly prefixes: CountsMemory;
  readonly networks: CountsMemory;
  readonly seed: Uint8Array;
}

interface CountsMemory {
  readonly table: TableMemory;
  readonly counts: SharedArrayBuffer;
}

/** `seed`: 32 random bytes. */
export const occupancyMemory = (options: OccupancyOptions, seed: Uint8Array): OccupancyMemory => ({
  ...options,
  lock: lockMemory(),
  all: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
  prefixes: countsMemory(options.total),
  networks: countsMemory(options.total),
  seed,
});

/** Each place that is taken has one origin, so that there are no more of these than places. */
const countsMemory = (places: number): CountsMemory => ({
  table: tableMemory(places, digestWords),
  counts: new SharedArrayBuffer(places * Int32Array.BYTES_PER_ELEMENT),
});

/** As `Occupancy`. What a thread that died had taken is not given back: its process ends with it. */
export class SharedOccupancy implements Places {
  readonly #options: OccupancyOptions;
  readonly #lock: SharedLock;
  readonly #all: Int32Array;
  readonly #byPrefix: Counts;
  readonly #byNetwork: Counts;
  readonly #digest: KeyDigest;

  constructor({ lock, all, prefixes, networks, seed, ...options }: OccupancyMemory, abandoned: () => never) {
    this.#options = options;
    this.#lock = new SharedLock(lock, abandoned);
    this.#all = new Int32Array(all);
    this.#byPrefix = new Counts(prefixes);
    this.#byNetwork = new Counts(networks);
    this.#digest = new KeyDigest(seed, digestWords);
  }

  get taken(): number {
    return this.#lock.holding(() => this.#all[0] ?? 0);
  }

  enter({ prefix, network }: Origin): (() => void) | undefined {
    const { perPrefix, perNetwork, total } = this.#options;
    const [prefixKey, networkKey] = [this.#digest.of(prefix), this.#digest.of(network)];
    const slots = this.#lock.holding(() => {
      const taken = this.#all[0] ?? 0;
      if (taken >= total || this.#byPrefix.of(prefixKey) >= perPrefix || this.#byNetwork.of(networkKey) >= perNetwork)
        return undefined;
      this.#all[0] = taken + 1;
      return { prefix: this.#byPrefix.increment(prefixKey), network: this.#byNetwork.increment(networkKey) };
    });
    if (slots === undefined) return undefined;
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.#lock.holding(() => {
        this.#all[0] = (this.#all[0] ?? 0) - 1;
        this.#byPrefix.decrement(slots.prefix);
        this.#byNetwork.decrement(slots.network);
      });
    };
  }
}

/** How many by key. A key that has none has no slot; one that has some keeps its slot. */
class Counts {
  readonly #table: SharedTable;
  readonly #counts: Int32Array;

  constructor({ table, counts }: CountsMemory) {
    this.#table = new SharedTable(table);
    this.#counts = new Int32Array(counts);
  }

  of(key: Int32Array): number {
    const slot = this.#table.find(key);
    return slot === undefined ? 0 : (this.#counts[slot] ?? 0);
  }

  increment(key: Int32Array): number {
    const count = this.of(key);
    const slot = this.#table.find(key) ?? this.#table.insert(key);
    this.#counts[slot] = count + 1;
    return slot;
  }

  decrement(slot: number): void {
    const left = (this.#counts[slot] ?? 1) - 1;
    this.#counts[slot] = left;
    if (left === 0) this.#table.remove(slot);
  }
}

export interface BucketsMemory extends TokenBucketOptions {
  readonly lock: SharedArrayBuffer;
  readonly table: TableMemory;
  /** Tokens and when they were counted, two for each slot; behind them the bucket of those who have none. */
  readonly levels: SharedArrayBuffer;
  readonly seed: Uint8Array;
}

/** `seed`: 32 random bytes. */
export function bucketsMemory(options: TokenBucketOptions, seed: Uint8Array): BucketsMemory {
  const levels = new SharedArrayBuffer(2 * (options.keys + 1) * Float64Array.BYTES_PER_ELEMENT);
  new Float64Array(levels)[2 * options.keys] = options.burst;
  return { ...options, lock: lockMemory(), table: tableMemory(options.keys, digestWords), levels, seed };
}

/** As `TokenBuckets`. `now` is by a clock that all threads share. */
export class SharedTokenBuckets implements Rates {
  readonly #options: TokenBucketOptions;
  readonly #lock: SharedLock;
  readonly #table: SharedTable;
  readonly #levels: Float64Array;
  readonly #digest: KeyDigest;

  constructor({ lock, table, levels, seed, ...options }: BucketsMemory, abandoned: () => never) {
    this.#options = options;
    this.#lock = new SharedLock(lock, abandoned);
    this.#table = new SharedTable(table);
    this.#levels = new Float64Array(levels);
    this.#digest = new KeyDigest(seed, digestWords);
  }

  take(key: string, now: number): boolean {
    const digest = this.#digest.of(key);
    return this.#lock.holding(() => {
      const bucket = this.#bucket(digest, now);
      const tokens = this.#tokens(bucket, now);
      // Another thread may have looked at its clock later, and come first.
      this.#fill(bucket, tokens < 1 ? tokens : tokens - 1, Math.max(now, this.#levels[2 * bucket + 1] ?? 0));
      return tokens >= 1;
    });
  }

  #bucket(digest: Int32Array, now: number): number {
    const known = this.#table.find(digest);
    if (known !== undefined) {
      this.#table.moveToLast(known);
      return known;
    }
    this.#forgetFull(now);
    if (this.#table.isFull) return this.#options.keys;
    const fresh = this.#table.insert(digest);
    this.#fill(fresh, this.#options.burst, now);
    return fresh;
  }

  /** The order is that of last use, so that the longest unused stand first. */
  #forgetFull(now: number): void {
    for (let looked = 0; looked < forgottenAtOnce; looked++) {
      const { first } = this.#table;
      if (first === undefined || this.#tokens(first, now) < this.#options.burst) return;
      this.#table.remove(first);
    }
  }

  #tokens(bucket: number, now: number): number {
    const { burst, perSecond } = this.#options;
    const [tokens = 0, at = 0] = this.#levels.subarray(2 * bucket, 2 * bucket + 2);
    return Math.min(burst, tokens + (Math.max(0, now - at) / 1000) * perSecond);
  }

  #fill(bucket: number, tokens: number, at: number): void {
    this.#levels[2 * bucket] = tokens;
    this.#levels[2 * bucket + 1] = at;
  }
}
