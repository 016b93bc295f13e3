import type { Socket } from 'node:net';
import type { Outcome } from '../bounty/outcome.ts';
import type { Yielding } from '../bounty/places.ts';
import type { Standing } from '../bounty/precedence.ts';
import type { HttpConnection, HttpInput, Site, Visit } from '../site/index.ts';
import type { TraceEvent } from '../tls/index.ts';
import type { Contain } from './containment.ts';
import { Turn } from './turn.ts';
import type { WebsiteTls } from './website-tls.ts';

/* Carries one visitor of the page over one socket, with or without TLS. What is answered, the site decides. */

/** How a visit ended, exactly one for each; what its requests were answered with is told before. */
export type WebsiteOutcome =
  /** In good order: the last answer was written. */
  | { readonly type: 'finished' }
  | Extract<
      Outcome,
      {
        type:
          | 'fault'
          | 'alert_received'
          | 'probe'
          | 'empty'
          | 'eof'
          | 'reset'
          | 'timeout'
          | 'rate_limited'
          | 'shutdown';
      }
    >;

export interface WebsiteConnectionOptions {
  readonly socket: Socket;
  readonly site: Site;
  /** What the socket and our own timers call back runs in it; `turn` is contained by itself. */
  readonly contain: Contain;
  /** HTTPS: asked for at the first byte, for an idle connection must cost almost nothing; 'refused' to who had enough. */
  readonly tls: (() => WebsiteTls | 'refused') | undefined;
  /** What came over TLS and is to be judged, which `judge` does: to be called once, at once. */
  readonly onReceived: (bytes: Uint8Array, judge: () => void) => void;
  readonly onEvents: (events: readonly TraceEvent[]) => void;
  /** How far this visitor has come, and who is to be told when the place goes to another. */
  readonly stands: (standing: Standing, owner: Yielding) => void;
  /**
   * Calls back when it is this visitor's turn to have work done, a handshake or a page of which there is any number, unless
   * called off by what it returns.
   */
  readonly turn: (act: () => void, work: 'handshake' | 'page') => () => void;
  /** What the site is told of the visitor. */
  readonly visit: Visit;
  readonly onRequest: (status: number) => void;
  readonly onOutcome: (outcome: WebsiteOutcome) => void;
}

/** Milliseconds. What a visitor may take for each; together they bound any visit with `httpLimits.requests`. */
const patience = { first: 15_000, request: 10_000, idle: 15_000, writing: 30_000, drain: 2_000 } as const;
const drainBytes = 64 * 1024;
/** Of an answer, sealed and handed to the socket at once: whoever reads slowly holds little more of us than this. */
const pieceLength = 16 * 1024;

export class WebsiteConnection implements Yielding {
  readonly #options: WebsiteConnectionOptions;
  readonly #turn: Turn;
  #http: HttpConnection;
  #awaiting: 'request' | 'rest' | 'nothing' = 'request';
  #tls: WebsiteTls | undefined;
  #deadline: NodeJS.Timeout;
  #received = false;
  #wrote = false;
  #draining: { left: number } | undefined;
  /** Of answers, what the socket has no room for yet. It is shared with other connections until it is sealed. */
  #unsent: readonly Uint8Array[] = [];
  /** The step holds requests back until `out` is written. */
  #more = false;
  #answered = false;
  /** Every request so far was of a poller. */
  #ofPoller = true;
  #ended = false;

  constructor(options: WebsiteConnectionOptions) {
    this.#options = options;
    this.#http = options.site.open();
    this.#deadline = this.#timer(patience.first);
    const { socket, contain } = options;
    this.#turn = new Turn(socket, (act) => options.turn(() => this.#standAfter(act), this.#work));
    socket.on('data', (chunk) => contain(() => this.#standAfter(() => this.#onData(new Uint8Array(chunk)))));
    socket.on('end', () => contain(() => this.#standAfter(() => this.#turn.after(() => this.#onEnd()))));
    socket.on('drain', () => contain(() => this.#standAfter(() => this.#onDrain())));
    socket.on('error', () => contain(() => this.#end({ type: this.#lost('reset') })));
    socket.on('close', () => contain(() => this.#onClose()));
    options.stands('silent', this);
  }

  /** Nothing is under way: it can be ended at once. */
  get idle(): boolean {
    return this.#awaiting === 'request';
  }

  /** Whoever waits for an answer gets it; the others are sent away. */
  shutdown(): void {
    if (this.#awaiting === 'request') this.#options.contain(() => this.#leave({ type: 'shutdown' }));
  }

  /** Who asked for nothing more was served; the others were not, whatever they had before. */
  yieldUp(): void {
    this.#options.contain(() => {
      this.#end({ type: this.#answered && this.#standing === 'silent' ? 'finished' : 'rate_limited' });
      this.#options.socket.destroy();
    });
  }

  #standAfter(act: () => void): void {
    act();
    this.#options.stands(this.#standing, this);
  }

  get #standing(): Standing {
    if (this.#draining !== undefined) return 'leaving';
    const handshaking = this.#options.tls !== undefined && this.#received && !this.#answered;
    const underWay = handshaking || this.#turn.isWaiting || this.#awaiting !== 'request' || this.#isBehind;
    return underWay ? (this.#wrote ? 'busy' : 'waiting') : 'silent';
  }

  get #work(): 'handshake' | 'page' {
    return this.#options.tls !== undefined && !this.#answered ? 'handshake' : 'page';
  }

  /** Bytes may cost a handshake or a page: they wait for their turn, and the socket for them. */
  #onData(bytes: Uint8Array): void {
    if (this.#draining !== undefined) {
      this.#onBytes(bytes);
      return;
    }
    this.#turn.await(() => {
      if (!this.#options.socket.destroyed) this.#onBytes(bytes);
    });
  }

  #onBytes(bytes: Uint8Array): void {
    if (this.#draining !== undefined) {
      this.#draining.left -= bytes.length;
      if (this.#draining.left < 0) this.#options.socket.destroy();
      return;
    }
    this.#received = true;
    if (this.#options.tls === undefined) {
      this.#step(bytes);
      return;
    }
    const tls = this.#tls ?? this.#options.tls();
    if (tls === 'refused') {
      this.#end({ type: 'rate_limited' });
      this.#options.socket.destroy();
      return;
    }
    this.#tls = tls;
    this.#options.onReceived(bytes, () => this.#judge(tls, bytes));
  }

  #judge(tls: WebsiteTls, bytes: Uint8Array): void {
    const { received, out, events, state } = tls.receive(bytes);
    this.#options.onEvents(events);
    this.#write(out);
    if (received.length > 0) this.#step(received);
    if (typeof state === 'object') this.#fail(state.failed);
    else if (state === 'peerClosed') this.#step('eof');
    else if (state === 'probed') this.#leave({ type: 'probe' });
  }

  #onEnd(): void {
    if (this.#draining !== undefined) {
      if (this.#unsent.length === 0) this.#options.socket.destroySoon();
      return;
    }
    // Over TLS a FIN without close_notify is a truncation: nothing that was half said is answered (RFC 9846 §6.1).
    if (this.#options.tls !== undefined) this.#leave({ type: this.#answered ? 'finished' : this.#lost('eof') });
    else this.#step('eof');
  }

  #step(input: HttpInput): void {
    if (this.#draining !== undefined) return;
    const step = this.#options.site.step(this.#http, input, this.#options.visit);
    this.#http = step.connection;
    this.#more = step.more;
    for (const { status, probe } of step.events) {
      this.#answered = true;
      this.#ofPoller &&= probe === true;
      this.#options.onRequest(status);
    }
    this.#unsent = [...this.#unsent, ...step.out];
    this.#send();
    if (step.close) {
      this.#leave({ type: this.#answered ? 'finished' : input === 'timeout' ? 'timeout' : this.#lost('eof') });
      return;
    }
    this.#wait(step.awaiting, step.events.length > 0);
  }

  /** One deadline at a time. That of a request runs from its first byte: sending slowly does not prolong it. */
  #wait(awaiting: 'request' | 'rest' | 'nothing', answered: boolean): void {
    const { socket } = this.#options;
    const before = this.#awaiting;
    this.#awaiting = awaiting;
    if (this.#isBehind) {
      socket.pause();
      this.#rearm(patience.writing);
    } else if (this.#more) {
      this.#goOn();
    } else if (awaiting === 'rest' && (answered || before !== 'rest')) {
      this.#rearm(patience.request);
    } else if (awaiting === 'request' && answered) {
      this.#rearm(patience.idle);
    }
  }

  #onDrain(): void {
    const { socket } = this.#options;
    this.#send();
    if (this.#draining !== undefined) {
      this.#sayGoodbye();
      return;
    }
    // All of it goes within one deadline: who reads slowly does not prolong it.
    if (this.#isBehind || !socket.isPaused()) return;
    if (this.#more) {
      this.#goOn();
      return;
    }
    socket.resume();
    this.#rearm(this.#awaiting === 'rest' ? patience.request : patience.idle);
  }

  /** With the requests that are held back, when it is their turn. */
  #goOn(): void {
    this.#turn.await(() => {
      if (this.#options.socket.destroyed) return;
      this.#rearm(this.#awaiting === 'rest' ? patience.request : patience.idle);
      this.#step('drained');
    });
  }

  #onTimeout(): void {
    if (this.#draining !== undefined || this.#isBehind) {
      this.#end({ type: 'timeout' });
      this.#options.socket.destroy();
    } else if (this.#options.tls !== undefined && !this.#answered && this.#awaiting === 'request') {
      this.#leave({ type: 'timeout' });
    } else {
      this.#step('timeout');
    }
  }

  #fail(failed: Extract<ReturnType<WebsiteTls['receive']>['state'], object>['failed']): void {
    this.#unsent = [];
    if ('alert' in failed) this.#leave({ type: 'alert_received', description: failed.alert });
    else this.#leave({ type: 'fault', fault: failed });
  }

  /** Ends our side and lets the visitor read on: a reset would take with it what was sent (design §4.7). */
  #leave(outcome: WebsiteOutcome): void {
    if (this.#draining !== undefined) return;
    const { socket } = this.#options;
    this.#end(outcome);
    this.#draining = { left: drainBytes };
    this.#awaiting = 'nothing';
    this.#sayGoodbye();
    socket.resume();
    this.#rearm(this.#unsent.length > 0 || socket.writableLength > 0 ? patience.writing : patience.drain);
  }

  /** Behind the last answer: close_notify, which a session that failed has none of, and FIN. */
  #sayGoodbye(): void {
    if (this.#unsent.length > 0) return;
    if (this.#tls !== undefined) this.#write(this.#tls.close());
    if (this.#options.socket.writable) this.#options.socket.end();
  }

  /** A visitor who said nothing did not break anything off. */
  #lost<By extends 'eof' | 'reset'>(by: By): By | 'empty' {
    return this.#received ? by : 'empty';
  }

  #onClose(): void {
    clearTimeout(this.#deadline);
    this.#turn.callOff();
    this.#tls?.release();
    this.#end({ type: this.#lost('reset') });
  }

  #end(outcome: WebsiteOutcome): void {
    if (this.#ended) return;
    this.#ended = true;
    const ours = this.#answered && this.#ofPoller && outcome.type !== 'fault';
    this.#options.onOutcome(ours ? { type: 'probe' } : outcome);
  }

  get #isBehind(): boolean {
    return this.#unsent.length > 0 || this.#options.socket.writableNeedDrain;
  }

  /** As much as the socket has room for. */
  #send(): void {
    const { socket } = this.#options;
    while (socket.writable && !socket.writableNeedDrain) {
      const [first, ...others] = this.#unsent;
      if (first === undefined) return;
      const piece = first.subarray(0, pieceLength);
      this.#unsent = piece.length === first.length ? others : [first.subarray(pieceLength), ...others];
      this.#write(this.#tls === undefined ? piece : this.#tls.seal(piece));
    }
  }

  #write(bytes: Uint8Array): void {
    const { socket } = this.#options;
    if (bytes.length === 0 || !socket.writable) return;
    this.#wrote = true;
    socket.write(bytes);
  }

  #timer(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.#options.contain(() => this.#standAfter(() => this.#onTimeout())), milliseconds);
  }

  #rearm(milliseconds: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = this.#timer(milliseconds);
  }
}
