import type { Fault } from './fault.ts';

/** The two points whose transcript hash binds both ends of one connection (design §4.2). */
export type TranscriptPoint = 'server_finished' | 'client_finished';

/**
 * What was in an encrypted record (RFC 9846 §5.2, RFC 5246 §6.2.3), by the type that was inside it: a handshake message or
 * an alert as it was said and as it went over the wire, anything else, application data above all, by its length alone.
 */
export type RecordContent =
  | {
      readonly type: 'said';
      readonly contentType: 21 | 22;
      readonly content: Uint8Array;
      readonly fragment: Uint8Array;
    }
  | { readonly type: 'withheld'; readonly contentType: number; readonly length: number }
  /** The peer's, and it could not be opened. */
  | { readonly type: 'unopened' };

/**
 * What a step tells about itself. There is no field for a secret, a key, entropy or application data: an event can be
 * published as it stands. `bytes` of a handshake message are those the RFC calls Handshake (§4), the peer's after decryption.
 * `length` of a record is that in its header, `version` the two bytes before it.
 */
export type TraceEvent =
  | {
      readonly type: 'record';
      readonly direction: 'received' | 'sent';
      readonly contentType: number;
      readonly version: number;
      readonly length: number;
      readonly encrypted: false;
      readonly fragment: Uint8Array;
    }
  | {
      readonly type: 'record';
      readonly direction: 'received' | 'sent';
      readonly contentType: number;
      readonly version: number;
      readonly length: number;
      readonly encrypted: true;
      readonly inner: RecordContent;
    }
  | {
      readonly type: 'handshake';
      readonly direction: 'received' | 'sent';
      readonly message: string;
      readonly bytes: Uint8Array;
    }
  | { readonly type: 'change_cipher_spec'; readonly direction: 'received' | 'sent' }
  | {
      readonly type: 'alert';
      readonly direction: 'received' | 'sent';
      readonly level: number;
      readonly description: number;
    }
  /** The first ClientHello was understood: what joins the two ends of one connection in public (both know it). */
  | { readonly type: 'client_random'; readonly random: Uint8Array }
  | {
      readonly type: 'negotiated';
      readonly version: '1.3' | '1.2';
      readonly cipherSuite: string;
      readonly group: string;
      readonly applicationProtocol: string | undefined;
      readonly serverName: string | undefined;
    }
  /** `sent`: our own Finished is in this step's `out` and must be on record before that leaves. `verified`: the peer's Finished was right. */
  | {
      readonly type: 'transcript';
      readonly point: TranscriptPoint;
      readonly direction: 'sent' | 'verified';
      readonly hash: Uint8Array;
    }
  | { readonly type: 'state'; readonly state: string }
  | { readonly type: 'application_data'; readonly direction: 'received' | 'sent'; readonly length: number }
  | { readonly type: 'established' }
  | { readonly type: 'fault'; readonly fault: Fault }
  /** The peer said close_notify (its half is closed), or we did. */
  | { readonly type: 'closed'; readonly direction: 'received' | 'sent' };
