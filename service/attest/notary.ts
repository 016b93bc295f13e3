import { ChallengeTree, challengeLength, noChallengeRoot, type PathStep } from './challenge-tree.ts';

/*
 * When the wallet's key signs, and what for: challenges wait, and once a second at most one signature answers all of them.
 * Pure but for its own state: it is told the time (milliseconds of a clock that never goes back) and handed the signature.
 */

export const notaryLimits = {
  /** Challenges under one signature. Whoever comes later in that second is told to come again. */
  waiting: 1024,
  /** Answered challenges, and signatures, that are remembered: the oldest are forgotten first. */
  answered: 32_768,
  signatures: 1024,
  /** Milliseconds between two signatures at least, and at most where nobody waits. */
  shortest: 1000,
  longest: 600_000,
} as const;

/** A signed statement. */
export interface Signed {
  readonly statement: string;
  readonly signature: string;
  /** Seconds since 1970, as the statement has it. */
  readonly time: number;
}

export interface Answer extends Signed {
  readonly challenge: Uint8Array;
  readonly path: readonly PathStep[];
}

export type Found = { readonly state: 'waiting' } | ({ readonly state: 'answered' } & Answer);

interface Batch {
  /** The number of its first challenge. */
  readonly first: number;
  readonly challenges: Uint8Array;
  readonly tree: ChallengeTree;
  readonly signed: Signed;
}

export class Notary {
  #waiting: Uint8Array[] = [];
  /** Of the first that waits. */
  #next = 0;
  #batches: Batch[] = [];
  #answered = 0;
  #latest: Signed | undefined;
  /** When the last signature was made or tried. */
  #at: number | undefined;
  #failed = false;
  #revision = 0;

  /** Challenges that were taken so far. */
  get taken(): number {
    return this.#next + this.#waiting.length;
  }

  /** Answered challenges that are remembered. */
  get remembered(): number {
    return this.#answered;
  }

  get latest(): Signed | undefined {
    return this.#latest;
  }

  /** Changes with each signature. */
  get revision(): number {
    return this.#revision;
  }

  /** The number of its ticket, or undefined where as many wait as one signature answers. The bytes are copied. */
  take(challenge: Uint8Array): number | undefined {
    if (challenge.length !== challengeLength) {
      throw new RangeError(`a challenge of ${challenge.length} bytes; it has ${challengeLength}`);
    }
    if (this.#waiting.length >= notaryLimits.waiting) return undefined;
    this.#waiting.push(challenge.slice());
    return this.taken - 1;
  }

  /** Undefined: never given out, or forgotten. */
  find(ticket: number): Found | undefined {
    if (!Number.isInteger(ticket)) return undefined;
    if (ticket >= this.#next) return ticket < this.taken ? { state: 'waiting' } : undefined;
    const batch = this.#batches.findLast(({ first }) => first <= ticket);
    if (batch === undefined) return undefined;
    const index = ticket - batch.first;
    if (index >= batch.tree.size) return undefined;
    const challenge = batch.challenges.slice(index * challengeLength, (index + 1) * challengeLength);
    return { state: 'answered', challenge, path: batch.tree.path(index), ...batch.signed };
  }

  /** Milliseconds until there is something to sign, as things stand. */
  dueIn(now: number): number {
    if (this.#at === undefined) return 0;
    const wanted = this.#waiting.length > 0 || this.#failed;
    const wait = wanted ? notaryLimits.shortest : notaryLimits.longest;
    return Math.max(0, this.#at + wait - now);
  }

  /**
   * Has `sign` sign for those who wait, whether it is time or not. If it throws, they go on waiting, and the statement before
   * stays the last; it is tried again a second later, whether anybody waits or not.
   */
  sign(now: number, sign: (root: Uint8Array) => Signed): Signed {
    this.#at = now;
    this.#failed = true;
    const waiting = this.#waiting;
    const tree = waiting.length === 0 ? undefined : new ChallengeTree(waiting);
    const signed = sign(tree?.root ?? noChallengeRoot);
    this.#failed = false;
    this.#latest = signed;
    this.#revision += 1;
    if (tree !== undefined) {
      this.#batches.push({ first: this.#next, challenges: flat(waiting), tree, signed });
      this.#next += waiting.length;
      this.#answered += waiting.length;
      this.#waiting = [];
      this.#forget();
    }
    return signed;
  }

  #forget(): void {
    while (this.#answered > notaryLimits.answered || this.#batches.length > notaryLimits.signatures) {
      this.#answered -= this.#batches.shift()?.tree.size ?? 0;
    }
  }
}

function flat(challenges: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(challenges.length * challengeLength);
  for (const [index, challenge] of challenges.entries()) bytes.set(challenge, index * challengeLength);
  return bytes;
}
