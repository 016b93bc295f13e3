import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompressSync } from 'node:zlib';
import { frameHeader, frameHeaderLength, framesIn, readFrameHeader } from '../trace/index.ts';

/*
 * Where the lines of a store are: append-only segments, each with a journal and the bodies of the attempts in it, all of one
 * day. The last one is open; one that is closed is compressed, and its bodies may be dropped. A line keeps its address, which
 * is where it begins in the text, whether that is compressed or not.
 */

export interface SegmentInfo {
  readonly id: number;
  /** UTC, `2026-11-21`. */
  readonly day: string;
  readonly hasBodies: boolean;
}

export interface TraceSegments {
  readonly where: 'disk' | 'memory';
  /** The oldest first. */
  readonly list: readonly SegmentInfo[];
  /** All that is kept: on the disk, or in memory. */
  readonly bytes: number;
  /** Text of the open segment; 0 where none is open. */
  readonly openLength: { readonly journal: number; readonly bodies: number };
  begin(id: number, day: string): Promise<void>;
  /**
   * Whole lines, to the end of the open segment. Once it resolves they are there, whatever happens to this process; if it rejects
   * they are to be written again. Once it is settled what was given is the caller's.
   */
  write(journal: Uint8Array, bodies: Uint8Array): Promise<void>;
  /** Once it resolves they are there, whatever happens to this machine. */
  sync(): Promise<void>;
  /** Closes the open segment. */
  seal(): Promise<void>;
  drop(id: number): void;
  /** Of the bodies of a segment; undefined where they are gone. */
  read(id: number, offset: number, length: number): Uint8Array | undefined;
  close(): Promise<void>;
}

/** Larger frames are smaller together and slower to read from: of real traces, 256 KiB take 2.4 KiB for each, lines by themselves 3.5. */
export const frameTextLength = 256 * 1024;
const level = 1; // a higher one takes three times as long for 3 %
const zstd = promisify(zstdCompress);

/** With its header. */
export async function compressFrame(text: Uint8Array): Promise<Uint8Array> {
  const frame = await zstd(text, { params: { [constants.ZSTD_c_compressionLevel]: level } });
  return joined([frameHeader({ text: text.length, frame: frame.length }), frame]);
}

/** Pieces of whole lines, none longer than a frame's text unless a single line is. */
export function* cutAtLines(text: Uint8Array, longest = frameTextLength): Generator<Uint8Array> {
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + longest);
    if (end < text.length) {
      const before = text.lastIndexOf(newline, end - 1);
      const after = text.indexOf(newline, end);
      end = before >= at ? before + 1 : after < 0 ? text.length : after + 1;
    }
    yield text.subarray(at, end);
    at = end;
  }
}

export const newline = 0x0a;

/** Reads `length` bytes at an offset of what is compressed; fewer at its end. */
export type ReadAt = (offset: number, length: number) => Uint8Array;

/** A stretch of the text of frames, undefined where they have no such. */
export function readText(readAt: ReadAt, offset: number, length: number): Uint8Array | undefined {
  let textAt = 0;
  for (let at = 0; ; ) {
    const header = readFrameHeader(readAt(at, frameHeaderLength));
    if (header === undefined) return undefined;
    if (offset < textAt + header.text) {
      const text = zstdDecompressSync(readAt(at + frameHeaderLength, header.frame));
      const from = offset - textAt;
      return from + length <= text.length ? text.subarray(from, from + length) : undefined;
    }
    textAt += header.text;
    at += frameHeaderLength + header.frame;
  }
}

export const wholeText = (file: Uint8Array): Uint8Array =>
  joined([...framesIn(file)].map((frame) => zstdDecompressSync(frame)));

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
