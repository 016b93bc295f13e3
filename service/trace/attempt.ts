import type { Fault, RecordContent, TraceEvent, TranscriptPoint, Version } from '../tls/index.ts';
import type { LifecycleEvent, PortKey } from './connection-event.ts';
import type { FailureKey } from './failure-table.ts';

/*
 * One attempt, as it is kept, published and replayed: what the engine and the transport told, in order and with the time it
 * was told at. A line of JSON each; the shapes below are the lines as they stand, bytes as lower-case hex. docs/trace.schema.json
 * is their JSON Schema, and docs/traces.md says what a reader should know.
 *
 * There is no field for a secret, a key, entropy or application data: an attempt can be published as it stands.
 */

/** Raised whenever an older reader would misread a line. */
export const traceFormat = 'pinata-trace/1';

export type Direction = 'received' | 'sent';

/** What the lists show of an attempt, and the chain of a day is made of. */
export interface AttemptHead {
  /** Counted from 1 in the life of a store, without a gap. */
  readonly number: number;
  /** Milliseconds since 1970 when the connection was accepted, and how long it was open. */
  readonly at: number;
  readonly milliseconds: number;
  readonly port: PortKey;
  /** Ours. */
  readonly role: 'server' | 'client';
  /** Of the peer's network prefix, under a key that is thrown away at the end of the day. 16 hex digits. */
  readonly visitor: string;
  /** SHA-256 of the bounty's authority that the session began under; null where no session began. */
  readonly generation: string | null;
  readonly version: Version | null;
  /** The last state of the engine; null where no session began. */
  readonly state: string | null;
  readonly category: FailureKey;
  /** The fault's sub-key; null where none decided. */
  readonly reason: Fault['reason'] | null;
  /** The number of the alert we sent or received, the one that ended it. */
  readonly alertSent: number | null;
  readonly alertReceived: number | null;
  /** On the wire, everything included. */
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** True where test credentials existed: a success then proves nothing. */
  readonly test: boolean;
  /** Of the body's line, without its newline. */
  readonly bodySha256: string;
}

/** What was in an encrypted record: see `RecordContent` of the engine. */
export type Inner =
  | { readonly type: 'said'; readonly contentType: 21 | 22; readonly content: string; readonly fragment: string }
  | Exclude<RecordContent, { type: 'said' }>;

/** `t`: milliseconds since the connection was accepted. */
export type TraceStep = { readonly t: number } & (
  | {
      readonly type: 'record';
      readonly direction: Direction;
      readonly contentType: number;
      readonly version: number;
      readonly length: number;
      /** Of a record in clear. */
      readonly fragment: string;
    }
  | {
      readonly type: 'record';
      readonly direction: Direction;
      readonly contentType: number;
      readonly version: number;
      readonly length: number;
      /** Of an encrypted record. */
      readonly inner: Inner;
    }
  /** A whole message; its bytes, `length` of them with the four of its header, are those of the records before it. */
  | { readonly type: 'handshake'; readonly direction: Direction; readonly message: string; readonly length: number }
  | {
      readonly type: 'transcript';
      readonly point: TranscriptPoint;
      readonly direction: 'sent' | 'verified';
      readonly hash: string;
    }
  | { readonly type: 'client_random'; readonly random: string }
  /** What the session was configured with, and the time that certificates are judged at (seconds since 1970). */
  | { readonly type: 'begun'; readonly generation: string; readonly now: number; readonly versions: readonly Version[] }
  /** What came and was no whole record: its first bytes, or, where records are encrypted, those of its header alone. */
  | { readonly type: 'rest'; readonly length: number; readonly bytes: string }
  | Extract<
      TraceEvent,
      {
        type:
          | 'change_cipher_spec'
          | 'alert'
          | 'negotiated'
          | 'state'
          | 'application_data'
          | 'established'
          | 'fault'
          | 'closed';
      }
    >
  | Exclude<LifecycleEvent, { type: 'opened' | 'begun' | 'fault' }>
);

export interface AttemptBody {
  readonly format: typeof traceFormat;
  readonly number: number;
  readonly steps: readonly TraceStep[];
  /** Steps that were left out, because there were too many or they were too long: a flood is not worth its disk. */
  readonly omitted: number;
}

/** The certificates that sessions of one generation show and trust, so that a trace can be replayed by itself. */
export interface GenerationLine {
  readonly format: typeof traceFormat;
  readonly type: 'generation';
  /** SHA-256 of the bounty's authority. */
  readonly generation: string;
  /** DER, hex. */
  readonly authority: string;
  readonly leaves: Readonly<Record<'server' | 'client' | 'website', string>>;
}
