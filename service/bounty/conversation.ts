import {
  type Environment,
  refuseFirstBytes,
  type Step,
  type TraceEvent,
  transcript,
  type Version,
  wouldRefuseFirstBytes,
} from '../tls/index.ts';
import type { Bait } from './bait.ts';
import { bountyPeer } from './bounty-peer.ts';
import { BountySession } from './bounty-session.ts';
import { type Correlator, finishedPoint } from './correlator.ts';
import type { Lease } from './credentials.ts';
import type { TlsRole } from './endpoints.ts';
import type { Outcome, Release } from './outcome.ts';
import { declinesAsProbe, isOfProbe, saysProbe, showsCertificate } from './probe.ts';
import { nextBoundary, type RecordPosition, recordStart } from './record-boundary.ts';

/*
 * One connection to a bounty port, from its first byte to its last, as a step function: what comes in from the transport,
 * and what is to be done with it, in order. Total: it never throws, and each conversation has exactly one outcome.
 *
 *   silent ──▶ handshaking ──▶ draining ──▶ over
 */

export type Conversation =
  /** We are the TLS server, and nothing came yet. It holds nothing at all: an idle connection must cost almost nothing. */
  | { readonly phase: 'silent' }
  | {
      readonly phase: 'handshaking';
      readonly session: BountySession;
      readonly position: RecordPosition;
      readonly received: number;
      readonly probe: boolean;
      /** When the session began, by the clock of the terms. */
      readonly began: number;
    }
  /** All is said. What still comes is thrown away: a reset at this point would take with it what was sent (design §4.7). */
  | { readonly phase: 'draining'; readonly left: number }
  | { readonly phase: 'over' };

export type Input =
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'eof' }
  | { readonly type: 'reset' }
  | { readonly type: 'timeout' }
  | { readonly type: 'shutdown' }
  /** Its place is somebody else's: it goes at once, whatever is unsaid. */
  | { readonly type: 'displaced' };

/** To be carried out in this order. `send` alone is for the peer. */
export type Effect =
  | { readonly type: 'events'; readonly events: readonly TraceEvent[] }
  /** A session began, and with what: the SHA-256 of its authority, its time in seconds since 1970, its versions. */
  | { readonly type: 'begun'; readonly generation: string; readonly now: number; readonly versions: readonly Version[] }
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  | { readonly type: 'outcome'; readonly outcome: Outcome }
  /** Half-close: FIN after what was sent. */
  | { readonly type: 'end' }
  /** What comes is drained from now on, no longer than this; then `timeout`. */
  | { readonly type: 'linger'; readonly milliseconds: number }
  | { readonly type: 'discarded'; readonly bytes: number }
  | { readonly type: 'destroy'; readonly when: 'written' | 'now' };

/** What all conversations of one service share. */
export interface Terms {
  readonly bait: Bait;
  readonly correlator: Correlator;
  readonly lease: (role: TlsRole) => Lease;
  /** Of TLS, newest first. */
  readonly versions: (role: TlsRole) => readonly Version[];
  readonly environment: () => Environment;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  /** Milliseconds that a session may live, and less than a record of the correlator does. */
  readonly patience: number;
  /** All that a peer may send before it is authenticated. */
  readonly byteBudget: number;
  readonly drain: { readonly bytes: number; readonly milliseconds: number };
}

export interface Turn {
  readonly conversation: Conversation;
  readonly effects: readonly Effect[];
}

type Handshaking = Extract<Conversation, { phase: 'handshaking' }>;
type Draining = Extract<Conversation, { phase: 'draining' }>;
type TransportEvent = Exclude<Input['type'], 'bytes'>;

const over: Conversation = { phase: 'over' };

/** A server waits for the first byte, a client speaks first. */
export function open(role: TlsRole, terms: Terms): Turn {
  if (role === 'server') return { conversation: { phase: 'silent' }, effects: [] };
  return withLease('client', terms, (lease) => {
    const { session, step: hello } = BountySession.client(lease, terms.environment(), terms.versions('client'));
    return prepend([begun(session, terms)], afterStep(handshaking(session, terms), hello, terms));
  });
}

export function step(conversation: Conversation, input: Input, terms: Terms): Turn {
  switch (conversation.phase) {
    case 'silent':
      if (input.type !== 'bytes') return lost(input.type, 0);
      if (input.bytes.length === 0) return { conversation, effects: [] };
      return firstBytes(input.bytes, terms);
    case 'handshaking':
      return guarded(conversation.session.lease, () => {
        if (input.type !== 'bytes') return interrupted(conversation, input.type, terms);
        return isOverdue(conversation, terms)
          ? interrupted(conversation, 'timeout', terms)
          : receive(conversation, input.bytes, terms);
      });
    case 'draining':
      return drained(conversation, input);
    case 'over':
      return input.type === 'bytes'
        ? { conversation, effects: [discard(input.bytes)] }
        : { conversation, effects: [{ type: 'destroy', when: 'now' }] };
  }
}

const handshaking = (session: BountySession, terms: Terms): Handshaking => ({
  phase: 'handshaking',
  session,
  position: recordStart,
  received: 0,
  probe: false,
  began: terms.clock(),
});

const begun = ({ role, lease, now }: BountySession, terms: Terms): Effect => ({
  type: 'begun',
  generation: lease.generation.id,
  now,
  versions: terms.versions(role),
});

/**
 * A process that was stopped for a while finds bytes before it finds its timers: by then the other end's record may be
 * gone, and a bridge would look like a breach.
 */
const isOverdue = ({ began }: Handshaking, terms: Terms): boolean => terms.clock() - began > terms.patience;

/** False where these bytes are thrown away, or refused at a glance: such a step takes microseconds, and needs no turn. */
export function mayBeDear(conversation: Conversation, bytes: Uint8Array): boolean {
  switch (conversation.phase) {
    case 'silent':
      return !wouldRefuseFirstBytes(bytes);
    case 'handshaking':
      return true;
    case 'draining':
    case 'over':
      return false;
  }
}

/** Whoever speaks no TLS at all is refused before anything is spent on a session: most of a scanner's visits end here. */
function firstBytes(bytes: Uint8Array, terms: Terms): Turn {
  const refused = refuseFirstBytes(bytes);
  if (refused === undefined) {
    return withLease('server', terms, (lease) => {
      const session = BountySession.server(lease, terms.environment(), terms.versions('server'));
      return prepend([begun(session, terms)], receive(handshaking(session, terms), bytes, terms));
    });
  }
  const events: Effect = { type: 'events', events: refused.events };
  const turn = parting([events], failureOf(refused.events), refused.out, terms);
  const { end } = nextBoundary(recordStart, bytes, 0);
  if (end === bytes.length) return turn;
  return prepend(turn.effects, step(turn.conversation, { type: 'bytes', bytes: bytes.subarray(end) }, terms));
}

/** The engine gets one record at most: what is decided after it does not depend on what came behind it. */
function receive(start: Handshaking, bytes: Uint8Array, terms: Terms): Turn {
  const effects: Effect[] = [];
  let conversation: Conversation = start;
  let offset = 0;
  while (offset < bytes.length && conversation.phase === 'handshaking') {
    const boundary = nextBoundary(conversation.position, bytes, offset);
    const turn = receiveSlice(conversation, bytes.subarray(offset, boundary.end), boundary.position, terms);
    effects.push(...turn.effects);
    conversation = turn.conversation;
    offset = boundary.end;
  }
  if (offset === bytes.length) return { conversation, effects };
  const rest = step(conversation, { type: 'bytes', bytes: bytes.subarray(offset) }, terms);
  return { conversation: rest.conversation, effects: [...effects, ...rest.effects] };
}

function receiveSlice(before: Handshaking, bytes: Uint8Array, position: RecordPosition, terms: Terms): Turn {
  const conversation = { ...before, position, received: before.received + bytes.length };
  if (conversation.received > terms.byteBudget) {
    return farewell(conversation, { type: 'byte_budget' }, [conversation.session.close()], terms);
  }
  const taken = conversation.session.receive(bytes);
  // It could be the secret, from the other end of a bridge: only its length is in the events (design §4.7).
  taken.received.fill(0);
  return afterStep(conversation, taken, terms);
}

/** Every flight of ours is on record before it leaves: nothing is sent before `enterTranscripts` has said yes. */
function afterStep(before: Handshaking, taken: Step, terms: Terms): Turn {
  const conversation = { ...before, probe: isProbe(before, taken) };
  const events: Effect = { type: 'events', events: taken.events };
  if (enterTranscripts(conversation.session, taken.events, terms) !== true) {
    return prepend([events], farewell(conversation, { type: 'overloaded' }, [], terms));
  }
  if (taken.status === 'handshaking') {
    return { conversation, effects: taken.out.length > 0 ? [events, sending(taken.out)] : [events] };
  }
  return prepend([events], conclude(conversation, taken, terms));
}

/** Who showed a certificate that was taken is none, however he goes: a way in must not be tried out unseen. */
const isProbe = ({ probe }: Handshaking, { events, status }: Step): boolean =>
  (probe || events.some(saysProbe)) && (status === 'failed' || !events.some(showsCertificate));

/** The handshake is over, one way or the other. */
function conclude(conversation: Handshaking, taken: Step, terms: Terms): Turn {
  const told = { out: taken.out, events: [] };
  if (taken.status === 'failed') return farewell(conversation, failureOf(taken.events), [told], terms);
  const peer = bountyPeer(conversation.session);
  if (typeof peer === 'string') {
    const closedEarly = taken.status !== 'established' && peer === 'not_verified';
    const outcome: Outcome = closedEarly
      ? { type: 'alert_received', description: 0 }
      : { type: 'withheld', reason: peer };
    return farewell(conversation, outcome, [told, conversation.session.close()], terms);
  }
  const release = releaseOf(conversation.session, terms);
  const secret = terms.bait.releaseTo(peer);
  return farewell(conversation, { type: 'released', release }, [told, secret, conversation.session.close()], terms);
}

/** A release is a short-circuit if, and only if, the Finished we verified is on record as one of ours (design §4.2). */
function releaseOf(session: BountySession, terms: Terms): Release {
  const point = finishedPoint[session.peerRole];
  const hash = transcript(session.state, point);
  const { generation } = session.lease;
  const record = hash && { role: session.peerRole, generation: generation.id, point, hash };
  if (record !== undefined && terms.correlator.has(record, terms.clock()) === true) return 'short_circuit';
  return session.peerShowedTestLeaf === true ? 'test_credentials' : 'breach';
}

function enterTranscripts(session: BountySession, events: readonly TraceEvent[], terms: Terms): boolean {
  return events.every(
    (event) =>
      event.type !== 'transcript' ||
      event.direction !== 'sent' ||
      terms.correlator.enter(
        { role: session.role, generation: session.lease.generation.id, point: event.point, hash: event.hash },
        terms.clock(),
      ) === true,
  );
}

/** Says the last of it, and waits for the peer to have read it. */
function farewell(
  conversation: Handshaking,
  outcome: Outcome,
  last: readonly Pick<Step, 'out' | 'events'>[],
  terms: Terms,
): Turn {
  conversation.session.lease.release();
  const out = last.reduce<Uint8Array>((joined, step) => concat(joined, step.out), new Uint8Array(0));
  const events = last.flatMap((step) => step.events);
  const told: readonly Effect[] = events.length > 0 ? [{ type: 'events', events }] : [];
  const { session, received, probe } = conversation;
  const ours = (probe && isOfProbe(outcome)) || declinesAsProbe(session.role, received, outcome);
  return parting(told, ours ? { type: 'probe' } : outcome, out, terms);
}

function parting(told: readonly Effect[], outcome: Outcome, out: Uint8Array, { drain }: Terms): Turn {
  const effects: Effect[] = [...told, { type: 'outcome', outcome }];
  if (out.length > 0) effects.push(sending(out));
  effects.push({ type: 'end' }, { type: 'linger', milliseconds: drain.milliseconds });
  return { conversation: { phase: 'draining', left: drain.bytes }, effects };
}

/** The transport ended within the handshake, or its time did. */
function interrupted(conversation: Handshaking, by: TransportEvent, terms: Terms): Turn {
  if (by === 'timeout' || by === 'shutdown') {
    // No alert says "too slow"; close_notify says that nothing more comes (RFC 9846 §6.1).
    return farewell(conversation, { type: by }, [conversation.session.close()], terms);
  }
  conversation.session.lease.release();
  const turn = lost(by, conversation.received);
  if (!conversation.probe) return turn;
  return { ...turn, effects: [{ type: 'outcome', outcome: { type: 'probe' } }, ...turn.effects.slice(1)] };
}

/** Nothing is left to say. The outcome comes first. */
function lost(by: TransportEvent, received: number): Turn {
  const silent = received === 0 && (by === 'eof' || by === 'reset');
  const atOnce = by === 'reset' || by === 'displaced';
  return {
    conversation: over,
    effects: [
      { type: 'outcome', outcome: { type: silent ? 'empty' : by === 'displaced' ? 'rate_limited' : by } },
      ...(atOnce ? [] : [{ type: 'end' } as const]),
      { type: 'destroy', when: atOnce ? 'now' : 'written' },
    ],
  };
}

function drained(conversation: Draining, input: Input): Turn {
  // There is nothing under way that could be cut short, and a deadline is set already.
  if (input.type === 'shutdown') return { conversation, effects: [] };
  if (input.type === 'eof') return { conversation: over, effects: [{ type: 'destroy', when: 'written' }] };
  if (input.type !== 'bytes') return { conversation: over, effects: [{ type: 'destroy', when: 'now' }] };
  const left = conversation.left - input.bytes.length;
  const discarded = discard(input.bytes);
  return left >= 0
    ? { conversation: { phase: 'draining', left }, effects: [discarded] }
    : { conversation: over, effects: [discarded, { type: 'destroy', when: 'now' }] };
}

function failureOf(events: readonly TraceEvent[]): Outcome {
  for (const event of events) {
    if (event.type === 'fault') return { type: 'fault', fault: event.fault };
    if (event.type === 'alert' && event.direction === 'received') {
      return { type: 'alert_received', description: event.description };
    }
  }
  return { type: 'exception', error: new Error('the engine failed without a fault') };
}

function withLease(role: TlsRole, terms: Terms, begin: (lease: Lease) => Turn): Turn {
  try {
    const lease = terms.lease(role);
    return guarded(lease, () => begin(lease));
  } catch (error) {
    return broken(error);
  }
}

/** A mistake of ours ends this connection, and no other. */
function guarded(lease: Lease, turn: () => Turn): Turn {
  try {
    return turn();
  } catch (error) {
    lease.release();
    return broken(error);
  }
}

const broken = (error: unknown): Turn => ({
  conversation: over,
  effects: [
    { type: 'outcome', outcome: { type: 'exception', error } },
    { type: 'destroy', when: 'now' },
  ],
});

const sending = (bytes: Uint8Array): Effect => ({ type: 'send', bytes });

const prepend = (effects: readonly Effect[], turn: Turn): Turn => ({ ...turn, effects: [...effects, ...turn.effects] });

function discard(bytes: Uint8Array): Effect {
  bytes.fill(0);
  return { type: 'discarded', bytes: bytes.length };
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
