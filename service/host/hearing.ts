import type { Told } from './door-messages.ts';

/*
 * What other threads tell is heard in slices: a flood that they receive shall not be one long turn of the loop that has the page.
 * What one thread tells comes in its order, and nothing is lost.
 */

interface Message {
  readonly told: readonly Told[];
  /** Once all of it was heard. */
  readonly done: () => void;
}

/** After so long the loop looks at its sockets. */
const sliceMilliseconds = 0.5;

export class Hearing {
  readonly #hear: (told: Told) => void;
  readonly #waiting: Message[] = [];
  /** Of the first that waits, how many lines were heard. */
  #heard = 0;
  #turning = false;

  /** `hear` does not throw. */
  constructor(hear: (told: Told) => void) {
    this.#hear = hear;
  }

  take(message: Message): void {
    this.#waiting.push(message);
    if (!this.#turning) this.#turn();
  }

  #turn(): void {
    const until = performance.now() + sliceMilliseconds;
    for (let message = this.#waiting[0]; message !== undefined; message = this.#waiting[0]) {
      for (let told = message.told[this.#heard]; told !== undefined; told = message.told[this.#heard]) {
        this.#heard += 1;
        this.#hear(told);
        if (performance.now() > until) return this.#goOn();
      }
      this.#waiting.shift();
      this.#heard = 0;
      message.done();
    }
    this.#turning = false;
  }

  #goOn(): void {
    this.#turning = true;
    setImmediate(() => this.#turn());
  }
}
