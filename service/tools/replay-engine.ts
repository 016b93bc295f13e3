import { Connection } from '../tls/connection.ts';
import { refuseFirstBytes } from '../tls/first-bytes.ts';
import type { Fault, SessionStatus, TraceEvent } from '../tls/index.ts';
import { type MessageDifference, ReplayDispatcher } from './replay-dispatch.ts';
import { type Recording, type RecordStep, wireBytes } from './replay-recording.ts';
import type { Start } from './replay-session.ts';

const MOST_SENT = 2 ** 24;

/** The engine of one recorded attempt: fed like the piñata's was, it says what that one said. Total, as the engine is. */
export class ReplayEngine {
  readonly #recording: Recording;
  readonly #dispatcher: ReplayDispatcher;
  #connection: Connection | undefined;
  #refused = false;
  /** The first, which is the last. */
  fault: Fault | undefined;

  constructor(recording: Recording) {
    this.#recording = recording;
    this.#dispatcher = new ReplayDispatcher(recording);
  }

  /** Of messages of ours, beside those that the events show. */
  get differences(): readonly MessageDifference[] {
    return this.#dispatcher.differences;
  }

  get status(): SessionStatus | 'none' {
    return this.#refused ? 'failed' : (this.#connection?.status ?? 'none');
  }

  /** The peer proved its key and its Finished: without that nothing is released. */
  get provedPeer(): boolean {
    const connection = this.#connection;
    if (connection === undefined || connection.status === 'failed') return false;
    const { name } = connection.machine.state;
    return name === 'connected' || name === 'connected_12';
  }

  /** What a client says first; a text where no session can be set up. */
  begin(start: Start): readonly TraceEvent[] | string {
    if ('problem' in start) return start.problem;
    const connection = new Connection(start.machine, 1, this.#dispatcher.dispatch);
    this.#connection = connection;
    return this.#step((engine) => engine.perform(this.#dispatcher.begin(start.machine, start.outputs)));
  }

  record(step: RecordStep): readonly TraceEvent[] {
    this.#recording.opening = 'inner' in step ? step.inner : undefined;
    return this.#step((connection) => connection.receive(wireBytes(step)));
  }

  /** What was no whole record. A server may have refused it before there was a session. */
  rest(bytes: Uint8Array): readonly TraceEvent[] {
    this.#recording.opening = undefined;
    if (this.#connection !== undefined) return this.#step((connection) => connection.receive(bytes));
    const events = refuseFirstBytes(bytes)?.events ?? [];
    this.#refused = events.length > 0;
    return this.#noted(events);
  }

  /** So many bytes, whatever they were; nothing for more than we ever say. */
  send(length: number): readonly TraceEvent[] {
    if (length > MOST_SENT) return [];
    return this.#step((connection) => connection.send(new Uint8Array(length)));
  }

  close(): readonly TraceEvent[] {
    return this.#step((connection) => connection.close());
  }

  #step(act: (connection: Connection) => void): readonly TraceEvent[] {
    const connection = this.#connection;
    if (connection === undefined) return [];
    try {
      act(connection);
    } catch (error) {
      // As in a session: a defect of ours.
      const detail = error instanceof Error ? `${error.name}: ${error.message}` : 'something that is no Error';
      connection.fail({ kind: 'internal', reason: 'internal_error', detail });
    }
    return this.#noted(connection.harvest().events);
  }

  #noted(events: readonly TraceEvent[]): readonly TraceEvent[] {
    for (const event of events) if (event.type === 'fault') this.fault ??= event.fault;
    return events;
  }
}
