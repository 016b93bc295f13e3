/*
 * Mutual exclusion of threads by one word of shared memory. Held for microseconds: a few words are read and written, and
 * nothing is waited for meanwhile. What is read inside was written by whoever was inside before (ECMA-262 §29, memory model).
 */

const [free, held, awaited] = [0, 1, 2] as const;

/** A holder that runs is done long before. So often it is given time anew: a process that was stopped whole wakes up here first. */
const usualPatience = { milliseconds: 1000, times: 10 };

export const lockMemory = (): SharedArrayBuffer => new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);

export class SharedLock {
  readonly #word: Int32Array;
  readonly #abandoned: () => never;
  readonly #patience: { readonly milliseconds: number; readonly times: number };

  /** `abandoned` ends the process: whoever held the lock is gone, and what it left half done is known to nobody. */
  constructor(memory: SharedArrayBuffer, abandoned: () => never, patience = usualPatience) {
    this.#word = new Int32Array(memory);
    this.#abandoned = abandoned;
    this.#patience = patience;
  }

  holding<T>(act: () => T): T {
    this.#acquire();
    try {
      return act();
    } finally {
      if (Atomics.exchange(this.#word, 0, free) === awaited) Atomics.notify(this.#word, 0, 1);
    }
  }

  #acquire(): void {
    if (Atomics.compareExchange(this.#word, 0, free, held) === free) return;
    // From here on it counts as awaited, also once it is ours: somebody else may be waiting, and nobody counts them.
    let patient = this.#patience.times;
    while (Atomics.exchange(this.#word, 0, awaited) !== free) {
      if (Atomics.wait(this.#word, 0, awaited, this.#patience.milliseconds) !== 'timed-out') continue;
      patient -= 1;
      if (patient === 0) this.#abandoned();
    }
  }
}
