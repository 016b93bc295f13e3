import { probeAlert } from '../bounty/endpoints.ts';

/**
 * Who called 10001 and was sent away. What he still says is thrown away, but for one thing: that he is our own monitoring,
 * which then both his call and one of ours that finds nobody are counted as.
 */
export class DialbackCaller {
  #heard = 0;
  #probe: boolean | undefined;
  readonly #waiting: ((probe: boolean) => void)[] = [];

  /** What he says, from his first byte on, in pieces. */
  hear(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.#probe !== undefined) return;
      if (byte !== probeAlert[this.#heard]) this.#decide(false);
      else {
        this.#heard += 1;
        if (this.#heard === probeAlert.length) this.#decide(true);
      }
    }
  }

  /** He says nothing more. */
  end(): void {
    if (this.#probe === undefined) this.#decide(false);
  }

  /** Calls back once, now or when it is known. */
  whenKnown(act: (probe: boolean) => void): void {
    if (this.#probe === undefined) this.#waiting.push(act);
    else act(this.#probe);
  }

  #decide(probe: boolean): void {
    this.#probe = probe;
    for (const act of this.#waiting.splice(0)) act(probe);
  }
}
