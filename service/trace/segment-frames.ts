/*
 * Compressed text of a store, as every zstd reads it (RFC 8878): frames one after the other, before each a skippable frame
 * (§3.1.2) with the length of its text and its own, so that a line is found without reading what stands before it. Node's zlib
 * reads one frame at a time.
 */

const skippableMagic = 0x184d2a50;
export const frameHeaderLength = 16;

export interface FrameHeader {
  /** Bytes of text in the frame, and of the frame, which begins behind the header. */
  readonly text: number;
  readonly frame: number;
}

export function frameHeader({ text, frame }: FrameHeader): Uint8Array {
  const bytes = new Uint8Array(frameHeaderLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, skippableMagic, true);
  view.setUint32(4, 8, true);
  view.setUint32(8, text, true);
  view.setUint32(12, frame, true);
  return bytes;
}

/** Undefined where there is none. */
export function readFrameHeader(bytes: Uint8Array): FrameHeader | undefined {
  if (bytes.length < frameHeaderLength) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, frameHeaderLength);
  if (view.getUint32(0, true) !== skippableMagic) return undefined;
  return { text: view.getUint32(8, true), frame: view.getUint32(12, true) };
}

/** The frames of a whole file, each to be decompressed by itself. */
export function* framesIn(file: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; ; ) {
    const header = readFrameHeader(file.subarray(at));
    if (header === undefined) return;
    at += frameHeaderLength + header.frame;
    yield file.subarray(at - header.frame, at);
  }
}
