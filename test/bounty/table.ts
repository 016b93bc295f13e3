import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { Bait } from '../../service/bounty/bait.ts';
import {
  type Conversation,
  type Effect,
  open,
  step,
  type Terms,
  type Turn,
} from '../../service/bounty/conversation.ts';
import { LocalCorrelator } from '../../service/bounty/correlator.ts';
import { Credentials } from '../../service/bounty/credentials.ts';
import type { TlsRole } from '../../service/bounty/endpoints.ts';
import { generationEntropyLength } from '../../service/bounty/generation.ts';
import type { Outcome } from '../../service/bounty/outcome.ts';
import { entropyLength, type Step } from '../../service/tls/index.ts';

/* A bounty in memory: its shared terms, and connections to it that a test plays the transport of. */

export const now = 1_800_000_000;
export const secretText = 'p2wpkh:cThisIsTheCanaryThatMustNeverSing';
export const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

export const makeCredentials = (testCredentials = false): Credentials =>
  new Credentials(
    {
      lifetimeSeconds: 90 * 86_400,
      website: { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1', '::1'] },
      testCredentials,
    },
    random(generationEntropyLength),
    now,
  );

export interface Table {
  readonly credentials: Credentials;
  readonly correlator: LocalCorrelator;
  readonly terms: Terms;
}

export function layTable(changes: Partial<Terms> = {}, credentials = makeCredentials()): Table {
  const correlator = new LocalCorrelator({ lifetime: 60_000, capacity: 1000 });
  const terms: Terms = {
    bait: new Bait(() => utf8ToBytes(secretText)),
    correlator,
    lease: (role) => credentials.lease(role),
    versions: () => ['1.3', '1.2'],
    environment: () => ({ now, entropy: random(entropyLength) }),
    clock: () => 0,
    patience: 30_000,
    byteBudget: 256 * 1024,
    drain: { bytes: 64 * 1024, milliseconds: 2000 },
    ...changes,
  };
  return { credentials, correlator, terms };
}

/** One conversation, and all that came of it. */
export class Guest {
  readonly effects: Effect[] = [];
  readonly #terms: Terms;
  #conversation: Conversation;
  #taken = 0;

  constructor(role: TlsRole, { terms }: Table) {
    this.#terms = terms;
    this.#conversation = this.#note(open(role, terms));
  }

  get phase(): Conversation['phase'] {
    return this.#conversation.phase;
  }

  get outcomes(): readonly Outcome[] {
    return this.effects.flatMap((effect) => (effect.type === 'outcome' ? [effect.outcome] : []));
  }

  get kinds(): readonly Effect['type'][] {
    return this.effects.map(({ type }) => type);
  }

  take(input: Parameters<typeof step>[1]): void {
    this.#conversation = this.#note(step(this.#conversation, input, this.#terms));
  }

  feed(bytes: Uint8Array): void {
    this.take({ type: 'bytes', bytes: bytes.slice() });
  }

  /** What was sent since this was last asked. */
  sent(): Uint8Array {
    const sends = this.effects.flatMap((effect) => (effect.type === 'send' ? [effect.bytes] : []));
    const fresh = concatBytes(...sends.slice(this.#taken));
    this.#taken = sends.length;
    return fresh;
  }

  #note(turn: Turn): Conversation {
    this.effects.push(...turn.effects);
    return turn.conversation;
  }
}

/** How a relay cuts what it forwards. */
export type Cut = (bytes: Uint8Array) => readonly Uint8Array[];

export const whole: Cut = (bytes) => (bytes.length > 0 ? [bytes] : []);
export const byByte: Cut = (bytes) => [...bytes].map((byte) => Uint8Array.of(byte));
export const byRecord: Cut = (bytes) => {
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 5 + (bytes[at + 3] ?? 0) * 256 + (bytes[at + 4] ?? 0);
    records.push(bytes.subarray(at, end));
    at = end;
  }
  return records;
};

/** Forwards both ways until nobody says anything more; returns every piece that passed. */
export function relay(
  a: Guest,
  b: Guest,
  cut: Cut = whole,
  pass: (piece: number) => boolean = () => true,
): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let quiet = 0; quiet < 2; ) {
    quiet += 1;
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      for (const piece of cut(from.sent())) {
        if (!pass(pieces.length)) return pieces;
        pieces.push(piece);
        to.feed(piece);
        quiet = 0;
      }
    }
  }
  return pieces;
}

/** A peer that is not ours but the engine's: what an attacker could build. Runs it against `guest` until both are quiet. */
export function play(
  guest: Guest,
  first: Step,
  receive: (session: Step['session'], bytes: Uint8Array) => Step,
): { readonly text: string; readonly last: Step } {
  let last = first;
  let text = '';
  guest.feed(first.out);
  for (let reply = guest.sent(); reply.length > 0; reply = guest.sent()) {
    last = receive(last.session, reply);
    text += new TextDecoder().decode(last.received);
    if (last.out.length > 0) guest.feed(last.out);
  }
  return { text, last };
}
