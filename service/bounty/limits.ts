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
  /** True if `take` would be; takes nothing, and remembers nobody. */
  has(key: string, now: number): boolean;
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

  has(key: string, now: number): boolean {
    const bucket = this.#buckets.get(key) ?? this.#ofMany(now);
    return bucket === undefined ? this.#options.burst >= 1 : this.#tokens(bucket, now) >= 1;
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
    const shared = this.#ofMany(now);
    if (shared !== undefined) return shared;
    const fresh = { tokens: this.#options.burst, at: now };
    this.#buckets.set(key, fresh);
    this.#latest = key;
    return fresh;
  }

  /** That of whoever is not remembered; undefined while one more can be. */
  #ofMany(now: number): Bucket | undefined {
    this.#forgetFull(now);
    return this.#buckets.size >= this.#options.keys ? this.#shared : undefined;
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
