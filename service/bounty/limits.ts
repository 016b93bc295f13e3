/*
 * Who may have how much of us. Everything here is bounded in memory by a number, and time is passed in (milliseconds of
 * a clock that never goes back).
 */

export interface TokenBucketOptions {
  /** How many at once, after a pause. */
  readonly burst: number;
  readonly perSecond: number;
  /** How many keys are remembered. Those beyond share one bucket: a flood of prefixes limits itself, not the others. */
  readonly keys: number;
}

/** How often. */
export interface Rates {
  /** True if `key` may go on now; takes one token then. */
  take(key: string, now: number): boolean;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets by key, usually a prefix of addresses. A bucket that is full again is forgotten: it equals no bucket. */
export class TokenBuckets implements Rates {
  readonly #options: TokenBucketOptions;
  readonly #buckets = new Map<string, Bucket>();
  readonly #shared: Bucket;
  /** Whose turn was last: their bucket stands last already. */
  #latest: string | undefined;

  constructor(options: TokenBucketOptions) {
    this.#options = options;
    this.#shared = { tokens: options.burst, at: 0 };
  }

  get size(): number {
    return this.#buckets.size;
  }

  take(key: string, now: number): boolean {
    const bucket = this.#bucket(key, now);
    this.#refill(bucket, now);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  #bucket(key: string, now: number): Bucket {
    const known = this.#buckets.get(key);
    if (known !== undefined) {
      if (key === this.#latest) return known;
      // The order of the map is the order of last use, so that the longest unused stand first.
      this.#buckets.delete(key);
      this.#buckets.set(key, known);
      this.#latest = key;
      return known;
    }
    this.#forgetFull(now);
    if (this.#buckets.size >= this.#options.keys) return this.#shared;
    const fresh = { tokens: this.#options.burst, at: now };
    this.#buckets.set(key, fresh);
    this.#latest = key;
    return fresh;
  }

  #forgetFull(now: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (this.#tokens(bucket, now) < this.#options.burst) return;
      this.#buckets.delete(key);
    }
  }

  #refill(bucket: Bucket, now: number): void {
    bucket.tokens = this.#tokens(bucket, now);
    bucket.at = now;
  }

  #tokens(bucket: Bucket, now: number): number {
    const earned = (Math.max(0, now - bucket.at) / 1000) * this.#options.perSecond;
    return Math.min(this.#options.burst, bucket.tokens + earned);
  }
}

/** Where somebody comes from, by what one customer has, and by what a provider has of whom anybody may have many. */
export interface Origin {
  readonly prefix: string;
  readonly network: string;
}

export interface OccupancyOptions {
  readonly perPrefix: number;
  readonly perNetwork: number;
  readonly total: number;
}

/** How many at once. */
export interface Places {
  readonly taken: number;
  /** Gives the place back when called, once; undefined if there is none. */
  enter(origin: Origin): (() => void) | undefined;
}

/** How many places are taken, by origin and in all. A place is given back by the function that was handed out with it. */
export class Occupancy implements Places {
  readonly #options: OccupancyOptions;
  readonly #byPrefix = new Map<string, number>();
  readonly #byNetwork = new Map<string, number>();
  #all = 0;

  constructor(options: OccupancyOptions) {
    this.#options = options;
  }

  get taken(): number {
    return this.#all;
  }

  enter({ prefix, network }: Origin): (() => void) | undefined {
    const { perPrefix, perNetwork, total } = this.#options;
    const ofPrefix = this.#byPrefix.get(prefix) ?? 0;
    const ofNetwork = this.#byNetwork.get(network) ?? 0;
    if (ofPrefix >= perPrefix || ofNetwork >= perNetwork || this.#all >= total) return undefined;
    this.#byPrefix.set(prefix, ofPrefix + 1);
    this.#byNetwork.set(network, ofNetwork + 1);
    this.#all += 1;
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.#all -= 1;
      decrement(this.#byPrefix, prefix);
      decrement(this.#byNetwork, network);
    };
  }
}

function decrement(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 1) - 1;
  if (left === 0) counts.delete(key);
  else counts.set(key, left);
}
