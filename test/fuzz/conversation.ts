import { Exchange } from '../../service/tools/explore-exchange.ts';
import { lawfulSequences } from '../../service/tools/explore-lawful.ts';
import { type Change, type Move, movesAgainst } from '../../service/tools/explore-moves.ts';
import { engine, type Role, type Version, type World } from '../../service/tools/explore-world.ts';
import type { Target } from './fuzzer.ts';

/*
 * An input as a conversation: which messages come in which order, and what is changed within each before it is sealed
 * with the right key. This leads the fuzzer past the encryption, into every state. The opposite end holds the genuine
 * keys: it may become a peer, but not by a Finished or a CertificateVerify that was changed, nor as somebody else.
 */

const MAX_MOVES = 12;
const MAX_CHANGES = 6;

/** A move, so many changes, and each change: how, where (16 bits), with what. */
interface Turn {
  readonly move: Move;
  readonly change: Change;
}

function* turns(input: Uint8Array, moves: readonly Move[]): Iterable<Turn> {
  let at = 0;
  const next = (): number => input[at++] ?? 0;
  for (let count = 0; count < MAX_MOVES && at < input.length; count++) {
    const move = moves[next() % moves.length];
    if (move === undefined) return;
    const changes = next() % (MAX_CHANGES + 1);
    const list = Array.from({ length: changes }, () => [next(), next() * 256 + next(), next()] as const);
    yield { move, change: (content) => list.reduce((bytes, one) => changed(bytes, ...one), content) };
  }
}

function changed(bytes: Uint8Array, how: number, where: number, value: number): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(value);
  const at = where % bytes.length;
  switch (how % 5) {
    case 0:
      return bytes.with(at, (bytes[at] ?? 0) ^ (value || 1));
    case 1:
      return bytes.slice(0, at);
    case 2:
      return Uint8Array.of(...bytes.subarray(0, at), value, ...bytes.subarray(at));
    case 3:
      return Uint8Array.of(...bytes, ...new Uint8Array(1 + value).fill(how));
    default: // a message with its length made right again
      return relengthened(Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + 1 + (value % 16))));
  }
}

const relengthened = (bytes: Uint8Array): Uint8Array =>
  bytes.length < 4
    ? bytes
    : bytes
        .with(1, 0)
        .with(2, (bytes.length - 4) >> 8)
        .with(3, (bytes.length - 4) & 0xff);

const isProof = /^(certificate_verify|finished|server_key_exchange)/;

function play(role: Role, version: Version, world: World, moves: readonly Move[], input: Uint8Array): void {
  const subject = engine(role, world);
  const [genuine] = world[role === 'server' ? 'client' : 'server'].chain;
  let { session, events } = subject.begin();
  let exchange = Exchange.start({ role, version }, events);
  let proofChanged = false;
  for (const { move, change } of turns(input, moves)) {
    const record = move.record(exchange, (content) => {
      const bytes = change(content);
      if (isProof.test(move.name) && Buffer.compare(bytes, content) !== 0) proofChanged = true;
      return bytes;
    });
    if (record === undefined) continue;
    const before = subject.verifiedLeaf(session);
    const step = subject.receive(session, record.bytes);
    ({ session, events } = step);
    for (const event of events) {
      if (event.type === 'fault' && event.fault.kind === 'internal') throw new Error(`internal: ${event.fault.detail}`);
    }
    const leaf = subject.verifiedLeaf(session);
    if (leaf === undefined && step.received.length > 0) throw new Error('data was handed on before there was a peer');
    if (leaf !== undefined && Buffer.compare(leaf, genuine?.der ?? new Uint8Array(0)) !== 0) {
      throw new Error('the peer is not who it was to be');
    }
    if (leaf !== undefined && before === undefined && proofChanged) throw new Error('a changed proof made a peer');
    if (step.status === 'failed') return;
    exchange = exchange.after(events, record.sealed);
  }
}

interface Conversations {
  readonly targets: readonly Target[];
  /** What the opposite ends send in lawful handshakes, as it goes over the wire. */
  readonly sent: readonly Uint8Array[];
  /** The bodies of all messages of those handshakes. */
  readonly bodies: readonly Uint8Array[];
}

export function conversations(world: World): Conversations {
  const targets: Target[] = [];
  const sent: Uint8Array[] = [];
  const bodies: Uint8Array[] = [];
  for (const role of ['server', 'client'] as const) {
    for (const version of ['1.3', '1.2'] as const) {
      const moves = movesAgainst(role, version, world);
      const seeds = lawfulSequences(role, version).map((sequence) =>
        Uint8Array.from(sequence.flatMap((name) => [moves.findIndex((move) => move.name === name), 0])),
      );
      const run = (input: Uint8Array): void => play(role, version, world, moves, input);
      targets.push({ name: `${role}-${version}`, run, seeds: [...seeds, ...afterwards(seeds, moves)], corpus: [] });
      for (const flight of lawfulSequences(role, version).map((sequence) =>
        lawful(role, version, world, moves, sequence),
      )) {
        sent.push(flight.sent);
        bodies.push(...flight.bodies);
      }
    }
  }
  return { targets, sent, bodies };
}

/** What is said once there is a peer. */
const afterwards = (seeds: readonly Uint8Array[], moves: readonly Move[]): readonly Uint8Array[] =>
  ['key_update', 'new_session_ticket', 'application_data', 'alert close_notify'].flatMap((name) =>
    seeds.map((seed) =>
      Uint8Array.of(
        ...seed,
        moves.findIndex((move) => move.name === name),
        0,
      ),
    ),
  );

function lawful(role: Role, version: Version, world: World, moves: readonly Move[], sequence: readonly string[]) {
  const subject = engine(role, world);
  let { session, events } = subject.begin();
  let exchange = Exchange.start({ role, version }, events);
  const sent: Uint8Array[] = [];
  for (const name of sequence) {
    const record = moves.find((move) => move.name === name)?.record(exchange);
    if (record === undefined) throw new Error(`${name} cannot be said in a lawful handshake`);
    sent.push(record.bytes);
    ({ session, events } = subject.receive(session, record.bytes));
    exchange = exchange.after(events, record.sealed);
  }
  if (subject.verifiedLeaf(session) === undefined) throw new Error(`${sequence.join(', ')} made no peer`);
  return { sent: new Uint8Array(Buffer.concat(sent)), bodies: exchange.messages.map(({ bytes }) => bytes.slice(4)) };
}
