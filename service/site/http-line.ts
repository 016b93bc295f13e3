/*
 * One line of a request's head, as it comes in: RFC 9112 §2.2, without its leniencies. A line ends in CRLF; a bare CR or LF,
 * and any byte that the line's grammar has no place for, is refused at that byte. So what is decided depends on the bytes
 * alone, never on how they were cut.
 */

export type LineKind = 'request-line' | 'field-line';

/** What there is of a line. A value: appending leaves it as it was. */
export interface PartialLine {
  /** Each more than the one after it: appending byte by byte copies each byte O(log n) times. */
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
  readonly afterCR: boolean;
  readonly afterSP: boolean;
}

export type LineRead =
  | { readonly kind: 'partial'; readonly line: PartialLine }
  /** `text` is without the CRLF, each byte one UTF-16 unit; `length` is with it; `next` is the index after it. */
  | { readonly kind: 'complete'; readonly text: string; readonly length: number; readonly next: number }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'too-long'; readonly part: 'method' | 'line' };

export const emptyLine: PartialLine = { pieces: [], length: 0, afterCR: false, afterSP: false };

/** The longest method registered has 17 bytes (UPDATEREDIRECTREF); RFC 9112 §3 asks for 501 beyond what we know. */
const longestMethod = 32;

const HT = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const DEL = 0x7f;

/** Goes on with `line` at `bytes[at]`, up to the line's end or the end of `bytes`. `limit` counts the CRLF too. */
export function readLine(line: PartialLine, kind: LineKind, bytes: Uint8Array, at: number, limit: number): LineRead {
  let { length, afterCR, afterSP } = line;
  for (let index = at; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    length += 1;
    if (length > limit) return { kind: 'too-long', part: kind === 'request-line' && !afterSP ? 'method' : 'line' };
    if (afterCR) {
      if (byte !== LF) return { kind: 'malformed' };
      const whole = joined(append(line.pieces, bytes.slice(at, index + 1)));
      return { kind: 'complete', text: latin1(whole.subarray(0, -2)), length, next: index + 1 };
    }
    if (byte === CR) afterCR = true;
    else if (!belongs(kind, byte, length === 1)) return { kind: 'malformed' };
    if (kind === 'request-line') {
      if (byte === SP) afterSP = true;
      if (!afterSP && !afterCR && length > longestMethod) return { kind: 'too-long', part: 'method' };
    }
  }
  return { kind: 'partial', line: { pieces: append(line.pieces, bytes.slice(at)), length, afterCR, afterSP } };
}

/** A field line that begins with white space is obs-fold (RFC 9112 §5.2), which is refused. */
function belongs(kind: LineKind, byte: number, first: boolean): boolean {
  if (kind === 'request-line') return byte > SP ? byte < DEL : byte === SP && !first;
  if (byte === SP || byte === HT) return !first;
  return byte > SP && byte !== DEL;
}

function append(pieces: readonly Uint8Array[], last: Uint8Array): readonly Uint8Array[] {
  if (last.length === 0) return pieces;
  const kept = [...pieces];
  let tail = last;
  for (let before = kept.at(-1); before !== undefined && before.length <= tail.length; before = kept.at(-1)) {
    kept.pop();
    tail = joined([before, tail]);
  }
  return [...kept, tail];
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
