import { bytesToHex } from '@noble/hashes/utils.js';
import { challengeLength, Notary, type Signed, type SignStatement, type Standing, signRoot } from '../attest/index.ts';
import type { Challenges } from '../site/index.ts';
import type { Clock } from './clock.ts';
import { type Log, originOf } from './log.ts';

/* The clock and the randomness of attest/notary.ts: it signs on the main loop, a few milliseconds once a second at most. */

export interface NotaryOptions {
  readonly clock: Clock;
  readonly entropy: (length: number) => Uint8Array;
  readonly log: Log;
  readonly sign: SignStatement;
  /** As things stand now: asked for at each signature. */
  readonly standing: () => Standing;
  /** Told of each statement as soon as it is signed. */
  readonly onSigned?: (signed: Signed) => void;
}

/** Of ids: 64 bits that another process will not draw. */
const prefixLength = 8;
const hedgeLength = 32;

export class HostNotary {
  readonly #options: NotaryOptions;
  readonly #notary = new Notary();
  readonly #prefix: string;
  #latest: Signed;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** Signs at once, so that there always is a statement. Throws where there is none that could be signed. */
  constructor(options: NotaryOptions) {
    this.#options = options;
    this.#prefix = bytesToHex(options.entropy(prefixLength));
    this.#latest = this.#sign();
    this.#tell();
    this.#arm();
  }

  get latest(): Signed {
    return this.#latest;
  }

  /** Changes with each signature. */
  get revision(): number {
    return this.#notary.revision;
  }

  readonly challenges: Challenges = {
    length: challengeLength,
    take: (challenge) => {
      const ticket = this.#notary.take(challenge);
      if (ticket === undefined) return undefined;
      this.#arm();
      return `${this.#prefix}-${ticket}`;
    },
    find: (id) => {
      const [prefix, ticket] = id.split('-');
      if (prefix !== this.#prefix) return undefined;
      const found = this.#notary.find(Number(ticket));
      return found?.state === 'waiting' ? 'waiting' : found;
    },
  };

  /** What a statement says has changed: those who read the page and those who wait shall find the same. */
  renew(): void {
    this.#attempt();
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      // A timer may come early by a fraction of a millisecond.
      if (this.#dueIn() === 0) this.#attempt();
      this.#arm();
    }, Math.ceil(this.#dueIn()));
    this.#timer.unref();
  }

  #dueIn(): number {
    return this.#notary.dueIn(this.#options.clock.monotonic());
  }

  /** A mistake here costs those who wait another second, and nobody else anything. */
  #attempt(): void {
    try {
      this.#latest = this.#sign();
    } catch (error) {
      this.#options.log('statement_failed', originOf(error));
      return;
    }
    this.#tell();
  }

  /** What somebody else makes of it does not undo it. */
  #tell(): void {
    try {
      this.#options.onSigned?.(this.#latest);
    } catch (error) {
      this.#options.log('statement_not_told', originOf(error));
    }
  }

  #sign(): Signed {
    const { clock, entropy, standing, sign } = this.#options;
    return this.#notary.sign(clock.monotonic(), (root) =>
      signRoot(standing(), { root, time: clock.seconds(), hedge: entropy(hedgeLength) }, sign),
    );
  }
}
