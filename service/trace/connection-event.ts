import type { Fault, TraceEvent, Version } from '../tls/index.ts';

/*
 * What a connection is classified by: the engine's own events, and those of its life outside the engine. Those are told
 * by whoever holds the transport, and structurally: bounty/ and host/ need not import this file, and a bounty `Outcome`
 * is a LifecycleEvent as it stands. Like a TraceEvent, none has a field for a secret, a key, entropy or application data.
 *
 *   opened → (TraceEvent | http)* → one of the outcomes. Which of several counts: classify.ts.
 */

/** The five doors, by the names that the configuration, the counters and status.json share. */
export const portKeys = ['http', 'https', 'server', 'dialback', 'reverse'] as const;
export type PortKey = (typeof portKeys)[number];

/** What a release was: see `Release` of bounty/. */
export type ReleaseKind = 'short_circuit' | 'test_credentials' | 'breach';

export type LifecycleEvent =
  /** Accepted, or on 10001 called back. `role` is ours; undefined where there is no TLS. Comes first. */
  | { readonly type: 'opened'; readonly port: PortKey; readonly role: 'server' | 'client' | undefined }
  /** A session began: under this authority (its SHA-256), by this time (seconds since 1970), open to these versions. */
  | { readonly type: 'begun'; readonly generation: string; readonly now: number; readonly versions: readonly Version[] }
  /** One request of the website answered. The whole connection is in one category: that of its first error, if there is one. */
  | { readonly type: 'http'; readonly status: number }
  /** Our own monitoring, or who says so. Excluded from the attempts, and outranked by a release alone. */
  | { readonly type: 'probe' }
  /** What became of a call to 10001 outside of any handshake. */
  | { readonly type: 'dialback'; readonly outcome: DialBackOutcome }
  /** The bait went out. Final, whatever follows (design §4.1). */
  | { readonly type: 'released'; readonly release: ReleaseKind }
  /** As the TraceEvent of that name. */
  | { readonly type: 'fault'; readonly fault: Fault }
  /** The peer ended it by an alert. */
  | { readonly type: 'alert_received'; readonly description: number }
  /** The engine trusted the peer, and a check of the bait's own did not hold. */
  | { readonly type: 'withheld'; readonly reason: string }
  /** Turned away before anything was read: the caller's prefix had its share, or the house is full. */
  | { readonly type: 'rate_limited' }
  /** Turned away in the handshake: more sessions than the correlator may remember. */
  | { readonly type: 'overloaded' }
  /** Connected, said nothing, went. */
  | { readonly type: 'empty' }
  /** The peer's FIN, in the middle of something or where nothing was left to say. */
  | { readonly type: 'eof' }
  /** The peer's RST, or any other error of the transport. */
  | { readonly type: 'reset' }
  /** A deadline of ours. */
  | { readonly type: 'timeout' }
  /** More bytes than a peer may send before it is authenticated. */
  | { readonly type: 'byte_budget' }
  /** We stopped. */
  | { readonly type: 'shutdown' }
  /** We ended it in good order: the website's last answer was written. */
  | { readonly type: 'finished' }
  /** A defect of ours. What was thrown is for the log, not for this. */
  | { readonly type: 'exception' };

/**
 * The caller's own connection ends as `triggered` (we do call back), `blocked` (not to that address) or by `rate_limited`.
 * Ours to the caller is a connection of its own: `refused` (RST, or unreachable), `timeout`, or one with a handshake.
 */
export type DialBackOutcome = 'triggered' | 'blocked' | 'rate_limited' | 'refused' | 'timeout';

export type ConnectionEvent = TraceEvent | LifecycleEvent;

const bareTypes = [
  'probe',
  'rate_limited',
  'overloaded',
  'empty',
  'eof',
  'reset',
  'timeout',
  'byte_budget',
  'shutdown',
  'finished',
  'exception',
] as const satisfies readonly LifecycleEvent['type'][];

/** What became of a connection, where the name of it says all. */
export type BareType = (typeof bareTypes)[number];

const bare: ReadonlySet<string> = new Set(bareTypes);

/** An event, or the step that stands for it. */
export const isBare = <Event extends { readonly type: string }>(
  event: Event,
): event is Extract<Event, { readonly type: BareType }> => bare.has(event.type);
