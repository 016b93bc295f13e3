import { hexToBytes } from '@noble/hashes/utils.js';
import type { TraceEvent } from '../tls/index.ts';
import { type ConnectionEvent, isBare, type LifecycleEvent, type TraceStep, traceStep } from '../trace/index.ts';
import { ReplayEngine } from './replay-engine.ts';
import type { Begun, Recording } from './replay-recording.ts';
import type { Start } from './replay-session.ts';

/**
 * Where a step of a replay comes from. `taken`: from the record, for it came from the peer, the transport or the doors of the
 * piñata. `mac`: that an encrypted record opened, or a Finished was right, is taken from the record. All else is `computed`.
 */
export type Origin = 'computed' | 'taken' | 'mac';

/** `t` is 0: a replay has no time of its own. */
export interface ReplayedStep {
  readonly step: TraceStep;
  readonly origin: Origin;
}

/** Walks the record, and does again what the peer, the transport and the piñata's own will did. */
export class Play {
  readonly #recording: Recording;
  readonly #start: (begun: Begun) => Start;
  readonly engine: ReplayEngine;
  readonly steps: ReplayedStep[] = [];
  /** What the statistics were told. */
  readonly told: ConnectionEvent[] = [];
  #faults = 0;
  #restIsDue: boolean;

  /** `start`: the session that began then. */
  constructor(recording: Recording, start: (begun: Begun) => Start) {
    this.#recording = recording;
    this.#start = start;
    this.engine = new ReplayEngine(recording);
    this.#restIsDue = !recording.steps.some(({ type }) => leftUnjudged.has(type));
  }

  /** A problem, if the record does not have what it takes. */
  run(): string | undefined {
    const { steps } = this.#recording;
    const lastRecord = steps.findLastIndex((step) => step.type === 'record' && step.direction === 'received');
    for (const [index, step] of steps.entries()) {
      if (index > lastRecord && isOutcome(step, this.#faults)) this.#rest();
      const problem = this.#follow(step);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** What a step made the piñata do; nothing for one that was the piñata's own word. */
  #follow(step: TraceStep): string | undefined {
    if (isBare(step)) {
      this.#tell(step, 'taken');
      return undefined;
    }
    switch (step.type) {
      case 'record':
        if (step.direction === 'sent') return undefined;
        this.#compute(this.engine.record(step));
        return undefined;
      case 'application_data':
        if (step.direction === 'sent') this.#compute(this.engine.send(step.length));
        return undefined;
      case 'closed':
        if (step.direction === 'sent') this.#compute(this.engine.close());
        return undefined;
      case 'begun':
        this.#tell(step, 'taken');
        return this.#begin(step);
      case 'rest':
        this.steps.push({ step: { ...step, t: 0 }, origin: 'taken' });
        return undefined;
      case 'fault':
        // The second is the outcome of the connection, which the engine's own decided.
        this.#faults += 1;
        if (this.#faults > 1) this.#tell({ ...step, fault: this.engine.fault ?? step.fault }, 'computed');
        return undefined;
      case 'alert_received':
        this.#tell({ ...step, description: this.#alertReceived() }, 'computed');
        return undefined;
      case 'handshake':
      case 'change_cipher_spec':
      case 'client_random':
      case 'negotiated':
      case 'transcript':
      case 'state':
      case 'established':
      case 'alert':
        return undefined;
      case 'released':
        if (this.engine.provedPeer) this.#tell(step, 'taken');
        return undefined;
      case 'http':
      case 'dialback':
      case 'withheld':
        this.#tell(step, 'taken');
        return undefined;
    }
  }

  #begin(begun: Begun): string | undefined {
    const events = this.engine.begin(this.#start(begun));
    if (typeof events === 'string') return events;
    this.#compute(events);
    return undefined;
  }

  #rest(): void {
    const { rest } = this.#recording;
    if (!this.#restIsDue || rest === undefined) return;
    this.#restIsDue = false;
    this.#compute(this.engine.rest(hexToBytes(rest.bytes)));
  }

  #alertReceived(): number {
    const alert = this.told.findLast((event) => event.type === 'alert' && event.direction === 'received');
    return alert?.type === 'alert' ? alert.description : 0;
  }

  #compute(events: readonly TraceEvent[]): void {
    for (const event of events) {
      this.told.push(event);
      const step = traceStep(0, event);
      if (step !== undefined) this.steps.push({ step, origin: this.#originOf(event) });
    }
  }

  #originOf(event: TraceEvent): Origin {
    switch (event.type) {
      case 'record':
        if (event.direction === 'sent') return 'computed';
        return event.encrypted ? 'mac' : 'taken';
      case 'handshake':
        return event.direction === 'received' && event.message === 'finished' ? 'mac' : 'computed';
      case 'fault':
        return event.fault.reason === 'bad_finished' || event.fault === this.#recording.openingFault
          ? 'mac'
          : 'computed';
      default:
        return 'computed';
    }
  }

  #tell(step: Lifecycle, origin: Origin): void {
    this.told.push(step);
    this.steps.push({ step: { ...step, t: 0 }, origin });
  }
}

/** What the transport and the doors told; `t` is no part of the event, and nobody looks at it. */
type Lifecycle = TraceStep & LifecycleEvent;

/** Those after which no byte of the peer was judged any more; what is left of it was judged before. */
const isOutcome = (step: TraceStep, faults: number): boolean => {
  switch (step.type) {
    case 'fault':
      return faults > 0;
    case 'eof':
    case 'reset':
    case 'alert_received':
    case 'rest':
      return true;
    default:
      return false;
  }
};

/** What ends a connection before its last bytes are judged. */
const leftUnjudged: ReadonlySet<TraceStep['type']> = new Set([
  'timeout',
  'shutdown',
  'byte_budget',
  'released',
  'withheld',
]);
