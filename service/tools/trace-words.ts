import { alertDescriptionName } from '../tls/code-points.ts';
import { type AttemptHead, failureTable, type TraceStep } from '../trace/index.ts';

/* Attempts in words, for the terminal. */

/** `2026-11-21 15:46:19` in UTC. */
export const instant = (milliseconds: number): string =>
  milliseconds > 8.64e15 ? `${milliseconds} ms` : new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');

/** `1 day`, `2 days`. */
export const howMany = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** How it ended, by its head. */
export function ending({ category, reason, alertSent, alertReceived }: AttemptHead): string {
  return [
    category,
    ...(reason === null || reason === category ? [] : [`(${reason})`]),
    ...(alertReceived === null ? [] : [`received ${alertDescriptionName(alertReceived)}`]),
    ...(alertSent === null ? [] : [`sent ${alertDescriptionName(alertSent)}`]),
  ].join(' ');
}

export const titleOf = ({ category }: AttemptHead): string => failureTable[category].title;

/** What a step says that is no record, in a line; undefined where a record before it or after it says the same. */
export function remarkOf(step: TraceStep): string | undefined {
  switch (step.type) {
    case 'record':
    case 'handshake':
    case 'change_cipher_spec':
    case 'alert':
    case 'application_data':
    case 'client_random':
      return undefined;
    case 'begun':
      return `a session begins: ${step.versions.map((version) => `TLS ${version}`).join(' and ')}, generation ${step.generation.slice(0, 16)}`;
    case 'negotiated':
      return `negotiated: TLS ${step.version}, ${step.cipherSuite}, ${step.group}`;
    case 'transcript':
      return `transcript up to ${step.point}, ${step.direction}: ${step.hash.slice(0, 16)}`;
    case 'state':
      return `state: ${step.state}`;
    case 'established':
      return 'established: both Finished were right';
    case 'fault':
      return `fault ${step.fault.kind}, ${step.fault.reason}: ${step.fault.detail}`;
    case 'closed':
      return step.direction === 'received' ? 'the peer closed its half' : 'we closed our half';
    case 'rest':
      return undefined;
    case 'http':
      return `a request, answered with ${step.status}`;
    case 'probe':
      return 'our own monitoring';
    case 'dialback':
      return `the call back: ${step.outcome}`;
    case 'released':
      return `THE BAIT WENT OUT: ${step.release}`;
    case 'alert_received':
      return `the peer ended it by an alert: ${alertDescriptionName(step.description)}`;
    case 'withheld':
      return `authenticated, and a check of the bait's own did not hold: ${step.reason}`;
    case 'rate_limited':
      return 'turned away: too many from that prefix';
    case 'overloaded':
      return 'turned away: too many sessions at once';
    case 'empty':
      return 'connected, said nothing, went';
    case 'eof':
      return 'end of stream (FIN)';
    case 'reset':
      return 'broken off (RST)';
    case 'timeout':
      return 'our deadline was over';
    case 'byte_budget':
      return 'more bytes than anybody may send before it is known';
    case 'shutdown':
      return 'we stopped';
    case 'finished':
      return 'ended in good order';
    case 'exception':
      return 'a defect of ours';
  }
}
