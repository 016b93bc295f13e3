/*
 * So many a second in the long run, of all threads together: one bucket in shared memory, without a lock. What is more is refused
 * where it happens, before there is any work in it.
 */

/** `perSecond`, and as many as `burst` at once. */
export interface AllowanceTerms {
  readonly perSecond: number;
  readonly burst: number;
}

export interface AllowanceMemory extends AllowanceTerms {
  /** Two Int32: how many are left, and the millisecond until which they were filled, which wraps around. */
  readonly state: SharedArrayBuffer;
}

export function allowanceMemory(terms: AllowanceTerms): AllowanceMemory {
  const state = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  new Int32Array(state)[left] = terms.burst;
  return { ...terms, state };
}

const left = 0;
const filled = 1;
const farBack = 1000;

export class SharedAllowance {
  readonly #terms: AllowanceTerms;
  readonly #state: Int32Array;

  constructor({ state, ...terms }: AllowanceMemory) {
    this.#terms = terms;
    this.#state = new Int32Array(state);
  }

  /** Whether there is one left. `now`: milliseconds of a clock that all threads read alike, and that never goes back. */
  take(now: number): boolean {
    this.#fill(Math.floor(now) | 0);
    if (Atomics.sub(this.#state, left, 1) > 0) return true;
    Atomics.add(this.#state, left, 1);
    return false;
  }

  /** Whoever moves the time on fills, for the whole ones that have become due since. */
  #fill(now: number): void {
    const { perSecond, burst } = this.#terms;
    const since = Atomics.load(this.#state, filled);
    const elapsed = (now - since) | 0;
    // Nobody asked for weeks, and the milliseconds wrapped around: threads do not differ by as much as that.
    const due = elapsed < -farBack ? burst : Math.floor((elapsed * perSecond) / 1000);
    if (due < 1) return;
    // Only as much time as they stand for: what is left of a millisecond or of an attempt is not lost.
    const until = due >= burst ? now : (since + Math.ceil((due * 1000) / perSecond)) | 0;
    if (Atomics.compareExchange(this.#state, filled, since, until) !== since) return;
    const more = Math.min(due, burst - Atomics.load(this.#state, left));
    if (more > 0) Atomics.add(this.#state, left, more);
  }
}
