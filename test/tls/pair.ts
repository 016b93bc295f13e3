import { randomBytes } from 'node:crypto';
import {
  type ClientConfig,
  client,
  entropyLength,
  receive,
  type ServerConfig,
  type Session,
  type SessionStatus,
  type Step,
  server,
  type TraceEvent,
} from '../../service/tls/index.ts';
import { NOW } from './pki.ts';

export type Cut = 'whole' | 'records' | 'bytes';

export const environment = (now = NOW) => ({ now, entropy: new Uint8Array(randomBytes(entropyLength)) });

/** One end in memory: what it said, what it heard, where it stands. */
export class End {
  session: Session;
  status: SessionStatus = 'handshaking';
  readonly events: TraceEvent[] = [];
  received: Uint8Array = new Uint8Array(0);
  pending: Uint8Array = new Uint8Array(0);

  constructor(session: Session) {
    this.session = session;
  }

  take(step: Step): void {
    this.session = step.session;
    this.status = step.status;
    this.events.push(...step.events);
    this.received = joined(this.received, step.received);
    this.pending = joined(this.pending, step.out);
  }

  act(change: (session: Session) => Step): void {
    this.take(change(this.session));
  }

  fault(): string | undefined {
    return this.events.flatMap((event) => (event.type === 'fault' ? [event.fault.reason] : []))[0];
  }

  detail(): string | undefined {
    return this.events.flatMap((event) => (event.type === 'fault' ? [event.fault.detail] : []))[0];
  }

  alert(direction: 'sent' | 'received'): number | undefined {
    return this.events.flatMap((e) => (e.type === 'alert' && e.direction === direction ? [e.description] : []))[0];
  }

  transcriptOf(point: string): string | undefined {
    return this.events.flatMap((e) =>
      e.type === 'transcript' && e.point === point ? [Buffer.from(e.hash).toString('hex')] : [],
    )[0];
  }
}

export const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => new Uint8Array(Buffer.concat([a, b]));

export function pair(serverConfig: ServerConfig, clientConfig: ClientConfig): { server: End; client: End } {
  const ends = { server: new End(server(serverConfig, environment())), client: new End(undefined as never) };
  ends.client.take(client(clientConfig, environment()));
  return ends;
}

/** The TLS records of a flight; what is left over comes last. */
export function records(bytes: Uint8Array): Uint8Array[] {
  const list: Uint8Array[] = [];
  let at = 0;
  while (at + 5 <= bytes.length) {
    const end = at + 5 + ((bytes[at + 3] ?? 0) << 8) + (bytes[at + 4] ?? 0);
    list.push(bytes.slice(at, Math.min(end, bytes.length)));
    at = end;
  }
  if (at < bytes.length) list.push(bytes.slice(at));
  return list;
}

const pieces = (bytes: Uint8Array, cut: Cut): Uint8Array[] => {
  if (cut === 'whole') return [bytes];
  return cut === 'records' ? records(bytes) : Array.from(bytes, (byte) => Uint8Array.of(byte));
};

/** Delivers what one end has said to the other; true if there was anything. */
export function deliver(from: End, to: End, cut: Cut = 'whole'): boolean {
  const flight = from.pending;
  from.pending = new Uint8Array(0);
  for (const piece of pieces(flight, cut)) if (piece.length > 0) to.act((session) => receive(session, piece));
  return flight.length > 0;
}

/** Until neither end has anything to say. */
export function run({ server: s, client: c }: { server: End; client: End }, cut: Cut = 'whole'): void {
  for (let round = 0; round < 20; round++) {
    const moved = deliver(c, s, cut);
    if (!deliver(s, c, cut) && !moved) return;
  }
  throw new Error('the two ends do not come to rest');
}
