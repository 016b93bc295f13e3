import type { Origin } from '../bounty/limits.ts';
import { Row } from '../bounty/row.ts';

/*
 * Handshakes are the dear part, some milliseconds each. One is done at a time, the loop turns between two of them, and
 * whose it is goes round by network, and within one by prefix: however many stand in the queue, the page answers, and
 * nobody waits for more than one of each other network (design §4.6).
 */

type Act = () => void;

export class Turnstile {
  /** By network and prefix, in the order of their turns. Each connection has one act here at most, so that places bound it. */
  readonly #waiting = new Map<string, Map<string, Row<Act>>>();
  #turning = false;
  #arrived = false;

  /** `act` is called once, later, and after what the same prefix has here already; unless what this returns was called before. */
  enter({ prefix, network }: Origin, act: Act): () => void {
    const prefixes = this.#waiting.get(network) ?? new Map<string, Row<Act>>();
    const row = prefixes.get(prefix) ?? new Row<Act>();
    if (row.size === 0) prefixes.set(prefix, row);
    if (prefixes.size === 1) this.#waiting.set(network, prefixes);
    const leave = row.enter(act);
    if (!this.#turning) this.#turnNext();
    return () => {
      leave();
      if (row.size > 0 || prefixes.get(prefix) !== row) return;
      prefixes.delete(prefix);
      if (prefixes.size === 0 && this.#waiting.get(network) === prefixes) this.#waiting.delete(network);
    };
  }

  /** Somebody was let in. */
  arrived(): void {
    this.#arrived = true;
  }

  /**
   * An immediate waits until the loop has looked at its sockets once more. libuv accepts one connection of a listener in each
   * turn of the loop: while somebody was let in, others may stand in the kernel's queue behind them, first come first served,
   * and our rounds would begin behind it.
   */
  #turnNext(loops = mostLoops): void {
    this.#turning = this.#waiting.size > 0;
    this.#arrived = false;
    if (this.#turning) setImmediate(() => (this.#arrived && loops > 1 ? this.#turnNext(loops - 1) : this.#turn()));
  }

  #turn(): void {
    const act = next(this.#waiting, (prefixes) => next(prefixes, (row) => shift(row)));
    try {
      act?.();
    } finally {
      this.#turnNext();
    }
  }
}

/** However many come, those who are in go on: some milliseconds pass in so many. */
const mostLoops = 64;

/** What `take` has of the first of these, who stands last then, or nowhere if nothing is left of it. */
function next<Waiting extends { readonly size: number }>(
  round: Map<string, Waiting>,
  take: (waiting: Waiting) => Act | undefined,
): Act | undefined {
  for (const [key, waiting] of round) {
    round.delete(key);
    const act = take(waiting);
    if (waiting.size > 0) round.set(key, waiting);
    return act;
  }
  return undefined;
}

function shift(row: Row<Act>): Act | undefined {
  const { first } = row;
  row.shift();
  return first;
}
