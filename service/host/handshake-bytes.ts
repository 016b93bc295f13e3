import type { Direction, TraceStep } from '../trace/index.ts';

/*
 * The handshake messages of each direction as they stand in its records, of which they are independent: a record may hold
 * several, and one may go over several records (RFC 9846 §5.1). What was sent is told before its record, what came after it.
 */

interface Piece {
  readonly t: number;
  readonly bytes: string;
  readonly encrypted: boolean;
}

export interface MessageBytes {
  /** Hex, with the four bytes of the header; empty where the recording has a gap. */
  readonly bytes: string;
  readonly encrypted: boolean;
}

const handshake = 22;

export class HandshakeBytes {
  readonly #pieces: Readonly<Record<Direction, Piece[]>> = { received: [], sent: [] };

  constructor(steps: readonly TraceStep[]) {
    for (const step of steps) {
      if (step.type !== 'record') continue;
      const { t } = step;
      if ('fragment' in step) {
        if (step.contentType === handshake)
          this.#pieces[step.direction].push({ t, bytes: step.fragment, encrypted: false });
      } else if (step.inner.type === 'said' && step.inner.contentType === handshake) {
        this.#pieces[step.direction].push({ t, bytes: step.inner.content, encrypted: true });
      }
    }
  }

  /** The next message of a direction, which is `length` bytes long. What does not fit is left as it is. */
  take(direction: Direction, length: number): MessageBytes {
    const pieces = this.#pieces[direction];
    const encrypted = pieces[0]?.encrypted ?? false;
    const digits = 2 * length;
    let bytes = '';
    let used = 0;
    for (; used < pieces.length && bytes.length < digits; used++) bytes += pieces[used]?.bytes ?? '';
    if (bytes.length < digits || Number.parseInt(bytes.slice(2, 8), 16) !== length - 4) return { bytes: '', encrypted };
    const [last] = pieces.splice(0, used).slice(-1);
    if (last !== undefined && bytes.length > digits) pieces.unshift({ ...last, bytes: bytes.slice(digits) });
    return { bytes: bytes.slice(0, digits), encrypted };
  }

  /** What the peer sent that became no message. */
  left(): Piece | undefined {
    const [first, ...rest] = this.#pieces.received;
    return first === undefined ? undefined : { ...first, bytes: first.bytes + rest.map(({ bytes }) => bytes).join('') };
  }
}
