import { type ConnectionEvent, type PortKey, portKeys } from './connection-event.ts';

/** How far the handshakes of one port came. Each is counted at every stage that it reached. */
export interface HandshakeCounts {
  /** A session was made: the first bytes were those of TLS, or the hello is ours. */
  readonly begun: number;
  /** A version and a suite were agreed on. */
  readonly negotiated: Readonly<Record<'1.2' | '1.3', number>>;
  /** Both Finished were right. */
  readonly established: number;
}

/** How far a handshake came: a session was made, a version was agreed on, both Finished were right. */
export type HandshakeStage = 'begun' | '1.2' | '1.3' | 'established';

/** That is reached with this event. */
export function stageOf(event: ConnectionEvent): HandshakeStage | undefined {
  if (event.type === 'negotiated') return event.version;
  return event.type === 'begun' || event.type === 'established' ? event.type : undefined;
}

interface Counting extends HandshakeCounts {
  begun: number;
  readonly negotiated: Record<'1.2' | '1.3', number>;
  established: number;
}

/** Counts that only ever grow, by port. Linear: whoever owns it counts in it. */
export class HandshakeTally {
  readonly #ports: Readonly<Record<PortKey, Counting>>;

  constructor() {
    this.#ports = { http: none(), https: none(), server: none(), dialback: none(), reverse: none() };
  }

  reached(port: PortKey, stage: HandshakeStage): void {
    const counts = this.#ports[port];
    if (stage === 'begun' || stage === 'established') counts[stage]++;
    else counts.negotiated[stage]++;
  }

  /** A copy, of the ports that have TLS. */
  snapshot(): readonly (readonly [PortKey, HandshakeCounts])[] {
    return portKeys
      .filter((port) => port !== 'http')
      .map((port) => {
        const { begun, negotiated, established } = this.#ports[port];
        return [port, { begun, negotiated: { ...negotiated }, established }];
      });
  }
}

const none = (): Counting => ({ begun: 0, negotiated: { '1.2': 0, '1.3': 0 }, established: 0 });
