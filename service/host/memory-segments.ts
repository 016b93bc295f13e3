import {
  compressFrame,
  cutAtLines,
  frameTextLength,
  joined,
  readText,
  type SegmentInfo,
  type TraceSegments,
} from './trace-segments.ts';

/* Segments for hosts without a disk: the bodies, compressed; of the journal nothing, since the index is as lasting as it would be. */

interface MemorySegment extends SegmentInfo {
  frames: Uint8Array;
  hasBodies: boolean;
}

/** Text waits for so much more before it is compressed. */
const openText = 64 * 1024;

export class MemorySegments implements TraceSegments {
  readonly where = 'memory';
  readonly #segments = new Map<number, MemorySegment>();
  #open: MemorySegment | undefined;
  #pending: Uint8Array[] = [];
  #pendingLength = 0;
  #textLength = 0;
  #compressedText = 0;

  get list(): readonly SegmentInfo[] {
    return [...this.#segments.values()];
  }

  get bytes(): number {
    let sum = this.#pendingLength;
    for (const { frames } of this.#segments.values()) sum += frames.length;
    return sum;
  }

  get openLength(): { readonly journal: number; readonly bodies: number } {
    return { journal: 0, bodies: this.#textLength };
  }

  begin(id: number, day: string): Promise<void> {
    this.#open = { id, day, hasBodies: true, frames: new Uint8Array(0) };
    this.#segments.set(id, this.#open);
    this.#textLength = 0;
    this.#compressedText = 0;
    return Promise.resolve();
  }

  async write(_journal: Uint8Array, bodies: Uint8Array): Promise<void> {
    this.#pending.push(bodies);
    this.#pendingLength += bodies.length;
    this.#textLength += bodies.length;
    if (this.#pendingLength >= openText) await this.#compress();
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
    this.#segments.delete(id);
  }

  read(id: number, offset: number, length: number): Uint8Array | undefined {
    const segment = this.#segments.get(id);
    if (segment === undefined) return undefined;
    if (segment === this.#open && offset >= this.#compressedText) {
      const from = offset - this.#compressedText;
      return joined(this.#pending).subarray(from, from + length);
    }
    return readText((at, count) => segment.frames.subarray(at, at + count), offset, length);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #compress(): Promise<void> {
    const segment = this.#open;
    if (segment === undefined || this.#pendingLength === 0) return;
    const frames: Uint8Array[] = [segment.frames];
    for (const text of cutAtLines(joined(this.#pending), frameTextLength)) frames.push(await compressFrame(text));
    segment.frames = joined(frames);
    this.#compressedText = this.#textLength;
    this.#pending = [];
    this.#pendingLength = 0;
  }
}
