import type { Socket } from 'node:net';
import {
  type Conversation,
  type Effect,
  type Input,
  mayBeDear,
  open,
  step,
  type Terms,
  type Turn,
} from '../bounty/conversation.ts';
import type { TlsRole } from '../bounty/endpoints.ts';
import type { Outcome } from '../bounty/outcome.ts';
import type { Yielding } from '../bounty/places.ts';
import type { Standing } from '../bounty/precedence.ts';
import type { TraceEvent } from '../tls/index.ts';
import type { Contain } from './containment.ts';
import { Turn as Waiting } from './turn.ts';

/* Carries one conversation over one socket: feeds it what happens, and does what it says. It decides nothing. */

export interface BountyConnectionOptions {
  readonly socket: Socket;
  readonly role: TlsRole;
  readonly terms: Terms;
  /** Until the handshake has to be over. */
  readonly milliseconds: number;
  /** What the socket calls back runs in it; `deadline` and `turn` are contained by themselves. */
  readonly contain: Contain;
  /** Calls back after so many milliseconds, unless called off by what it returns. */
  readonly deadline: (milliseconds: number, act: () => void) => () => void;
  /** Asked once, before the first work for this peer. */
  readonly mayBegin: () => boolean;
  /** How far this peer has come, and who is to be told when the place goes to another. */
  readonly stands: (standing: Standing, owner: Yielding) => void;
  /** Calls back when it is this peer's turn to have work done, unless called off by what it returns. */
  readonly turn: (act: () => void) => () => void;
  /** What came and is to be judged, which `judge` does: to be called once, at once. */
  readonly onReceived: (bytes: Uint8Array, judge: () => void) => void;
  readonly onBegun: (session: Omit<Extract<Effect, { type: 'begun' }>, 'type'>) => void;
  readonly onEvents: (events: readonly TraceEvent[]) => void;
  readonly onDiscarded: (bytes: number) => void;
  /** Exactly once. */
  readonly onOutcome: (outcome: Outcome) => void;
}

export class BountyConnection implements Yielding {
  readonly #options: BountyConnectionOptions;
  #conversation: Conversation = { phase: 'silent' };
  /** Made when there is something to wait with. */
  #waiting: Waiting | undefined;
  #begun = false;
  #heard = false;
  #answered = false;
  #released = false;
  #callOffDeadline: () => void;

  constructor(options: BountyConnectionOptions) {
    this.#options = options;
    const { socket, contain } = options;
    this.#callOffDeadline = this.#deadline(options.milliseconds);
    socket.on('data', (chunk) => contain(() => this.#onData(chunk)));
    socket.on('end', () => contain(() => this.#onEnd()));
    socket.on('error', () => contain(() => this.#take({ type: 'reset' })));
    socket.on('close', () => contain(() => this.#onClose()));
    options.stands('silent', this);
    if (options.role === 'client' && this.#mayBegin()) this.#speakFirst();
  }

  /** Nothing is under way: it can be ended at once. */
  get idle(): boolean {
    return this.#conversation.phase === 'silent';
  }

  shutdown(): void {
    this.#options.contain(() => this.#take({ type: 'shutdown' }));
  }

  yieldUp(): void {
    this.#options.contain(() => this.#take({ type: 'displaced' }));
  }

  /** Nothing is read before the ClientHello is out: in the silent phase what comes in is for a server. */
  #speakFirst(): void {
    this.#await(() => {
      if (this.#conversation.phase === 'silent') this.#enter(open('client', this.#options.terms));
    });
  }

  /** What may cost a handshake waits for its turn, and the socket for it; the rest is thrown away at once. */
  #onData(chunk: Buffer): void {
    if (!this.#mayBegin()) return;
    this.#heard = true;
    // A buffer of our own: Node's may be a part of one that others use too (threats.md J3).
    const bytes = new Uint8Array(chunk);
    if (!mayBeDear(this.#conversation, bytes)) {
      this.#take({ type: 'bytes', bytes });
      return;
    }
    this.#await(() => this.#take({ type: 'bytes', bytes }));
    this.#stand();
  }

  #await(act: () => void): void {
    this.#waiting ??= new Waiting(this.#options.socket, (turned) => this.#options.turn(turned));
    this.#waiting.await(act);
  }

  #onEnd(): void {
    const act = (): void => this.#take({ type: 'eof' });
    if (this.#waiting === undefined) act();
    else this.#waiting.after(act);
  }

  #mayBegin(): boolean {
    if (this.#begun) return true;
    if (this.#conversation.phase === 'over') return false;
    if (this.#options.mayBegin()) {
      this.#begun = true;
      return true;
    }
    this.#conversation = { phase: 'over' };
    this.#options.onOutcome({ type: 'rate_limited' });
    this.#options.socket.destroy();
    return false;
  }

  #deadline(milliseconds: number): () => void {
    return this.#options.deadline(milliseconds, () => this.#take({ type: 'timeout' }));
  }

  #onClose(): void {
    this.#callOffDeadline();
    this.#waiting?.callOff();
    if (this.#conversation.phase !== 'over') this.#take({ type: 'reset' });
  }

  #take(input: Input): void {
    const { phase } = this.#conversation;
    const judge = (): void => this.#enter(step(this.#conversation, input, this.#options.terms));
    if (input.type === 'bytes' && (phase === 'silent' || phase === 'handshaking')) {
      this.#options.onReceived(input.bytes, judge);
    } else judge();
  }

  #enter(turn: Turn): void {
    this.#conversation = turn.conversation;
    for (const effect of turn.effects) this.#carryOut(effect);
    this.#stand();
  }

  #stand(): void {
    this.#options.stands(this.#standing, this);
  }

  get #standing(): Standing {
    const { phase } = this.#conversation;
    if (this.#released) return 'kept'; // the secret is theirs: it is to reach them
    if (phase === 'draining' || phase === 'over') return 'leaving';
    if (!this.#heard) return 'silent';
    return this.#answered ? 'busy' : 'waiting';
  }

  #carryOut(effect: Effect): void {
    const { socket } = this.#options;
    switch (effect.type) {
      case 'begun':
        this.#options.onBegun(effect);
        return;
      case 'events':
        this.#options.onEvents(effect.events);
        return;
      case 'outcome':
        this.#released = effect.outcome.type === 'released';
        this.#options.onOutcome(effect.outcome);
        return;
      case 'discarded':
        this.#options.onDiscarded(effect.bytes);
        return;
      case 'send':
        this.#answered = true;
        if (socket.writable) socket.write(effect.bytes);
        return;
      case 'end':
        if (socket.writable) socket.end();
        return;
      case 'linger':
        this.#callOffDeadline();
        this.#callOffDeadline = this.#deadline(effect.milliseconds);
        return;
      case 'destroy':
        if (effect.when === 'now') socket.destroy();
        else socket.destroySoon();
        return;
      default:
        effect satisfies never;
    }
  }
}
