import type { Version } from '../tls/index.ts';
import {
  type AttemptHead,
  type Classification,
  type ConnectionEvent,
  hex,
  type PortKey,
  type TraceStep,
  traceStep,
} from '../trace/index.ts';

/* Writes down one connection while it lasts: what the engine and the transport tell, and what came and was no record. */

/** What a store is given: it adds the number, and the digest of the body. */
export interface RecordedAttempt {
  readonly head: Omit<AttemptHead, 'number' | 'bodySha256'>;
  readonly steps: readonly TraceStep[];
  readonly omitted: number;
}

export interface RecorderOptions {
  readonly port: PortKey;
  readonly role: 'server' | 'client';
  readonly visitor: string;
  readonly test: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** When that was, by `clock`. */
  readonly began: number;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
}

/** Of one attempt. The longest honest handshake has 40 steps and 20 KiB. */
const most = { steps: 400, hexDigits: 256 * 1024, restBytes: 1024 } as const;
/** What may still come when all else is full: how it ended. */
const always: ReadonlySet<ConnectionEvent['type']> = new Set(['fault', 'alert', 'released', 'withheld', 'timeout']);

export class Recorder {
  readonly #options: RecorderOptions;
  #steps: TraceStep[] = [];
  #omitted = 0;
  #digits = 0;
  #version: Version | null = null;
  #state: string | null = null;
  #generation: string | null = null;
  #alertSent: number | null = null;
  #alertReceived: number | null = null;
  #received = 0;
  #sent = 0;
  /** Bytes that came in records, header included. */
  #framed = 0;
  /** From the first byte that is in no record yet, as many as are kept. */
  #rest: Uint8Array = new Uint8Array(0);
  /** Records of the peer are encrypted from here on, or may be. */
  #secret = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** What came, and what is done with it. It is copied: `judge` may zero it. */
  received(bytes: Uint8Array, judge: () => void): void {
    this.#received += bytes.length;
    const joined = new Uint8Array(this.#rest.length + bytes.length);
    joined.set(this.#rest);
    joined.set(bytes, this.#rest.length);
    this.#rest = joined;
    judge();
    this.#settle();
  }

  tell(event: ConnectionEvent): void {
    this.#note(event);
    const step = traceStep(Math.max(0, Math.round(this.#options.clock() - this.#options.began)), event);
    if (step === undefined) return;
    const digits = digitsOf(step);
    const full = this.#steps.length >= most.steps || this.#digits + digits > most.hexDigits;
    if (full && !(always.has(event.type) && this.#steps.length < 2 * most.steps)) {
      this.#omitted += 1;
      return;
    }
    this.#digits += digits;
    this.#steps.push(step);
  }

  /** What was told so far. */
  get steps(): readonly TraceStep[] {
    return this.#steps;
  }

  finish({ key, reason, alert }: Classification): RecordedAttempt {
    const milliseconds = Math.max(0, Math.round(this.#options.clock() - this.#options.began));
    this.#settle(); // it may end within `judge`
    const length = this.#received - this.#framed;
    if (length > 0) {
      // A header is never encrypted, and may be all that was judged: a record in clear where none may be.
      const bytes = hex(this.#secret ? this.#rest.subarray(0, recordHeaderLength) : this.#rest);
      this.#steps.push({ t: milliseconds, type: 'rest', length, bytes });
    }
    const { port, role, visitor, test, at } = this.#options;
    const head: RecordedAttempt['head'] = {
      at,
      milliseconds,
      port,
      role,
      visitor,
      generation: this.#generation,
      version: this.#version,
      state: this.#state,
      category: key,
      reason: reason ?? null,
      alertSent: this.#alertSent,
      alertReceived: alert ?? this.#alertReceived,
      bytesReceived: this.#received,
      bytesSent: this.#sent,
      test,
    };
    return { head, steps: this.#steps, omitted: this.#omitted };
  }

  #note(event: ConnectionEvent): void {
    switch (event.type) {
      case 'record':
        if (event.direction === 'sent') this.#sent += recordHeaderLength + event.length;
        else this.#framed += recordHeaderLength + event.length;
        this.#secret ||= event.encrypted;
        return;
      case 'negotiated':
        this.#version = event.version;
        this.#secret ||= event.version === '1.3';
        return;
      case 'change_cipher_spec':
        this.#secret ||= event.direction === 'received';
        return;
      case 'begun':
        this.#generation = event.generation;
        return;
      case 'state':
        this.#state = event.state;
        return;
      case 'alert':
        if (event.direction === 'sent') this.#alertSent = event.description;
        else this.#alertReceived = event.description;
        return;
      default:
        return;
    }
  }

  /** Forgets what went into records, and all of the rest but its beginning: little is held of who stops half-way. */
  #settle(): void {
    const held = this.#rest.length;
    const left = Math.min(held, Math.max(0, this.#received - this.#framed));
    const kept = Math.min(left, most.restBytes);
    if (kept < held) this.#rest = this.#rest.slice(held - left, held - left + kept);
  }
}

const recordHeaderLength = 5;

/** How much of the allowance a step takes: what is long in it is hex. */
export function digitsOf(step: TraceStep): number {
  if (step.type === 'rest') return step.bytes.length;
  if (step.type !== 'record') return 0;
  if ('fragment' in step) return step.fragment.length;
  return step.inner.type === 'said' ? step.inner.content.length + step.inner.fragment.length : 0;
}
