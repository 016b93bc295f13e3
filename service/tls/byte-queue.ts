/** What every queue is while nothing waits in it: an idle connection holds none. */
const EMPTY = new Uint8Array(0);

/**
 * Bytes that wait to be complete. Grows by half, so that n bytes cost O(n) however they are cut up; holds no more than
 * twice what waits, and what came in one piece as it is: a header that announces much reserves nothing.
 */
export class ByteQueue {
  #bytes: Uint8Array = EMPTY;
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** The byte at `index` from the front; 0 beyond the end. */
  at(index: number): number {
    return index < this.length ? (this.#bytes[this.#start + index] ?? 0) : 0;
  }

  /** Copies: the network's buffer is never kept. */
  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#end + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The first `length` bytes, to be used before the next append. */
  take(length: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#start, this.#start + length);
    this.#start += taken.length;
    if (this.#start === this.#end) this.clear();
    return taken;
  }

  clear(): void {
    this.#bytes = EMPTY;
    this.#start = 0;
    this.#end = 0;
  }

  #makeRoom(more: number): void {
    const needed = this.length + more;
    const held = this.#bytes.length;
    // Where a quarter of it is free again, what waits moves to the front of as much.
    const target = new Uint8Array(needed <= 0.75 * held ? held : Math.max(64, needed, Math.ceil(1.5 * held)));
    target.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = target;
    this.#end -= this.#start;
    this.#start = 0;
  }
}
