import { createHmac } from 'node:crypto';

const remembered = 4096;

/**
 * What a trace calls a visitor: the same all day, another tomorrow, and nobody can tell who it was once the day's key is
 * gone. It lives in memory alone, so that a restart makes strangers of everybody too.
 */
export class Pseudonyms {
  readonly #random: (length: number) => Uint8Array;
  /** Of whom came a moment ago: an HMAC costs more than all else that is done with one who says nothing. */
  readonly #recent = new Map<string, string>();
  #day: number | undefined;
  #key: Uint8Array = new Uint8Array(0);

  constructor(random: (length: number) => Uint8Array) {
    this.#random = random;
  }

  /** `at`: seconds since 1970. 16 hex digits. */
  of(prefix: string, at: number): string {
    const day = Math.floor(at / 86_400);
    if (day !== this.#day) {
      this.#key.fill(0);
      this.#key = this.#random(32);
      this.#day = day;
      this.#recent.clear();
    }
    const known = this.#recent.get(prefix);
    if (known !== undefined) return known;
    const pseudonym = createHmac('sha256', this.#key).update(prefix).digest('hex').slice(0, 16);
    if (this.#recent.size >= remembered) this.#recent.clear();
    this.#recent.set(prefix, pseudonym);
    return pseudonym;
  }
}
