import type { Lease } from '../bounty/credentials.ts';
import { probeProtocol } from '../bounty/endpoints.ts';
import {
  close,
  type Environment,
  type Fault,
  receive,
  type Session,
  type Step,
  send,
  server,
  type TraceEvent,
  type Version,
} from '../tls/index.ts';

/* HTTPS: our own engine as a server that asks for no certificate and knows nothing of the bait. */

/** What came of some bytes: text of the client for the site, records for the client, or the end. */
export interface Opened {
  readonly received: Uint8Array;
  readonly out: Uint8Array;
  readonly events: readonly TraceEvent[];
  /** `probed`: a whole handshake with a probe of ours, which asks for nothing and is given nothing. */
  readonly state: 'open' | 'probed' | 'peerClosed' | { readonly failed: Fault | { readonly alert: number } };
}

export class WebsiteTls {
  readonly #lease: Lease;
  #session: Session;
  #probe = false;

  constructor(lease: Lease, environment: Environment, versions: readonly Version[]) {
    this.#lease = lease;
    this.#session = server(
      {
        certifiedKeys: [lease.certifiedKey],
        // Ours is first: no browser offers it, and a probe may offer both for a host that does not know it.
        alpn: { protocols: [probeProtocol, 'http/1.1'], absent: 'tolerated' },
        clientAuthentication: 'none',
        choices: { versions },
      },
      environment,
    );
  }

  receive(bytes: Uint8Array): Opened {
    const step = receive(this.#session, bytes);
    this.#session = step.session;
    this.#probe ||= step.events.some(saysProbe);
    const { out, events } = step;
    const state = stateOf(step);
    if (!this.#probe) return { received: step.received, out, events, state };
    const done = step.status === 'established' || step.status === 'peerClosed';
    return { received: new Uint8Array(0), out, events, state: done ? 'probed' : state };
  }

  seal(data: Uint8Array): Uint8Array {
    const step = send(this.#session, data);
    this.#session = step.session;
    return step.out;
  }

  /** close_notify. */
  close(): Uint8Array {
    const step = close(this.#session);
    this.#session = step.session;
    return step.out;
  }

  release(): void {
    this.#lease.release();
  }
}

const saysProbe = (event: TraceEvent): boolean =>
  event.type === 'negotiated' && event.applicationProtocol === probeProtocol;

function stateOf(step: Step): Opened['state'] {
  switch (step.status) {
    case 'handshaking':
    case 'established':
      return 'open';
    case 'peerClosed':
    case 'closed':
      return 'peerClosed';
    case 'failed': {
      const fault = step.events.find((event) => event.type === 'fault')?.fault;
      const alert = step.events.find((event) => event.type === 'alert' && event.direction === 'received');
      if (fault !== undefined) return { failed: fault };
      return { failed: { alert: alert?.type === 'alert' ? alert.description : 0 } };
    }
  }
}
