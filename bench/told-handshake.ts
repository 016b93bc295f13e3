import { type RecordedAttempt, Recorder } from '../service/host/recorder.ts';
import {
  type ClientConfig,
  client,
  receive,
  type ServerConfig,
  server,
  type TraceEvent,
} from '../service/tls/index.ts';
import type { Classification, PortKey } from '../service/trace/index.ts';
import { environment } from './our-credentials.ts';

/* What a server hears and tells in one mutual handshake of TLS 1.3, to be recorded once or many times. */

export interface ToldHandshake {
  readonly steps: readonly { readonly received: Uint8Array; readonly events: readonly TraceEvent[] }[];
  /** Of the server's steps together. */
  readonly microseconds: number;
}

/** Throws if it does not end up established. */
export function toldHandshake(ours: ServerConfig, theirs: ClientConfig): ToldHandshake {
  let step = client(theirs, environment());
  const start = performance.now();
  let session = server(ours, environment());
  let microseconds = (performance.now() - start) * 1000;
  const steps: { received: Uint8Array; events: readonly TraceEvent[] }[] = [];
  const hear = (flight: Uint8Array) => {
    const before = performance.now();
    const answer = receive(session, flight);
    microseconds += (performance.now() - before) * 1000;
    session = answer.session;
    steps.push({ received: flight, events: answer.events });
    return answer;
  };
  step = receive(step.session, hear(step.out).out);
  const { status } = hear(step.out);
  if (status !== 'established') throw new Error(`a handshake in memory ended as ${status}`);
  return { steps, microseconds };
}

export const generation = 'ab'.repeat(32);
const bridged: Classification = { key: 'success.short_circuit', reason: undefined, alert: undefined };

/** As the ledger records it. */
export function recordHandshake({ steps }: ToldHandshake, at: number, visitor: string): RecordedAttempt {
  return record({ port: 'server', at, visitor, as: bridged }, (recorder) => {
    recorder.tell({ type: 'begun', generation, now: at / 1000, versions: ['1.3', '1.2'] });
    for (const { received, events } of steps) {
      recorder.received(received, () => {
        for (const event of events) recorder.tell(event);
      });
    }
    recorder.tell({ type: 'released', release: 'short_circuit' });
  });
}

export interface Visit {
  readonly port: PortKey;
  readonly at: number;
  readonly visitor: string;
  readonly as: Classification;
}

/** Somebody who says something that is no TLS. */
export const recordGreeting = (visit: Visit, text: Uint8Array): RecordedAttempt =>
  record(visit, (recorder) => {
    recorder.received(text, () => recorder.tell({ type: 'fault', fault }));
    recorder.tell({ type: 'alert', direction: 'sent', level: 2, description: 70 });
  });

const fault = { kind: 'misbehaved', reason: 'record_not_tls', detail: 'the first byte is 0x47' } as const;

function record({ port, at, visitor, as }: Visit, tell: (recorder: Recorder) => void): RecordedAttempt {
  const recorder = new Recorder({
    port,
    role: 'server',
    visitor,
    test: false,
    at,
    began: performance.now(),
    clock: () => performance.now(),
  });
  tell(recorder);
  return recorder.finish(as);
}
