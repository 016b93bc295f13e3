import type { FaultReason } from '../tls/index.ts';
import type { Classification } from './classify.ts';
import { type PortKey, portKeys } from './connection-event.ts';
import { type FailureKey, failureKeys, failureTable } from './failure-table.ts';
import { percentages } from './percentages.ts';
import { Visitors } from './visitors.ts';

/** A category, as the pages and status.json show it. */
export interface CategoryTally {
  readonly key: FailureKey;
  readonly title: string;
  readonly count: number;
  /** Of all the connections that ended; those of one snapshot sum to exactly 100.0. */
  readonly percent: string;
}

export interface PortTally {
  /** Ended and open. */
  readonly connections: number;
  readonly open: number;
  readonly byCategory: readonly CategoryTally[];
}

export interface TallySnapshot {
  /** Milliseconds since 1970 of the first connection and of the latest event; undefined before there is one. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly connections: number;
  readonly open: number;
  /** Connections that ended: the sum of `byCategory`. */
  readonly ended: number;
  /** Those of them that were no monitoring of ours. */
  readonly attempts: number;
  /** Only categories that occurred, in the order of the table. */
  readonly byCategory: readonly CategoryTally[];
  readonly byPort: Readonly<Record<PortKey, PortTally>>;
  /** Sub-keys: how often each fault of the engine decided. */
  readonly byReason: readonly { readonly reason: FaultReason; readonly count: number }[];
  /** How often each alert that was received decided, by its number. */
  readonly alertsReceived: readonly { readonly description: number; readonly count: number }[];
  /** Releases by what they were: each end of a bridge is one. */
  readonly successes: { readonly paired: number; readonly unpaired: number; readonly test: number };
  /** Of connections that ended and were no monitoring of ours. */
  readonly visitors: number;
}

/**
 * The counters of one service. Linear: whoever owns it counts in it, and shows snapshots, which never change. Its memory
 * is bounded by the tables: nothing a peer sends can make a new key.
 */
export class Tally {
  readonly #ports: Readonly<Record<PortKey, PortCounts>>;
  readonly #reasons = new Counter<FaultReason>();
  readonly #alerts = new Counter<number>();
  readonly #visitors: Visitors;
  #first: number | undefined;
  #last: number | undefined;

  /** `visitorKey`: 32 random bytes, the key of the pseudonyms. */
  constructor(visitorKey: Uint8Array) {
    this.#visitors = new Visitors(visitorKey);
    this.#ports = {
      http: new PortCounts(),
      https: new PortCounts(),
      server: new PortCounts(),
      dialback: new PortCounts(),
      reverse: new PortCounts(),
    };
  }

  /** A connection of a port begins. */
  opened(port: PortKey, at: number): void {
    this.#ports[port].open++;
    this.#seen(at);
  }

  /**
   * It ended. To be called once for each `opened`, and never without. `visitor`: the address, or the prefix of addresses, that
   * stands for a visitor. A probe of ours is none.
   */
  ended(port: PortKey, visitor: string, { key, reason, alert }: Classification, at: number): void {
    const counts = this.#ports[port];
    if (counts.open === 0) throw new RangeError(`a connection of port ${port} ended that never opened`);
    counts.open--;
    counts.categories.increment(key);
    if (key !== 'probe') this.#visitors.add(visitor);
    if (reason !== undefined) this.#reasons.increment(reason);
    if (alert !== undefined) this.#alerts.increment(alert & 0xff);
    this.#seen(at);
  }

  snapshot(): TallySnapshot {
    const total = new Counter<FailureKey>();
    for (const port of portKeys) total.addAll(this.#ports[port].categories);
    const open = portKeys.reduce((sum, port) => sum + this.#ports[port].open, 0);
    return {
      first: this.#first,
      last: this.#last,
      connections: total.sum + open,
      open,
      ended: total.sum,
      attempts: total.sum - total.of('probe'),
      byCategory: categories(total),
      byPort: {
        http: portTally(this.#ports.http),
        https: portTally(this.#ports.https),
        server: portTally(this.#ports.server),
        dialback: portTally(this.#ports.dialback),
        reverse: portTally(this.#ports.reverse),
      },
      byReason: this.#reasons.entries.map(([reason, count]) => ({ reason, count })),
      alertsReceived: this.#alerts.entries.map(([description, count]) => ({ description, count })),
      successes: {
        paired: total.of('success.short_circuit'),
        unpaired: total.of('breach'),
        test: total.of('success.test'),
      },
      visitors: this.#visitors.count,
    };
  }

  #seen(at: number): void {
    this.#first ??= at;
    this.#last = at;
  }
}

class PortCounts {
  open = 0;
  readonly categories = new Counter<FailureKey>();
}

class Counter<Key> {
  readonly #counts = new Map<Key, number>();
  #sum = 0;

  get sum(): number {
    return this.#sum;
  }

  /** The most frequent first. */
  get entries(): readonly (readonly [Key, number])[] {
    return [...this.#counts].sort(([, a], [, b]) => b - a);
  }

  of(key: Key): number {
    return this.#counts.get(key) ?? 0;
  }

  increment(key: Key, by = 1): void {
    this.#counts.set(key, this.of(key) + by);
    this.#sum += by;
  }

  addAll(other: Counter<Key>): void {
    for (const [key, count] of other.#counts) this.increment(key, count);
  }
}

const portTally = ({ open, categories: counter }: PortCounts): PortTally => ({
  connections: open + counter.sum,
  open,
  byCategory: categories(counter),
});

function categories(counter: Counter<FailureKey>): readonly CategoryTally[] {
  const keys = failureKeys.filter((key) => counter.of(key) > 0);
  const shares = percentages(keys.map((key) => counter.of(key)));
  return keys.map((key, index) => ({
    key,
    title: failureTable[key].title,
    count: counter.of(key),
    percent: shares[index] ?? '0.0',
  }));
}
