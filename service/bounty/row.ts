/*
 * A Set or a Map that many come to and leave again is made anew every few of them, and V8 keeps each one that was outgrown,
 * with all that stood in it, until the next full collection: every connection would live on long after it was closed.
 */

interface Link<T> {
  readonly value: T;
  before: Link<T> | undefined;
  after: Link<T> | undefined;
  inside: boolean;
}

/** Those who came and have not left, in the order in which they came. Coming and leaving take constant time. */
export class Row<T> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Who came first of those who are still here. */
  get first(): T | undefined {
    return this.#first?.value;
  }

  /** As they stand now: who leaves meanwhile is among them. */
  get all(): readonly T[] {
    const all: T[] = [];
    for (let link = this.#first; link !== undefined; link = link.after) all.push(link.value);
    return all;
  }

  /** Leaves when what this returns is called. */
  enter(value: T): () => void {
    const link: Link<T> = { value, before: this.#last, after: undefined, inside: true };
    if (this.#last === undefined) this.#first = link;
    else this.#last.after = link;
    this.#last = link;
    this.#size += 1;
    return () => this.#strike(link);
  }

  /** The first leaves. */
  shift(): void {
    if (this.#first !== undefined) this.#strike(this.#first);
  }

  #strike(link: Link<T>): void {
    if (!link.inside) return;
    link.inside = false;
    const { before, after } = link;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    this.#size -= 1;
    // Who has left leads to nobody, or whoever is remembered too long would keep all who came later.
    link.before = undefined;
    link.after = undefined;
  }
}
