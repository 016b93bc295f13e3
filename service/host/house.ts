import type { Socket } from 'node:net';
import type { Terms } from '../bounty/conversation.ts';
import type { Credentials } from '../bounty/credentials.ts';
import { endpoints, type PortKey, type TlsRole } from '../bounty/endpoints.ts';
import type { Site } from '../site/index.ts';
import type { Environment, Version } from '../tls/index.ts';
import type { LifecycleEvent } from '../trace/index.ts';
import { type Admission, type Visitor, visitorOf } from './admission.ts';
import { BountyConnection } from './bounty-connection.ts';
import { Deadlines } from './deadlines.ts';
import { callRefusal, dial } from './dialler.ts';
import type { Ledger } from './ledger.ts';
import type { Accept } from './listeners.ts';
import { type Log, originOf } from './log.ts';
import { Turnstile } from './turnstile.ts';
import { WebsiteConnection } from './website-connection.ts';
import { WebsiteTls } from './website-tls.ts';

/* The house behind the five doors: everybody who is in it, and how each is received. */

export interface HouseOptions {
  readonly terms: Terms;
  readonly credentials: Credentials;
  readonly environment: () => Environment;
  /** Of TLS, for the page; those of the bounty are in the terms. */
  readonly websiteVersions: readonly Version[];
  readonly admission: Admission;
  readonly ledger: Ledger;
  readonly site: Site;
  readonly log: Log;
  readonly handshakeMilliseconds: number;
  readonly dialback: { readonly port: number; readonly allowPrivate: boolean; readonly milliseconds: number };
}

type Guest = { readonly idle: boolean; shutdown(): void };

export class House {
  readonly #options: HouseOptions;
  readonly #guests = new Map<Socket, Guest>();
  readonly #turnstile = new Turnstile();
  readonly #deadlines = new Deadlines();
  readonly #closing = new AbortController();
  /** Dial-backs on their way, which have no socket of ours yet. */
  #calling = 0;
  #whenEmpty: (() => void) | undefined;

  constructor(options: HouseOptions) {
    this.#options = options;
  }

  get guests(): number {
    return this.#guests.size;
  }

  /** What is done with a connection to each door, by the table of endpoints. */
  accept(key: PortKey): Accept {
    const endpoint = endpoints.find((candidate) => candidate.key === key);
    if (endpoint === undefined) throw new RangeError(`no endpoint ${key}`);
    if (endpoint.serves === 'website')
      return (socket) => this.#receiveVisitor(socket, key, endpoint.transport === 'tls');
    const { role, dialsBack } = endpoint;
    if (role === undefined) throw new RangeError(`endpoint ${key} serves the bait without a role`);
    if (dialsBack) return (socket) => this.#receiveCaller(socket, key, role);
    return (socket) => this.#receiveAttempt(socket, key, role);
  }

  /**
   * Sends away whoever has nothing under way, lets the others end for `milliseconds`, then says goodbye to them too.
   * Resolves when everybody has left, or was made to.
   */
  async empty(milliseconds: number): Promise<void> {
    this.#closing.abort();
    for (const guest of this.#guests.values()) if (guest.idle) guest.shutdown();
    await this.#leftWithin(milliseconds);
    for (const guest of this.#guests.values()) guest.shutdown();
    await this.#leftWithin(this.#options.terms.drain.milliseconds + 500);
    for (const socket of this.#guests.keys()) socket.destroy();
  }

  #receiveAttempt(socket: Socket, key: PortKey, role: TlsRole): void {
    const visitor = visitorOf(socket.remoteAddress);
    const leave = this.#options.admission.bounty.enter(visitor);
    if (leave === undefined) this.#turnAway(socket, key, role, visitor);
    else this.#converse(socket, key, role, visitor, leave);
  }

  #converse(socket: Socket, key: PortKey, role: TlsRole, visitor: Visitor, leave: () => void): void {
    const { admission, ledger, terms, handshakeMilliseconds } = this.#options;
    const visit = ledger.open(key, role, visitor.prefix);
    const guest = new BountyConnection({
      socket,
      role,
      terms,
      milliseconds: handshakeMilliseconds,
      deadline: (milliseconds, act) => this.#deadlines.set(milliseconds, act),
      mayBegin: () => admission.mayHandshake(visitor, terms.clock()),
      turn: (act) => this.#turnstile.enter(visitor, act),
      onEvents: (events) => {
        for (const event of events) visit.tell(event);
      },
      onDiscarded: (bytes) => ledger.discarded(bytes),
      onOutcome: (outcome) => visit.end(this.#told(outcome, key)),
      onGone: () => {
        leave();
        this.#depart(socket);
      },
    });
    this.#guests.set(socket, guest);
  }

  /** The log hears of what must not happen. It is told which port and what, and nothing that came from the peer. */
  #told(
    outcome: LifecycleEvent | { readonly type: 'exception'; readonly error: unknown },
    key: PortKey,
  ): LifecycleEvent {
    if (outcome.type === 'exception' && 'error' in outcome) {
      this.#options.log('exception', { port: key, ...originOf(outcome.error) });
      return { type: 'exception' };
    }
    if (outcome.type === 'released') this.#options.log('released', { port: key, release: outcome.release });
    if (outcome.type === 'withheld') this.#options.log('withheld', { port: key, reason: outcome.reason });
    return outcome;
  }

  /** Closes at once, and calls back if the caller's address is one to be called. */
  #receiveCaller(socket: Socket, key: PortKey, role: TlsRole): void {
    const visitor = visitorOf(socket.remoteAddress);
    const leave = this.#options.admission.bounty.enter(visitor);
    if (leave === undefined) {
      this.#turnAway(socket, key, undefined, visitor);
      return;
    }
    const { ledger, terms } = this.#options;
    let left = terms.drain.bytes;
    const linger = setTimeout(() => socket.destroy(), terms.drain.milliseconds);
    this.#guests.set(socket, { idle: true, shutdown: () => socket.destroySoon() });
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      ledger.discarded(chunk.length);
      left -= chunk.length;
      if (left < 0) socket.destroy();
    });
    socket.on('end', () => socket.destroySoon());
    socket.on('close', () => {
      clearTimeout(linger);
      leave();
      this.#depart(socket);
    });
    socket.end();
    this.#callBack(visitor, key, role);
  }

  #callBack(visitor: Visitor, key: PortKey, role: TlsRole): void {
    const { admission, ledger, terms, dialback } = this.#options;
    const trigger = ledger.open(key, undefined, visitor.prefix);
    const { address, prefix } = visitor;
    if (address === undefined || this.#closing.signal.aborted) {
      trigger.end({ type: 'reset' });
      return;
    }
    const refusal = callRefusal(address, dialback.allowPrivate);
    if (refusal !== undefined) {
      trigger.end({ type: 'dialback', outcome: 'blocked' });
      return;
    }
    const hangUp = admission.mayDialBack(visitor, terms.clock()) ? admission.dialbacks.enter(visitor) : undefined;
    trigger.end({ type: 'dialback', outcome: hangUp === undefined ? 'rate_limited' : 'triggered' });
    if (hangUp === undefined) return;
    this.#calling += 1;
    const { port, milliseconds } = dialback;
    const arrived = dial({ address, port, milliseconds, signal: this.#closing.signal });
    void arrived.then((result) => {
      this.#calling -= 1;
      if (result.type === 'connected') {
        this.#converse(result.socket, key, role, visitor, hangUp);
        return;
      }
      hangUp();
      ledger.open(key, role, prefix).end({ type: 'dialback', outcome: result.type });
      this.#whenEmptyNow();
    });
  }

  #receiveVisitor(socket: Socket, key: PortKey, secure: boolean): void {
    const { admission, ledger, site, terms, credentials, environment, websiteVersions } = this.#options;
    const visitor = visitorOf(socket.remoteAddress);
    const role = secure ? 'server' : undefined;
    const leave = admission.website.enter(visitor);
    if (leave === undefined) {
      this.#turnAway(socket, key, role, visitor);
      return;
    }
    const visit = ledger.open(key, role, visitor.prefix);
    // An answer goes out in pieces, and none of them shall wait for the last one's acknowledgement. A flight is one piece.
    socket.setNoDelay(true);
    const guest = new WebsiteConnection({
      socket,
      site,
      tls: secure
        ? () =>
            admission.mayHandshakeWithWebsite(visitor, terms.clock())
              ? new WebsiteTls(credentials.lease('website'), environment(), websiteVersions)
              : 'refused'
        : undefined,
      onEvents: (events) => {
        for (const event of events) visit.tell(event);
      },
      turn: (act) => this.#turnstile.enter(visitor, act),
      onRequest: (status) => visit.tell({ type: 'http', status }),
      onOutcome: (outcome) => visit.end(this.#told(outcome, key)),
      onGone: () => {
        leave();
        this.#depart(socket);
      },
    });
    this.#guests.set(socket, guest);
  }

  #turnAway(socket: Socket, key: PortKey, role: TlsRole | undefined, { prefix }: Visitor): void {
    this.#options.ledger.open(key, role, prefix).end({ type: 'rate_limited' });
    socket.on('error', () => undefined);
    socket.destroy();
  }

  #depart(socket: Socket): void {
    this.#guests.delete(socket);
    this.#whenEmptyNow();
  }

  #whenEmptyNow(): void {
    if (this.#guests.size === 0 && this.#calling === 0) this.#whenEmpty?.();
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
