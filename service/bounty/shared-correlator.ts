import { type Correlator, type CorrelatorOptions, keyOf, type TranscriptRecord } from './correlator.ts';
import { KeyDigest } from './key-digest.ts';
import { lockMemory, SharedLock } from './shared-lock.ts';
import { SharedTable, type TableMemory, tableMemory } from './shared-table.ts';

/** Of one correlator for all threads of a process: what each makes its `SharedCorrelator` of. */
export interface CorrelatorMemory extends CorrelatorOptions {
  readonly lock: SharedArrayBuffer;
  readonly table: TableMemory;
  readonly expiry: SharedArrayBuffer;
  readonly seed: Uint8Array;
}

const digestWords = 8;
/** Looked at in one go. That is more than come in: none is long past its time. */
const expiredAtOnce = 64;

/** `seed`: 32 random bytes. */
export const correlatorMemory = (options: CorrelatorOptions, seed: Uint8Array): CorrelatorMemory => ({
  ...options,
  lock: lockMemory(),
  table: tableMemory(options.capacity, digestWords),
  expiry: new SharedArrayBuffer(options.capacity * Float64Array.BYTES_PER_ELEMENT),
  seed,
});

/**
 * One correlator for all threads: a record that one of them entered is there for every other before `enter` returns, and so
 * before the flight it stands for leaves. `now` is by a clock that all threads share.
 */
export class SharedCorrelator implements Correlator {
  readonly #lifetime: number;
  readonly #lock: SharedLock;
  readonly #table: SharedTable;
  readonly #expiry: Float64Array;
  readonly #digest: KeyDigest;

  constructor({ lifetime, lock, table, expiry, seed }: CorrelatorMemory, abandoned: () => never) {
    this.#lifetime = lifetime;
    this.#lock = new SharedLock(lock, abandoned);
    this.#table = new SharedTable(table);
    this.#expiry = new Float64Array(expiry);
    this.#digest = new KeyDigest(seed, digestWords);
  }

  get size(): number {
    return this.#lock.holding(() => this.#table.size);
  }

  enter(record: TranscriptRecord, now: number): boolean {
    const key = this.#digest.of(keyOf(record));
    return this.#lock.holding(() => {
      this.#expire(now);
      if (this.#table.isFull) return false;
      const known = this.#table.find(key);
      if (known !== undefined) this.#table.moveToLast(known);
      this.#expiry[known ?? this.#table.insert(key)] = now + this.#lifetime;
      return true;
    });
  }

  has(record: TranscriptRecord, now: number): boolean {
    const key = this.#digest.of(keyOf(record));
    return this.#lock.holding(() => {
      const slot = this.#table.find(key);
      return slot !== undefined && (this.#expiry[slot] ?? 0) > now;
    });
  }

  #expire(now: number): void {
    for (let looked = 0; looked < expiredAtOnce; looked++) {
      const { first } = this.#table;
      if (first === undefined || (this.#expiry[first] ?? 0) > now) return;
      this.#table.remove(first);
    }
  }
}
