import type { TranscriptPoint } from '../tls/index.ts';
import type { TlsRole } from './endpoints.ts';

/**
 * One transcript hash, and which of our roles wrote the flight that ends there. Both ends of a connection know the
 * hash, a relay knows neither (design §4.2).
 */
export interface TranscriptRecord {
  readonly role: TlsRole;
  readonly generation: string;
  readonly point: TranscriptPoint;
  readonly hash: Uint8Array;
}

/**
 * Knows which sessions are our own two ends of one bridge. A record is entered before the flight it stands for leaves;
 * whoever verified a Finished of ours therefore finds it, and whoever forged one does not. What becomes of the other
 * end afterwards changes nothing, so that nobody can fake a breach by cutting a bridge.
 *
 * Synchronous on purpose: threads may share it through memory, but never by messages, which could be late.
 */
export interface Correlator {
  /** False if it cannot be remembered. Then the flight must not leave: a forgotten record would look like a breach. */
  enter(record: TranscriptRecord, now: number): boolean;
  has(record: TranscriptRecord, now: number): boolean;
}

export interface CorrelatorOptions {
  /**
   * Milliseconds. More than a session may live: who verifies a flight of ours began before the flight was written,
   * so a record older than the longest session can be missed by nobody.
   */
  readonly lifetime: number;
  readonly capacity: number;
}

export class LocalCorrelator implements Correlator {
  readonly #options: CorrelatorOptions;
  /** In the order of entry, which is the order of expiry. */
  readonly #expiry = new Map<string, number>();

  constructor(options: CorrelatorOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#expiry.size;
  }

  enter(record: TranscriptRecord, now: number): boolean {
    this.#expire(now);
    if (this.#expiry.size >= this.#options.capacity) return false;
    this.#expiry.set(keyOf(record), now + this.#options.lifetime);
    return true;
  }

  has(record: TranscriptRecord, now: number): boolean {
    this.#expire(now);
    return this.#expiry.has(keyOf(record));
  }

  #expire(now: number): void {
    for (const [key, expires] of this.#expiry) {
      if (expires > now) return;
      this.#expiry.delete(key);
    }
  }
}

/** A text for a record, and another for every other. */
export const keyOf = (record: TranscriptRecord): string =>
  // Not hex: put together digit by digit it would be a tree of its parts, and there are many thousands of these.
  `${record.role} ${record.generation} ${record.point} ${String.fromCharCode(...record.hash)}`;

/** Where the two roles meet: the flight that each writes last ends here. */
export const finishedPoint: Readonly<Record<TlsRole, TranscriptPoint>> = {
  server: 'server_finished',
  client: 'client_finished',
};
