import { Row } from '../bounty/row.ts';

/*
 * Deadlines by their length. Those of one length end in the order in which they were set, so that one timer serves them
 * all: a timer for each connection costs more than what is done for most of them.
 */

interface Deadline {
  readonly at: number;
  readonly act: () => void;
}

export class Deadlines {
  readonly #byLength = new Map<number, Queue>();

  /** `act` is called once so many milliseconds have passed, unless what this returns was called before. */
  set(milliseconds: number, act: () => void): () => void {
    const known = this.#byLength.get(milliseconds);
    if (known !== undefined) return known.set(act);
    const queue = new Queue(milliseconds);
    this.#byLength.set(milliseconds, queue);
    return queue.set(act);
  }
}

class Queue {
  readonly #milliseconds: number;
  readonly #pending = new Row<Deadline>();
  #watching = false;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  set(act: () => void): () => void {
    if (!this.#watching) this.#watch(this.#milliseconds);
    return this.#pending.enter({ at: performance.now() + this.#milliseconds, act });
  }

  /** It goes on watching when the last was called off: the next one is not far, and one look at nothing is cheap. */
  #watch(milliseconds: number): void {
    this.#watching = true;
    setTimeout(() => this.#look(), milliseconds).unref();
  }

  /** What is set meanwhile stands last, and is seen by this very look. */
  #look(): void {
    const now = performance.now();
    for (let next = this.#pending.first; next !== undefined; next = this.#pending.first) {
      if (next.at > now) {
        this.#watch(Math.max(1, Math.ceil(next.at - now)));
        return;
      }
      this.#pending.shift();
      next.act();
    }
    this.#watching = false;
  }
}
