import type { Origin } from '../bounty/limits.ts';

/*
 * Handshakes are the dear part, some milliseconds each. One is done at a time, the loop turns between two of them, and
 * whose it is goes round by network, and within one by prefix: however many stand in the queue, the page answers, and
 * nobody waits for more than one of each other network (design §4.6).
 */

type Act = () => void;

export class Turnstile {
  /** By network and prefix, in the order of their turns. Each connection has one act here at most, so that places bound it. */
  readonly #waiting = new Map<string, Map<string, Act[]>>();
  #turning = false;

  /** `act` is called once, later, and after what the same prefix has here already. */
  enter({ prefix, network }: Origin, act: Act): void {
    const prefixes = this.#waiting.get(network);
    const queue = prefixes?.get(prefix);
    if (queue !== undefined) queue.push(act);
    else if (prefixes !== undefined) prefixes.set(prefix, [act]);
    else this.#waiting.set(network, new Map([[prefix, [act]]]));
    if (!this.#turning) this.#turnNext();
  }

  /** An immediate waits until the loop has looked at its sockets once more. */
  #turnNext(loops = 1): void {
    this.#turning = this.#waiting.size > 0;
    if (this.#turning) setImmediate(() => (loops > 1 ? this.#turnNext(loops - 1) : this.#turn()));
  }

  #turn(): void {
    const act = next(this.#waiting, (prefixes) => next(prefixes, (queue) => queue.shift()));
    const began = performance.now();
    try {
      act?.();
    } finally {
      this.#turnNext(loopsAfter(performance.now() - began));
    }
  }
}

/**
 * libuv accepts one connection of a listener in each turn of the loop. If the loop turned once for an act, no more could come in
 * than are served: under a flood all would stand in the kernel's queue, first come first served, and our rounds would begin behind it.
 */
const loopsAfter = (milliseconds: number): number => 1 + Math.min(mostLoops, Math.floor(2 * milliseconds));
const mostLoops = 32;

/** What `take` has of the first of these, who stands last then, or nowhere if nothing is left of it. */
function next<Waiting extends { readonly size: number } | { readonly length: number }>(
  round: Map<string, Waiting>,
  take: (waiting: Waiting) => Act | undefined,
): Act | undefined {
  for (const [key, waiting] of round) {
    round.delete(key);
    const act = take(waiting);
    if (('size' in waiting ? waiting.size : waiting.length) > 0) round.set(key, waiting);
    return act;
  }
  return undefined;
}
