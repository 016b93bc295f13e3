import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { onTestFinished } from 'vitest';
import {
  type ClientConfig,
  client,
  close,
  type Environment,
  entropyLength,
  exporter,
  peer,
  receive,
  type ServerConfig,
  type Session,
  type SessionStatus,
  type Step,
  send,
  server,
  type TraceEvent,
  type VerifiedPeer,
} from '../../service/tls/index.ts';

/*
 * The smallest thing that puts the pure engine on a socket: what comes in is stepped, what a step says is written. The product's
 * own driver is host/; this one has no deadlines, limits or bounty, so that a failure here is the engine's or the peer's.
 */

export const environment = (): Environment => ({
  now: Math.floor(Date.now() / 1000),
  entropy: crypto.getRandomValues(new Uint8Array(entropyLength)),
});

export class EngineSocket {
  readonly events: TraceEvent[] = [];
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();
  #session: Session;
  #status: SessionStatus = 'handshaking';
  #received = new Uint8Array(0);
  #over = false;

  constructor(socket: Socket, session: Session) {
    this.#socket = socket;
    this.#session = session;
    socket.on('data', (bytes) => this.take(receive(this.#session, bytes)));
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      this.#over = true;
      this.#lookAgain();
    });
  }

  get status(): SessionStatus {
    return this.#status;
  }

  /** All application data so far. */
  get text(): string {
    return new TextDecoder().decode(this.#received);
  }

  get peer(): VerifiedPeer | undefined {
    return peer(this.#session);
  }

  /** Without a context, as the programs of others print theirs. */
  exporter(label: string, length: number): Uint8Array | undefined {
    return exporter(this.#session, label, undefined, length);
  }

  send(text: string): void {
    this.take(send(this.#session, utf8ToBytes(text)));
  }

  /** Our close_notify, and a FIN after it. */
  close(): void {
    this.take(close(this.#session));
    this.#socket.end();
  }

  /** Without a word: what a test does with a connection that it is done with. */
  drop(): void {
    this.#socket.destroy();
  }

  event<T extends TraceEvent['type']>(
    type: T,
    which: (event: EventOf<T>) => boolean = () => true,
  ): EventOf<T> | undefined {
    return this.events.find((event): event is EventOf<T> => event.type === type && which(event as EventOf<T>));
  }

  /** Waits until `look` sees something; fails as soon as the connection is over and it does not. */
  until<T>(what: string, look: () => T | undefined | false, milliseconds = 60_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => again(`${milliseconds} ms went by`), milliseconds);
      const again = (why?: string) => {
        const seen = look();
        if (seen !== undefined && seen !== false) settle(() => resolve(seen));
        else if (why !== undefined || this.#over)
          settle(() => reject(new Error(this.#story(what, why ?? 'the connection ended'))));
      };
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(again);
        act();
      };
      this.#waiting.add(again);
      again();
    });
  }

  established(): Promise<EventOf<'negotiated'>> {
    return this.until('established', () => this.event('established') && this.event('negotiated'));
  }

  /** The fault this end found, once it has found one. */
  fault(): Promise<EventOf<'fault'>['fault']> {
    return this.until('a fault', () => this.event('fault')?.fault);
  }

  ended(): Promise<true> {
    return this.until('the end of the connection', () => this.#over);
  }

  take({ session, out, received, events, status }: Step): void {
    this.#session = session;
    this.#status = status;
    this.events.push(...events);
    this.#received = concatBytes(this.#received, received);
    if (out.length > 0) this.#socket.write(out);
    if (status === 'failed' || this.event('closed', ({ direction }) => direction === 'received')) this.#socket.end();
    this.#lookAgain();
  }

  #lookAgain(): void {
    for (const look of [...this.#waiting]) look();
  }

  #story(what: string, why: string): string {
    const told = this.events
      .filter(({ type }) => type !== 'record' && type !== 'state')
      .map((event) => {
        switch (event.type) {
          case 'handshake':
            return `${event.direction} ${event.message}`;
          case 'alert':
            return `${event.direction} alert ${event.description}`;
          case 'fault':
            return `fault ${event.fault.reason}: ${event.fault.detail}`;
          default:
            return event.type;
        }
      });
    return `waited for ${what}; ${why}; status ${this.#status}; ${told.join(', ')}`;
  }
}

export type EventOf<T extends TraceEvent['type']> = Extract<TraceEvent, { type: T }>;

/** Our client, connected to a port of this machine for the duration of the test. */
export async function connectEngine(port: number, config: ClientConfig): Promise<EngineSocket> {
  const socket = dial({ host: '127.0.0.1', port, allowHalfOpen: true });
  await once(socket, 'connect');
  const first = client(config, environment());
  const engine = new EngineSocket(socket, first.session);
  engine.take(first);
  onTestFinished(() => engine.drop());
  return engine;
}

/** Our server on a free port for the duration of the test; `next` is the next connection it accepts. */
export async function listenEngine(config: ServerConfig): Promise<{ port: number; next: () => Promise<EngineSocket> }> {
  const accepted: EngineSocket[] = [];
  const listener: Server = createServer({ allowHalfOpen: true }, (socket) => {
    accepted.push(new EngineSocket(socket, server(config, environment())));
    listener.emit('engine');
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  onTestFinished(() => {
    for (const engine of accepted) engine.drop();
    listener.close();
  });
  let taken = 0;
  const next = async (): Promise<EngineSocket> => {
    for (;;) {
      const engine = accepted[taken];
      if (engine !== undefined) {
        taken += 1;
        return engine;
      }
      await once(listener, 'engine');
    }
  };
  return { port: (listener.address() as AddressInfo).port, next };
}
