import type { DigestWords } from './key-digest.ts';

/*
 * A map of digests to slots in shared memory, of a fixed capacity, with its entries in an order: what was entered or moved last
 * stands last. What belongs to an entry stands at its slot in arrays of whoever uses the table. Every call is made under a lock.
 *
 * Entries of one bucket are chained. A digest is as good as random, so that chains are short whatever strangers send.
 */

export interface TableMemory {
  readonly capacity: number;
  readonly keyWords: number;
  readonly words: SharedArrayBuffer;
}

/** Words before the arrays. Links are slots plus one: memory begins as zero, and zero is no slot. */
const [sizeAt, touchedAt, freeAt, firstAt, lastAt, headerWords] = [0, 1, 2, 3, 4, 8] as const;
const linksPerSlot = 3; // chain, before, after

const bucketsFor = (capacity: number): number => 1 << Math.ceil(Math.log2(Math.max(2, capacity)));

/** Pages that are not written to take no memory. */
export function tableMemory(capacity: number, keyWords: number): TableMemory {
  const words = headerWords + bucketsFor(capacity) + capacity * (linksPerSlot + keyWords);
  return { capacity, keyWords, words: new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT) };
}

export class SharedTable {
  readonly #capacity: number;
  readonly #keyWords: number;
  readonly #mask: number;
  readonly #header: Int32Array;
  readonly #buckets: Int32Array;
  readonly #chain: Int32Array;
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  readonly #keys: Int32Array;

  constructor({ capacity, keyWords, words }: TableMemory) {
    const buckets = bucketsFor(capacity);
    let offset = 0;
    const part = (length: number): Int32Array => {
      const array = new Int32Array(words, offset * Int32Array.BYTES_PER_ELEMENT, length);
      offset += length;
      return array;
    };
    this.#capacity = capacity;
    this.#keyWords = keyWords;
    this.#mask = buckets - 1;
    this.#header = part(headerWords);
    this.#buckets = part(buckets);
    this.#chain = part(capacity);
    this.#before = part(capacity);
    this.#after = part(capacity);
    this.#keys = part(capacity * keyWords);
  }

  get size(): number {
    return at(this.#header, sizeAt);
  }

  get isFull(): boolean {
    return this.size >= this.#capacity;
  }

  /** The slot that stands first; undefined if there is none. */
  get first(): number | undefined {
    return slot(at(this.#header, firstAt));
  }

  find(key: DigestWords): number | undefined {
    let link = at(this.#buckets, this.#bucketOf(key));
    while (link !== 0 && !this.#holds(link - 1, key)) link = at(this.#chain, link - 1);
    return slot(link);
  }

  /** Of a key that is not there, in a table that is not full. What stands at the slot is whatever was left there. */
  insert(key: DigestWords): number {
    const taken = this.#takeSlot();
    this.#keys.set(key, taken * this.#keyWords);
    const bucket = this.#bucketOf(key);
    this.#chain[taken] = at(this.#buckets, bucket);
    this.#buckets[bucket] = taken + 1;
    this.#append(taken);
    this.#header[sizeAt] = this.size + 1;
    return taken;
  }

  remove(removed: number): void {
    const key = this.#keys.subarray(removed * this.#keyWords, (removed + 1) * this.#keyWords);
    const bucket = this.#bucketOf(key);
    const next = at(this.#chain, removed);
    let link = at(this.#buckets, bucket);
    if (link === removed + 1) this.#buckets[bucket] = next;
    else {
      while (at(this.#chain, link - 1) !== removed + 1) link = at(this.#chain, link - 1);
      this.#chain[link - 1] = next;
    }
    this.#unlink(removed);
    this.#chain[removed] = at(this.#header, freeAt);
    this.#header[freeAt] = removed + 1;
    this.#header[sizeAt] = this.size - 1;
  }

  moveToLast(moved: number): void {
    if (at(this.#header, lastAt) === moved + 1) return;
    this.#unlink(moved);
    this.#append(moved);
  }

  #bucketOf(key: DigestWords): number {
    return at(key, 0) & this.#mask;
  }

  #holds(of: number, key: DigestWords): boolean {
    const start = of * this.#keyWords;
    for (let word = 0; word < this.#keyWords; word++) {
      if (this.#keys[start + word] !== key[word]) return false;
    }
    return true;
  }

  /** One that was given back, or the next that nobody had yet. */
  #takeSlot(): number {
    const link = at(this.#header, freeAt);
    if (link !== 0) {
      this.#header[freeAt] = at(this.#chain, link - 1);
      return link - 1;
    }
    const touched = at(this.#header, touchedAt);
    if (touched >= this.#capacity) throw new RangeError(`a table of ${this.#capacity} slots is full`);
    this.#header[touchedAt] = touched + 1;
    return touched;
  }

  #append(appended: number): void {
    const last = at(this.#header, lastAt);
    this.#before[appended] = last;
    this.#after[appended] = 0;
    if (last === 0) this.#header[firstAt] = appended + 1;
    else this.#after[last - 1] = appended + 1;
    this.#header[lastAt] = appended + 1;
  }

  #unlink(unlinked: number): void {
    const [before, after] = [at(this.#before, unlinked), at(this.#after, unlinked)];
    if (before === 0) this.#header[firstAt] = after;
    else this.#after[before - 1] = after;
    if (after === 0) this.#header[lastAt] = before;
    else this.#before[after - 1] = before;
  }
}

const slot = (link: number): number | undefined => (link === 0 ? undefined : link - 1);

function at(array: Int32Array, index: number): number {
  const word = array[index];
  if (word === undefined) throw new RangeError(`no word ${index} in ${array.length}`);
  return word;
}
