import { KeyDigest } from './key-digest.ts';
import type { Origin, Rates, TokenBucketOptions } from './limits.ts';
import { CountedPlaces, type Counts, type Numbers, type Places, type PlacesOptions } from './places.ts';
import { lockMemory, SharedLock } from './shared-lock.ts';
import { SharedTable, type TableMemory, tableMemory } from './shared-table.ts';

/* The limits of limits.ts, the same ones, for all threads of a process together. */

/** 96 bits of a digest that nobody can aim at: two origins in one place are less likely than anything else that may go wrong. */
const digestWords = 3;
/** Buckets that are full again, looked at in one go: one that goes makes the room that is wanted. */
const forgottenAtOnce = 64;

export interface PlacesMemory extends PlacesOptions {
  readonly lock: SharedArrayBuffer;
  readonly all: SharedArrayBuffer;
  readonly prefixes: TallyMemory;
  readonly networks: TallyMemory;
  readonly seed: Uint8Array;
}

interface TallyMemory {
  readonly table: TableMemory;
  readonly counts: SharedArrayBuffer;
}

/** `seed`: 32 random bytes. */
export const placesMemory = (options: PlacesOptions, seed: Uint8Array): PlacesMemory => ({
  ...options,
  lock: lockMemory(),
  all: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
  prefixes: tallyMemory(options.total),
  networks: tallyMemory(options.total),
  seed,
});

/** Each place that is taken has one origin, so that there are no more of these than places. */
const tallyMemory = (places: number): TallyMemory => ({
  table: tableMemory(places, digestWords),
  counts: new SharedArrayBuffer(places * Int32Array.BYTES_PER_ELEMENT),
});

/** As `ownPlaces`. What a thread that died had taken is not given back: its process ends with it. */
export const sharedPlaces = (memory: PlacesMemory, abandoned: () => never): Places =>
  new CountedPlaces(memory, new SharedCounts(memory, abandoned));

/** By digest. */
interface Keys {
  readonly prefix: Int32Array;
  readonly network: Int32Array;
}

/** In the tables: one that is inside keeps its slots. */
interface Slots {
  readonly prefix: number;
  readonly network: number;
}

class SharedCounts implements Counts<Keys, Slots> {
  readonly #lock: SharedLock;
  readonly #all: Int32Array;
  readonly #byPrefix: Tally;
  readonly #byNetwork: Tally;
  /** Each of them knows what it was asked last. */
  readonly #digests: { readonly prefix: KeyDigest; readonly network: KeyDigest };

  constructor({ lock, all, prefixes, networks, seed }: PlacesMemory, abandoned: () => never) {
    this.#lock = new SharedLock(lock, abandoned);
    this.#all = new Int32Array(all);
    this.#byPrefix = new Tally(prefixes);
    this.#byNetwork = new Tally(networks);
    this.#digests = { prefix: new KeyDigest(seed, digestWords), network: new KeyDigest(seed, digestWords) };
  }

  comer({ prefix, network }: Origin): Keys {
    return { prefix: this.#digests.prefix.of(prefix), network: this.#digests.network.of(network) };
  }

  holding<T>(act: () => T): T {
    return this.#lock.holding(act);
  }

  get all(): number {
    return this.#all[0] ?? 0;
  }

  of({ prefix, network }: Keys): Numbers {
    return { prefix: this.#byPrefix.of(prefix), network: this.#byNetwork.of(network) };
  }

  ofInside({ prefix, network }: Slots): Numbers {
    return { prefix: this.#byPrefix.at(prefix), network: this.#byNetwork.at(network) };
  }

  add({ prefix, network }: Keys): Slots {
    this.#all[0] = this.all + 1;
    return { prefix: this.#byPrefix.increment(prefix), network: this.#byNetwork.increment(network) };
  }

  remove({ prefix, network }: Slots): void {
    this.#all[0] = this.all - 1;
    this.#byPrefix.decrement(prefix);
    this.#byNetwork.decrement(network);
  }
}

/** How many by key. A key that has none has no slot; one that has some keeps its slot. */
class Tally {
  readonly #table: SharedTable;
  readonly #counts: Int32Array;

  constructor({ table, counts }: TallyMemory) {
    this.#table = new SharedTable(table);
    this.#counts = new Int32Array(counts);
  }

  of(key: Int32Array): number {
    const slot = this.#table.find(key);
    return slot === undefined ? 0 : this.at(slot);
  }

  at(slot: number): number {
    return this.#counts[slot] ?? 0;
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

  has(key: string, now: number): boolean {
    const digest = this.#digest.of(key);
    return this.#lock.holding(() => {
      const bucket = this.#table.find(digest) ?? this.#ofMany(now);
      return (bucket === undefined ? this.#options.burst : this.#tokens(bucket, now)) >= 1;
    });
  }

  #bucket(digest: Int32Array, now: number): number {
    const known = this.#table.find(digest);
    if (known !== undefined) {
      this.#table.moveToLast(known);
      return known;
    }
    const shared = this.#ofMany(now);
    if (shared !== undefined) return shared;
    const fresh = this.#table.insert(digest);
    this.#fill(fresh, this.#options.burst, now);
    return fresh;
  }

  /** As in `TokenBuckets`. */
  #ofMany(now: number): number | undefined {
    this.#forgetFull(now);
    return this.#table.isFull ? this.#options.keys : undefined;
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
