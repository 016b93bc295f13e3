import { concatBytes } from '@noble/hashes/utils.js';
import type { Segment } from './pcap-segments.ts';

/* TCP put together again (RFC 9293 §3.4): in order, once, whatever was sent again or overtaken. */

/** What each end sent; `opener` is the one that connected. */
export interface CapturedStreams {
  readonly opener: { readonly end: string; readonly bytes: Uint8Array };
  readonly accepter: { readonly end: string; readonly bytes: Uint8Array };
}

const BEYOND = 2 ** 32;
/** Of one direction. A capture of a whole download is not what this is for. */
const MOST_BYTES = 16 * 1024 * 1024;

/** In the order of their first segment. A port that is used again makes another connection. */
export function streamsOf(segments: readonly Segment[]): readonly CapturedStreams[] {
  const open = new Map<string, Connection>();
  const all: Connection[] = [];
  for (const segment of segments) {
    const name = [segment.from, segment.to].sort((a, b) => (a < b ? -1 : 1)).join(' ');
    const opens = segment.syn && !segment.ack;
    const known = open.get(name);
    const again = known === undefined || (opens && known.isAnother(segment));
    const connection = again ? new Connection(segment) : known;
    if (again) all.push(connection);
    open.set(name, connection);
    connection.take(segment);
  }
  return all.map((connection) => connection.streams());
}

class Connection {
  readonly #opener: Direction;
  readonly #accepter: Direction;

  /** A capture that began in the middle: who is seen first counts as the opener, unless it is an answer. */
  constructor({ from, to, syn, ack }: Segment) {
    const answered = syn && ack;
    this.#opener = new Direction(answered ? to : from);
    this.#accepter = new Direction(answered ? from : to);
  }

  isAnother({ from, sequence }: Segment): boolean {
    return this.#directionOf(from).isAnother(sequence);
  }

  take(segment: Segment): void {
    this.#directionOf(segment.from).take(segment);
  }

  streams(): CapturedStreams {
    return {
      opener: { end: this.#opener.end, bytes: this.#opener.bytes() },
      accepter: { end: this.#accepter.end, bytes: this.#accepter.bytes() },
    };
  }

  #directionOf(from: string): Direction {
    return from === this.#opener.end ? this.#opener : this.#accepter;
  }
}

class Direction {
  readonly end: string;
  /** Of the first byte, once its SYN was seen, which may come late. */
  #opened: number | undefined;
  readonly #pieces: { readonly sequence: number; readonly bytes: Uint8Array }[] = [];

  constructor(end: string) {
    this.end = end;
  }

  isAnother(sequence: number): boolean {
    return this.#opened !== undefined && this.#opened !== (sequence + 1) % BEYOND;
  }

  take({ sequence, syn, payload }: Segment): void {
    const start = syn ? (sequence + 1) % BEYOND : sequence;
    if (syn) this.#opened ??= start;
    if (payload.length > 0) this.#pieces.push({ sequence: start, bytes: payload });
  }

  /** Up to the first gap. Of bytes that came twice the first stand. */
  bytes(): Uint8Array {
    const reference = this.#opened ?? this.#pieces[0]?.sequence ?? 0;
    const pieces = this.#pieces.map(({ sequence, bytes }) => ({ at: ahead(sequence, reference), bytes }));
    // Without its SYN a stream begins with the least that was seen of it. What lies before a SYN is of an older connection.
    const begin = this.#opened === undefined ? pieces.reduce((least, { at }) => Math.min(least, at), 0) : 0;
    const joined: Uint8Array[] = [];
    let end = begin;
    for (const { at, bytes } of pieces.toSorted((a, b) => a.at - b.at)) {
      if (at > end || end - begin >= MOST_BYTES) break;
      const rest = bytes.subarray(end - at);
      if (rest.length === 0) continue;
      joined.push(rest);
      end += rest.length;
    }
    return concatBytes(...joined);
  }
}

/** The distance around the circle of sequence numbers, the shorter way: negative for what lies before. */
function ahead(sequence: number, reference: number): number {
  const distance = (sequence - reference + BEYOND) % BEYOND;
  return distance >= BEYOND / 2 ? distance - BEYOND : distance;
}
