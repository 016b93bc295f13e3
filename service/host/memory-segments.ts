import {
  compressFrame,
  cutAtLines,
  frameTextLength,
  readText,
  type SegmentInfo,
  type TraceSegments,
} from './trace-segments.ts';

/* Segments for hosts without a disk: the bodies, compressed; of the journal nothing, since the index is as lasting as it would be. */

interface Frame {
  readonly textLength: number;
  /** With its header. */
  readonly bytes: Uint8Array;
}

interface MemorySegment extends SegmentInfo {
  /**
   * One by one: to join them anew for each that comes copies megabytes a second, outside of V8's heap, and V8 collects all of it
   * as often as that has grown.
   */
  readonly frames: Frame[];
  hasBodies: boolean;
}

/** Text waits for so much more before it is compressed. */
const openText = 64 * 1024;

export class MemorySegments implements TraceSegments {
  readonly where = 'memory';
  readonly #segments = new Map<number, MemorySegment>();
  #open: MemorySegment | undefined;
  /** What waits to be compressed, at the beginning of memory that is used again. */
  #pending = new Uint8Array(2 * openText);
  #pendingLength = 0;
  #textLength = 0;
  #compressedText = 0;
  #frameBytes = 0;

  get list(): readonly SegmentInfo[] {
    return [...this.#segments.values()];
  }

  get bytes(): number {
    return this.#pendingLength + this.#frameBytes;
  }

  get openLength(): { readonly journal: number; readonly bodies: number } {
    return { journal: 0, bodies: this.#textLength };
  }

  begin(id: number, day: string): Promise<void> {
    this.#open = { id, day, hasBodies: true, frames: [] };
    this.#segments.set(id, this.#open);
    this.#textLength = 0;
    this.#compressedText = 0;
    this.#pendingLength = 0; // of one that could not be sealed the rest is lost, and is in the way of nobody
    return Promise.resolve();
  }

  async write(_journal: Uint8Array, bodies: Uint8Array): Promise<void> {
    this.#pend(bodies);
    this.#textLength += bodies.length;
    try {
      if (this.#pendingLength >= openText) await this.#compress();
    } catch (error) {
      // Whoever wrote it writes it again.
      this.#pendingLength -= bodies.length;
      this.#textLength -= bodies.length;
      throw error;
    }
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }

  async seal(): Promise<void> {
    await this.#compress();
    this.#open = undefined;
    this.#textLength = 0;
  }

  drop(id: number): void {
    for (const { bytes } of this.#segments.get(id)?.frames ?? []) this.#frameBytes -= bytes.length;
    this.#segments.delete(id);
  }

  read(id: number, offset: number, length: number): Uint8Array | undefined {
    const segment = this.#segments.get(id);
    if (segment === undefined) return undefined;
    if (segment === this.#open && offset >= this.#compressedText) {
      const from = offset - this.#compressedText;
      return this.#pending.slice(from, Math.min(from + length, this.#pendingLength));
    }
    let before = 0;
    for (const { textLength, bytes } of segment.frames) {
      if (offset < before + textLength)
        return readText((at, count) => bytes.subarray(at, at + count), offset - before, length);
      before += textLength;
    }
    return undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #compress(): Promise<void> {
    const segment = this.#open;
    if (segment === undefined || this.#pendingLength === 0) return;
    const frames: Frame[] = [];
    for (const text of cutAtLines(this.#pending.subarray(0, this.#pendingLength), frameTextLength)) {
      frames.push({ textLength: text.length, bytes: await compressFrame(text) });
    }
    segment.frames.push(...frames); // all of them, or none if one failed
    for (const { bytes } of frames) this.#frameBytes += bytes.length;
    this.#compressedText = this.#textLength;
    this.#pendingLength = 0;
  }

  #pend(bodies: Uint8Array): void {
    const length = this.#pendingLength + bodies.length;
    if (length > this.#pending.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(this.#pending.subarray(0, this.#pendingLength));
      this.#pending = larger;
    }
    this.#pending.set(bodies, this.#pendingLength);
    this.#pendingLength = length;
  }
}
