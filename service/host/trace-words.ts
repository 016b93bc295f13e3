import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { integerOf, rowsOf, textOf } from './trace-database.ts';

/** The few words that heads are made of, each by a number: a million rows are a third as large. */
export class TraceWords {
  readonly #ids = new Map<string, number>();
  readonly #words = new Map<number, string>();
  readonly #all: StatementSync;
  readonly #insert: StatementSync;

  constructor(database: DatabaseSync) {
    this.#all = database.prepare('SELECT id, word FROM words');
    this.#insert = database.prepare('INSERT INTO words VALUES (?, ?)');
    this.load();
  }

  /** As they stand in the index, once more after a transaction came to nothing. */
  load(): void {
    this.#ids.clear();
    this.#words.clear();
    for (const row of rowsOf(this.#all)) this.#set(integerOf(row, 'id'), textOf(row, 'word'));
  }

  /** Undefined for a word that stands nowhere. */
  find(word: string): number | undefined {
    return this.#ids.get(word);
  }

  /** In a transaction: a word that is new is written. */
  id(word: string): number {
    const known = this.#ids.get(word);
    if (known !== undefined) return known;
    const id = this.#ids.size + 1;
    this.#insert.run(id, word);
    this.#set(id, word);
    return id;
  }

  word(id: number): string {
    const word = this.#words.get(id);
    if (word === undefined) throw new RangeError(`the index has no word ${id}`);
    return word;
  }

  #set(id: number, word: string): void {
    this.#ids.set(word, id);
    this.#words.set(id, word);
  }
}
