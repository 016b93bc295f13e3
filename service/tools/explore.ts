import { bytesToHex } from '@noble/hashes/utils.js';
import { equalBytes } from '../tls/hkdf.ts';
import type { Step } from '../tls/index.ts';
import { Exchange } from './explore-exchange.ts';
import { lawfulForm, lawfulSequences } from './explore-lawful.ts';
import { movesAgainst } from './explore-moves.ts';
import { engine, makeWorld, type Role, type Subject, type Version } from './explore-world.ts';

/*
 * Every sequence of messages, up to a length, against the real engine: which of them end in a VerifiedPeer? What fails
 * stays failed, so that a failure decides all that could follow it; what is tried is what can still be decided.
 */

export interface Bounds {
  /** Of a sequence, in records. */
  readonly depth: number;
  /** How many records of a sequence may be such that nothing comes of them, as an idle ChangeCipherSpec. */
  readonly idle: number;
}

/** A sequence that ended otherwise than the RFCs say. */
export interface Finding {
  readonly kind: 'accepted' | 'peer_changed' | 'data_before_peer' | 'internal_error' | 'lawful_refused';
  readonly sequence: readonly string[];
  readonly detail: string;
}

export interface Exploration {
  readonly role: Role;
  readonly version: Version;
  readonly moves: number;
  /** Sequences that were played, each on a session of its own. */
  readonly tried: number;
  /** Sequences up to the depth that these decide: what failed decides all that begin with it. */
  readonly decided: number;
  /** Live sequences that were not gone on with, for the bound on idle records. */
  readonly cut: number;
  /** State of the engine -> sequences that ended in it. `failed` and `closed` are the ends of the rest. */
  readonly states: Readonly<Record<string, number>>;
  /** Lawful sequence -> how often it made a peer, with idle records in it and without. */
  readonly accepted: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

/** A sequence that still lives. */
interface Node {
  readonly sequence: readonly string[];
  readonly wire: readonly Uint8Array[];
  readonly exchange: Exchange;
  readonly state: string;
  readonly idle: number;
  readonly accepted: boolean;
}

export function explore(role: Role, version: Version, bounds: Bounds, subject?: Subject): Exploration {
  const explorer = new Explorer(role, version, bounds, subject);
  explorer.run();
  return explorer.report();
}

class Explorer {
  readonly #role: Role;
  readonly #version: Version;
  readonly #bounds: Bounds;
  readonly #world = makeWorld();
  readonly #moves;
  readonly #subject: Subject;
  readonly #states = new Map<string, number>();
  readonly #accepted = new Map<string, number>();
  readonly #findings: Finding[] = [];
  #tried = 0;
  #decided = 0;
  #cut = 0;

  constructor(role: Role, version: Version, bounds: Bounds, subject: Subject | undefined) {
    this.#role = role;
    this.#version = version;
    this.#bounds = bounds;
    this.#subject = subject ?? engine(role, this.#world);
    this.#moves = movesAgainst(role, version, this.#world);
  }

  run(): void {
    const place = { role: this.#role, version: this.#version };
    const exchange = Exchange.start(place, this.#subject.begin().events);
    const live: Node[] = [{ sequence: [], wire: [], exchange, state: this.#start, idle: 0, accepted: false }];
    for (let node = live.pop(); node !== undefined; node = live.pop()) {
      if (node.sequence.length === this.#bounds.depth) continue;
      if (node.idle > this.#bounds.idle) this.#cut++;
      else live.push(...this.#expand(node));
    }
    for (const lawful of lawfulSequences(this.#role, this.#version)) {
      if (lawful.length > this.#bounds.depth || this.#accepted.has(lawful.join(', '))) continue;
      this.#findings.push({ kind: 'lawful_refused', sequence: lawful, detail: 'a lawful handshake made no peer' });
    }
  }

  get #start(): string {
    return this.#role === 'server' ? 'start' : 'wait_server_hello';
  }

  report(): Exploration {
    return {
      role: this.#role,
      version: this.#version,
      moves: this.#moves.length,
      tried: this.#tried,
      decided: this.#decided,
      cut: this.#cut,
      states: Object.fromEntries(this.#states),
      accepted: Object.fromEntries(this.#accepted),
      findings: this.#findings,
    };
  }

  /** Every move from here; those that live. */
  #expand(node: Node): readonly Node[] {
    const live: Node[] = [];
    const seen = new Set<string>();
    for (const move of this.#moves) {
      // A hello of the other version opens that one's handshake lawfully: its own exploration begins there.
      if (move.opensOther && node.state === this.#start) continue;
      const record = move.record(node.exchange);
      if (record === undefined) continue;
      // Some say the same at some points, as a ClientHello of TLS 1.2, which has no key share to leave out.
      const bytes = bytesToHex(record.bytes);
      if (seen.has(bytes)) continue;
      seen.add(bytes);
      const next = this.#play(node, move.name, record);
      this.#decided += next === undefined ? this.#sequences(this.#bounds.depth - node.sequence.length - 1) : 1;
      if (next !== undefined) live.push(next);
    }
    return live;
  }

  /** Of `length` records or fewer, the empty one included. */
  #sequences(length: number): number {
    return length === 0 ? 1 : 1 + this.#moves.length * this.#sequences(length - 1);
  }

  #play(node: Node, name: string, record: { readonly bytes: Uint8Array; readonly sealed: boolean }): Node | undefined {
    this.#tried++;
    const sequence = [...node.sequence, name];
    const step = this.#subject.receive(this.#replay(node), record.bytes);
    const state = step.events.reduce((last, event) => (event.type === 'state' ? event.state : last), node.state);
    const accepted = this.#judge(node, sequence, step);
    if (step.status === 'failed' || step.status === 'peerClosed') {
      this.#count(step.status === 'failed' ? 'failed' : 'closed');
      return undefined;
    }
    this.#count(state);
    const heard = step.events.some(
      (event) => event.type === 'state' || (event.type === 'handshake' && event.direction === 'received'),
    );
    return {
      sequence,
      wire: [...node.wire, record.bytes],
      exchange: node.exchange.after(step.events, record.sealed),
      state,
      idle: node.idle + (heard ? 0 : 1),
      accepted,
    };
  }

  /** A session that has heard what this node has. */
  #replay({ wire }: Node): Step['session'] {
    let { session } = this.#subject.begin();
    for (const bytes of wire) ({ session } = this.#subject.receive(session, bytes));
    return session;
  }

  /** Whether there is a peer now; and if there should not be, or another one, that is a finding. */
  #judge(node: Node, sequence: readonly string[], step: Step): boolean {
    const leaf = this.#subject.verifiedLeaf(step.session);
    const found = (kind: Finding['kind'], detail: string): void => void this.#findings.push({ kind, sequence, detail });
    for (const event of step.events) {
      if (event.type === 'fault' && event.fault.kind === 'internal') found('internal_error', event.fault.detail);
    }
    if (leaf === undefined) {
      if (step.received.length > 0) found('data_before_peer', `${step.received.length} bytes were handed on`);
      return false;
    }
    const [genuine] = this.#world[this.#role === 'server' ? 'client' : 'server'].chain;
    if (genuine === undefined || !equalBytes(leaf, genuine.der))
      found('peer_changed', 'the peer is not who it was to be');
    if (node.accepted) return true;
    const lawful = lawfulForm(sequence, this.#role, this.#version);
    if (lawful === undefined) found('accepted', 'this is no lawful handshake, and it made a peer');
    else this.#accepted.set(lawful.join(', '), (this.#accepted.get(lawful.join(', ')) ?? 0) + 1);
    return true;
  }

  #count(state: string): void {
    this.#states.set(state, (this.#states.get(state) ?? 0) + 1);
  }
}
