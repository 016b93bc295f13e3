import type { Socket } from 'node:net';
import type { Terms } from '../bounty/conversation.ts';
import type { Credentials } from '../bounty/credentials.ts';
import { endpoints, type PortKey, type TlsRole } from '../bounty/endpoints.ts';
import type { IpAddress } from '../bounty/ip-address.ts';
import type { Outcome } from '../bounty/outcome.ts';
import type { Place } from '../bounty/places.ts';
import { Row } from '../bounty/row.ts';
import type { Site } from '../site/index.ts';
import type { Environment, Version } from '../tls/index.ts';
import type { DialBackOutcome, TraceStep } from '../trace/index.ts';
import { type Admission, type Visitor, visitorOf } from './admission.ts';
import { BountyConnection } from './bounty-connection.ts';
import { type Arrival, BountyGuest, type HouseParts } from './bounty-guest.ts';
import { type Contain, containment } from './containment.ts';
import { Deadlines } from './deadlines.ts';
import { DialbackCaller } from './dialback-caller.ts';
import type { Dialler } from './dialler.ts';
import type { DoorLedger } from './ledger.ts';
import type { Accept } from './listeners.ts';
import { type Log, originOf } from './log.ts';
import { Turnstile } from './turnstile.ts';
import type { LedgerEntry } from './visit.ts';
import { WebsiteConnection, type WebsiteOutcome } from './website-connection.ts';
import { WebsiteTls } from './website-tls.ts';

/* The house behind the five doors: everybody who is in it, and how each is received. */

/** What the doors of the website have beside. */
export interface WebsiteParts {
  readonly site: Site;
  readonly credentials: Pick<Credentials, 'lease'>;
  readonly environment: () => Environment;
  /** Of TLS, for the page; those of the bounty are in the terms. */
  readonly versions: readonly Version[];
}

export interface HouseOptions {
  readonly terms: Terms;
  readonly admission: Admission;
  readonly ledger: DoorLedger;
  /** Undefined where other threads have its doors. */
  readonly website: WebsiteParts | undefined;
  readonly log: Log;
  readonly handshakeMilliseconds: number;
  readonly dialback: {
    readonly dialler: Dialler;
    readonly port: number;
    readonly allowPrivate: boolean;
    readonly milliseconds: number;
  };
}

type Guest = { readonly idle: boolean; shutdown(): void };

/** From when somebody was let in until their socket is gone. */
interface Stay {
  readonly socket: Socket;
  guest: Guest | undefined;
}

interface Comer {
  /** Undefined where a call of ours led to none. */
  readonly socket: Socket | undefined;
  readonly key: PortKey;
  readonly role: TlsRole | undefined;
  readonly visitor: () => Visitor;
}

/** A connection that stands in the ledger. Whatever is called back for it later runs in `contain`. */
interface Counted {
  readonly key: PortKey;
  readonly visitor: Visitor;
  readonly visit: LedgerEntry;
  readonly contain: Contain;
}

interface Call {
  readonly address: IpAddress;
  readonly key: PortKey;
  readonly role: TlsRole;
  readonly visitor: Visitor;
  readonly caller: DialbackCaller;
}

/** What stands for a connection in the ledger, once it does. */
interface Opened {
  visit: LedgerEntry | undefined;
}

export class House {
  readonly #options: HouseOptions;
  readonly #stays = new Row<Stay>();
  readonly #turnstile = new Turnstile();
  /** Pages are cheaper than handshakes, and do not stand behind them. */
  readonly #pages = new Turnstile();
  readonly #deadlines = new Deadlines();
  readonly #closing = new AbortController();
  readonly #parts: HouseParts;
  /** Dial-backs on their way, which have no socket of ours yet. */
  #calling = 0;
  #whenEmpty: (() => void) | undefined;

  constructor(options: HouseOptions) {
    this.#options = options;
    this.#parts = {
      ...options,
      turnstile: this.#turnstile,
      deadlines: this.#deadlines,
      end: (arrival, outcome) => this.#end(arrival, outcome),
    };
  }

  get guests(): number {
    return this.#stays.size;
  }

  /** What is done with a connection to each door, by the table of endpoints. */
  accept(key: PortKey): Accept {
    const endpoint = endpoints.find((candidate) => candidate.key === key);
    if (endpoint === undefined) throw new RangeError(`no endpoint ${key}`);
    if (endpoint.serves === 'website') {
      const { website } = this.#options;
      if (website === undefined) throw new RangeError(`this house has no website, and endpoint ${key} serves it`);
      const secure = endpoint.transport === 'tls';
      return (socket) =>
        this.#arrive(socket, key, secure ? 'server' : undefined, (guest) =>
          this.#receiveVisitor(guest, website, secure),
        );
    }
    const { role, dialsBack } = endpoint;
    if (role === undefined) throw new RangeError(`endpoint ${key} serves the bait without a role`);
    if (dialsBack) return (socket) => this.#arrive(socket, key, undefined, (guest) => this.#receiveCaller(guest, role));
    return (socket) => this.#arrive(socket, key, role, (guest) => this.#receiveAttempt(guest, role));
  }

  /**
   * Sends away whoever has nothing under way, lets the others end for `milliseconds`, then says goodbye to them too.
   * Resolves when everybody has left, or was made to.
   */
  async empty(milliseconds: number): Promise<void> {
    this.#closing.abort();
    for (const { guest } of this.#stays.all) if (guest?.idle === true) guest.shutdown();
    await this.#leftWithin(milliseconds);
    for (const { guest } of this.#stays.all) guest?.shutdown();
    await this.#leftWithin(this.#options.terms.drain.milliseconds + 500);
    for (const { socket } of this.#stays.all) socket.destroy();
  }

  #arrive(socket: Socket, key: PortKey, role: TlsRole | undefined, receive: (arrival: Arrival) => void): void {
    this.#turnstile.arrived();
    this.#pages.arrived();
    this.#count({ socket, key, role, visitor: () => visitorOf(socket.remoteAddress) }, (counted) => {
      // It came while the ports were still being opened, and did not wait.
      if (socket.destroyed) counted.visit.end({ type: 'reset' });
      else receive({ ...counted, socket });
    });
  }

  /** Each connection comes through here once, those that we make as well: counted, and contained in what it can break. */
  #count({ socket, key, role, visitor: whose }: Comer, act: (counted: Counted) => void): void {
    const opened: Opened = { visit: undefined };
    const contain = this.#containment(socket, key, opened);
    contain(() => {
      const visitor = whose();
      const visit = this.#options.ledger.open(key, role, visitor.prefix);
      opened.visit = visit;
      act({ key, visitor, visit, contain });
    });
  }

  /** By itself: what lives as long as the connection shall hold nothing of how it came in. */
  #containment(socket: Socket | undefined, key: PortKey, opened: Opened): Contain {
    return containment(socket, (error) => this.#tellException(key, opened.visit, error));
  }

  #receiveAttempt(arrival: Arrival, role: TlsRole): void {
    const place = this.#options.admission.bounty.enter(arrival.visitor);
    if (place === undefined) turnAway(arrival);
    else this.#converse(arrival, role, place);
  }

  #converse(arrival: Arrival, role: TlsRole, place: Place): void {
    const stay = this.#stay(arrival, () => place.leave());
    stay.guest = new BountyConnection(new BountyGuest(this.#parts, arrival, place, role));
  }

  /** The log hears of what must not happen. It is told which port and what, and nothing that came from the peer. */
  #end({ key, visit }: Arrival, outcome: Outcome | WebsiteOutcome): void {
    if (outcome.type === 'exception') {
      this.#tellException(key, visit, outcome.error);
      return;
    }
    if (outcome.type === 'released') this.#options.log('released', { port: key, release: outcome.release });
    if (outcome.type === 'withheld') this.#options.log('withheld', { port: key, reason: outcome.reason });
    visit.end(outcome);
  }

  /** Counted, unless the connection has its category already. What counts may be what is broken. */
  #tellException(key: PortKey, visit: LedgerEntry | undefined, error: unknown): void {
    this.#options.log('exception', { port: key, ...originOf(error) });
    try {
      visit?.end({ type: 'exception' });
    } catch (another) {
      this.#options.log('exception', { port: key, ...originOf(another) });
    }
  }

  /** Closes at once, and calls back if the caller's address is one to be called. */
  #receiveCaller(arrival: Arrival, role: TlsRole): void {
    const { socket, contain } = arrival;
    const place = this.#options.admission.bounty.enter(arrival.visitor);
    if (place === undefined) {
      turnAway(arrival);
      return;
    }
    const { ledger, terms } = this.#options;
    const caller = new DialbackCaller();
    let left = terms.drain.bytes;
    const linger = setTimeout(() => socket.destroy(), terms.drain.milliseconds);
    const stay = this.#stay(arrival, () => {
      clearTimeout(linger);
      caller.end();
      place.leave();
    });
    // The call is made all the same, and has a place of its own.
    place.stands('leaving', { yieldUp: () => socket.destroy() });
    stay.guest = { idle: true, shutdown: () => socket.destroySoon() };
    socket.on('error', () => undefined);
    socket.on('data', (chunk) =>
      contain(() => {
        caller.hear(chunk);
        ledger.discarded(chunk.length);
        left -= chunk.length;
        if (left < 0) socket.destroy();
      }),
    );
    socket.on('end', () => socket.destroySoon());
    socket.end();
    this.#callBack(arrival, role, caller);
  }

  #callBack({ key, visitor, visit, contain }: Arrival, role: TlsRole, caller: DialbackCaller): void {
    const { admission, terms, dialback } = this.#options;
    const { address } = visitor;
    if (address === undefined || this.#closing.signal.aborted) {
      visit.end({ type: 'reset' });
      return;
    }
    const end = (outcome: DialBackOutcome): void =>
      caller.whenKnown((probe) => contain(() => endOfDialback(visit, outcome, probe)));
    if (dialback.dialler.refusal(address, dialback.allowPrivate) !== undefined) {
      end('blocked');
      return;
    }
    const place = admission.mayDialBack(visitor, terms.clock()) ? admission.dialbacks.enter(visitor) : undefined;
    // Called before it is counted: the call gives its place back, whatever becomes of the caller.
    if (place !== undefined) void this.#call({ address, key, role, visitor, caller }, place);
    if (place === undefined) visit.end({ type: 'dialback', outcome: 'rate_limited' });
    else end('triggered');
  }

  /** Never rejects. */
  async #call({ address, key, role, visitor, caller }: Call, place: Place): Promise<void> {
    const { dialler, port, milliseconds } = this.#options.dialback;
    const displaced = new AbortController();
    // Whoever never answers would keep the place from others as long as a call may take.
    place.stands('silent', { yieldUp: () => displaced.abort() });
    const signal = AbortSignal.any([this.#closing.signal, displaced.signal]);
    this.#calling += 1;
    const result = await dialler
      .dial({ address, port, milliseconds, signal })
      .catch((error: unknown) => ({ type: 'broken', error }) as const);
    this.#calling -= 1;
    const socket = result.type === 'connected' ? result.socket : undefined;
    if (socket === undefined) place.leave();
    else socket.once('close', () => place.leave());
    this.#count({ socket, key, role, visitor: () => visitor }, (counted) => {
      if (displaced.signal.aborted) {
        socket?.on('error', ignored).destroy();
        counted.visit.end({ type: 'rate_limited' });
      } else if (result.type === 'connected') this.#converse({ ...counted, socket: result.socket }, role, place);
      else if (result.type === 'broken') throw result.error;
      else {
        const { visit, contain } = counted;
        caller.whenKnown((probe) => contain(() => endOfDialback(visit, result.type, probe)));
      }
    });
    this.#whenEmptyNow();
  }

  #receiveVisitor(arrival: Arrival, { site, credentials, environment, versions }: WebsiteParts, secure: boolean): void {
    const { socket, visitor, visit, contain } = arrival;
    const { admission, terms } = this.#options;
    const place = admission.website.enter(visitor);
    if (place === undefined) {
      turnAway(arrival);
      return;
    }
    const stay = this.#stay(arrival, () => place.leave());
    // An answer goes out in pieces, and none of them shall wait for the last one's acknowledgement. A flight is one piece.
    socket.setNoDelay(true);
    stay.guest = new WebsiteConnection({
      socket,
      site,
      contain,
      tls: secure
        ? () => {
            if (!admission.mayHandshakeWithWebsite(visitor, terms.clock())) return 'refused';
            const [lease, session] = [credentials.lease('website'), environment()];
            visit.tell({
              type: 'begun',
              generation: lease.generation.id,
              now: session.now,
              versions,
            });
            return new WebsiteTls(lease, session, versions);
          }
        : undefined,
      onReceived: (bytes, judge) => visit.received(bytes, judge),
      onEvents: (events) => {
        for (const event of events) visit.tell(event);
      },
      stands: (standing, owner) => place.stands(standing, owner),
      turn: (act, work) => (work === 'page' ? this.#pages : this.#turnstile).enter(visitor, () => contain(act)),
      visit: {
        handshake: () => ownHandshake(visit.steps()),
        mayChallenge: () => admission.mayChallenge(visitor, terms.clock()),
      },
      onRequest: (status) => visit.tell({ type: 'http', status }),
      onOutcome: (outcome) => this.#end(arrival, outcome),
    });
  }

  /** A place is given back when the socket is gone, whatever else went wrong with the connection. */
  #stay({ socket, contain }: Arrival, leave: () => void): Stay {
    const stay: Stay = { socket, guest: undefined };
    const depart = this.#stays.enter(stay);
    socket.on('close', () =>
      contain(() => {
        leave();
        depart();
        this.#whenEmptyNow();
        forget(socket);
      }),
    );
    return stay;
  }

  #whenEmptyNow(): void {
    if (this.#stays.size === 0 && this.#calling === 0) this.#whenEmpty?.();
  }

  #leftWithin(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#whenEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#whenEmptyNow();
    });
  }
}

/** A probe that cannot be called back, as no Lambda can, made no attempt. */
function endOfDialback(visit: LedgerEntry, outcome: DialBackOutcome, probe: boolean): void {
  if (!probe) return visit.end({ type: 'dialback', outcome });
  visit.tell({ type: 'dialback', outcome });
  visit.end({ type: 'probe' });
}

/** Up to where it was done: what came after it is the visitor's reading. */
function ownHandshake(steps: readonly TraceStep[] | undefined): readonly TraceStep[] | undefined {
  const done = steps?.findIndex(({ type }) => type === 'established') ?? -1;
  return steps?.slice(0, done < 0 ? undefined : done + 1);
}

/**
 * Node's own tables remember a socket that is closed until the next full collection. Through its listeners it would keep all
 * that we made for it, four times as much, and each collection before that one would copy it.
 */
function forget(socket: Socket): void {
  socket.removeAllListeners();
  socket.on('error', ignored); // none is expected any more; but one that nobody hears would end the process
}

const ignored = (): void => undefined;

function turnAway({ socket, visit }: Arrival): void {
  socket.on('error', () => undefined);
  socket.destroy();
  visit.end({ type: 'rate_limited' });
}
