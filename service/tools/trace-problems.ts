/** What is wrong, the first of it in words and the rest as a number: a file in which everything is wrong may have a million lines. */
export class Problems {
  readonly #first: string[] = [];
  #count = 0;

  add(problem: string): void {
    this.#count += 1;
    if (this.#first.length < shown) this.#first.push(problem);
  }

  get none(): boolean {
    return this.#count === 0;
  }

  get lines(): readonly string[] {
    const more = this.#count - this.#first.length;
    return more === 0 ? this.#first : [...this.#first, `and ${more} problems more`];
  }
}

const shown = 20;
