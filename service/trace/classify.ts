import type { FaultReason } from '../tls/index.ts';
import type { ConnectionEvent, DialBackOutcome, PortKey, ReleaseKind } from './connection-event.ts';
import { failureKey } from './failure-key.ts';
import { type FailureKey, failureTable } from './failure-table.ts';

/*
 * From the events of one connection to exactly one category, as a small state machine of constant size. The order of the
 * events decides nothing but which of several verdicts was first; otherwise the greater says more than the lesser:
 *
 *   release > probe > verdict (fault, alert, refusal of ours) > answer of the website > handshake > end of the transport
 *
 * So a release is final whatever follows (design §4.1, threats.md V5), and a reset after the verdict changes nothing.
 */

export interface Classification {
  readonly key: FailureKey;
  /** The sub-key, where a fault of the engine decided. */
  readonly reason: FaultReason | undefined;
  /** The number of the alert, where one that we received decided. */
  readonly alert: number | undefined;
}

/** What is remembered of a connection: a value, whatever its length. */
export interface Observed {
  readonly port: PortKey | undefined;
  readonly release: ReleaseKind | undefined;
  readonly probe: boolean;
  readonly verdict: Classification | undefined;
  /** The first error that the website answered with, or else its first answer. */
  readonly status: number | undefined;
  readonly established: boolean;
  /** A user_canceled: no verdict by itself, but it says more than the FIN behind it. */
  readonly warning: number | undefined;
  readonly ending: FailureKey | undefined;
}

const nothing: Observed = {
  port: undefined,
  release: undefined,
  probe: false,
  verdict: undefined,
  status: undefined,
  established: false,
  warning: undefined,
  ending: undefined,
};

export const begin = (): Observed => nothing;

/** Total: every event in every state. Returns `observed` itself where the event says nothing new. */
export function observe(observed: Observed, event: ConnectionEvent): Observed {
  switch (event.type) {
    case 'opened':
      return observed.port === undefined ? { ...observed, port: event.port } : observed;
    case 'released':
      return observed.release === undefined ? { ...observed, release: event.release } : observed;
    case 'probe':
      return { ...observed, probe: true };
    case 'fault':
      return judge(observed, failureKey(event.fault.reason), event.fault.reason);
    case 'alert':
      return event.direction === 'received' ? alerted(observed, event.description) : observed;
    case 'alert_received':
      return judge(observed, 'alert.received', undefined, event.description);
    case 'dialback':
      return judge(observed, dialBackKeys[event.outcome]);
    case 'withheld':
      return judge(observed, 'withheld');
    case 'rate_limited':
      return judge(observed, 'rate_limited');
    case 'overloaded':
      return judge(observed, 'limit.sessions');
    case 'byte_budget':
      return judge(observed, 'limit.bytes');
    case 'exception':
      return judge(observed, 'internal.exception');
    case 'http':
      return answered(observed, event.status);
    case 'established':
      return { ...observed, established: true };
    case 'empty':
    case 'eof':
    case 'timeout':
    case 'shutdown':
      return end(observed, event.type);
    case 'reset':
      return end(observed, 'aborted');
    case 'finished':
      return end(observed, 'eof');
    case 'begun':
    case 'record':
    case 'handshake':
    case 'change_cipher_spec':
    case 'client_random':
    case 'negotiated':
    case 'transcript':
    case 'state':
    case 'application_data':
    case 'closed':
      return observed;
  }
}

/** The category, however much or little was observed. */
export function conclude(observed: Observed): Classification {
  if (observed.release !== undefined) return plain(releaseKeys[observed.release]);
  if (observed.probe) return plain('probe');
  if (observed.verdict !== undefined) return observed.verdict;
  if (observed.status !== undefined) return plain(httpKey(observed.status));
  if (observed.established) return plain(servesBait(observed.port) ? 'withheld' : 'website.handshake');
  if (observed.warning !== undefined) return { ...plain('alert.received'), alert: observed.warning };
  return plain(observed.ending ?? 'aborted');
}

export function classify(events: Iterable<ConnectionEvent>): Classification {
  let observed = begin();
  for (const event of events) observed = observe(observed, event);
  return conclude(observed);
}

const releaseKeys: Readonly<Record<ReleaseKind, FailureKey>> = {
  short_circuit: 'success.short_circuit',
  test_credentials: 'success.test',
  breach: 'breach',
};

const dialBackKeys: Readonly<Record<DialBackOutcome, FailureKey>> = {
  triggered: 'dialback.triggered',
  blocked: 'connectback.blocked',
  rate_limited: 'rate_limited',
  refused: 'connectback.refused',
  timeout: 'connectback.timeout',
};

const plain = (key: FailureKey): Classification => ({ key, reason: undefined, alert: undefined });

/** The first verdict stands: what the engine says after it is about a session that is over. */
function judge(observed: Observed, key: FailureKey, reason?: FaultReason, alert?: number): Observed {
  return observed.verdict === undefined ? { ...observed, verdict: { key, reason, alert } } : observed;
}

/** RFC 9846 §6. Once a handshake is done close_notify is a good end, and an answer of the website outlives any alert. */
function alerted(observed: Observed, description: number): Observed {
  if (observed.status !== undefined || (description === closeNotify && observed.established)) return observed;
  if (description === userCanceled) return { ...observed, warning: observed.warning ?? description };
  return judge(observed, 'alert.received', undefined, description);
}

const closeNotify = 0;
const userCanceled = 90;

function answered(observed: Observed, status: number): Observed {
  const before = observed.status;
  return before === undefined || (before < 400 && status >= 400) ? { ...observed, status } : observed;
}

function httpKey(status: number): FailureKey {
  if (status < 400) return 'website.page';
  const key = `http.${status}`;
  return isFailureKey(key) ? key : 'http.other';
}

const isFailureKey = (key: string): key is FailureKey => Object.hasOwn(failureTable, key);

function end(observed: Observed, ending: FailureKey): Observed {
  return observed.ending === undefined ? { ...observed, ending } : observed;
}

const servesBait = (port: PortKey | undefined): boolean =>
  port === 'server' || port === 'dialback' || port === 'reverse';
