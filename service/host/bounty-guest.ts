import type { Socket } from 'node:net';
import type { Effect, Terms } from '../bounty/conversation.ts';
import type { PortKey, TlsRole } from '../bounty/endpoints.ts';
import type { Outcome } from '../bounty/outcome.ts';
import type { Place, Yielding } from '../bounty/places.ts';
import type { Standing } from '../bounty/precedence.ts';
import type { TraceEvent } from '../tls/index.ts';
import type { Admission, Visitor } from './admission.ts';
import type { BountyConnectionOptions } from './bounty-connection.ts';
import type { Contain } from './containment.ts';
import type { Deadlines } from './deadlines.ts';
import type { DoorLedger } from './ledger.ts';
import type { Turnstile } from './turnstile.ts';
import type { LedgerEntry } from './visit.ts';

/** What all connections to the bounty's doors have of the house. */
export interface HouseParts {
  readonly terms: Terms;
  readonly admission: Admission;
  readonly ledger: DoorLedger;
  readonly turnstile: Turnstile;
  readonly deadlines: Deadlines;
  readonly handshakeMilliseconds: number;
  readonly end: (arrival: Arrival, outcome: Outcome) => void;
}

/** A connection that stands in the ledger. Whatever is called back for it later runs in `contain`. */
export interface Arrival {
  readonly socket: Socket;
  readonly key: PortKey;
  readonly visitor: Visitor;
  readonly visit: LedgerEntry;
  readonly contain: Contain;
}

/**
 * What a connection to a door of the bounty asks of the house. One object and no closures: there may be ten thousand who say
 * nothing, and each of them has one of these.
 */
export class BountyGuest implements BountyConnectionOptions {
  readonly role: TlsRole;
  readonly #arrival: Arrival;
  readonly #parts: HouseParts;
  readonly #place: Place;

  constructor(parts: HouseParts, arrival: Arrival, place: Place, role: TlsRole) {
    this.#parts = parts;
    this.#arrival = arrival;
    this.#place = place;
    this.role = role;
  }

  get socket(): Socket {
    return this.#arrival.socket;
  }

  get contain(): Contain {
    return this.#arrival.contain;
  }

  get terms(): Terms {
    return this.#parts.terms;
  }

  get milliseconds(): number {
    return this.#parts.handshakeMilliseconds;
  }

  deadline(milliseconds: number, act: () => void): () => void {
    const { contain } = this.#arrival;
    return this.#parts.deadlines.set(milliseconds, () => contain(act));
  }

  mayBegin(): boolean {
    const { admission, terms } = this.#parts;
    return admission.mayHandshake(this.#arrival.visitor, terms.clock());
  }

  stands(standing: Standing, owner: Yielding): void {
    this.#place.stands(standing, owner);
  }

  turn(act: () => void): () => void {
    const { contain, visitor } = this.#arrival;
    return this.#parts.turnstile.enter(visitor, () => contain(act));
  }

  onReceived(bytes: Uint8Array, judge: () => void): void {
    this.#arrival.visit.received(bytes, judge);
  }

  onBegun(session: Omit<Extract<Effect, { type: 'begun' }>, 'type'>): void {
    this.#arrival.visit.tell({ ...session, type: 'begun' });
  }

  onEvents(events: readonly TraceEvent[]): void {
    for (const event of events) this.#arrival.visit.tell(event);
  }

  onDiscarded(bytes: number): void {
    this.#parts.ledger.discarded(bytes);
  }

  onOutcome(outcome: Outcome): void {
    this.#parts.end(this.#arrival, outcome);
  }
}
