import {
  type Generation,
  type GenerationRequest,
  type LeafRole,
  leafSeedsLength,
  makeGeneration,
  type PublishedGeneration,
} from './generation.ts';
import { type HandedGeneration, handedGeneration } from './handed-generation.ts';
import { Holding, type Lease } from './holding.ts';

export type { Lease };

export type CredentialsOptions = Pick<GenerationRequest, 'lifetimeSeconds' | 'website' | 'testCredentials'> & {
  /** More than 1 where an earlier process published generations that are still shown. */
  readonly firstNumber?: number;
  /** Keeps what everybody is to see of a generation, before any session begins in it. */
  readonly publish?: (next: Generation) => void;
  /** Other threads are to have the bounty's leaves as well. */
  readonly handsOver?: boolean;
};

/** A generation that was made, and that nobody was shown and no session begins in yet. */
export interface Prepared {
  /** What everybody is to see of it. */
  readonly published: PublishedGeneration;
  /** For the other threads, where there are any. Whoever hands it over zeroes its seeds. */
  readonly handed: HandedGeneration | undefined;
}

/** The generations: one that new sessions begin in, and those before it, whose certificates stay published. */
export class Credentials {
  readonly #options: CredentialsOptions;
  #current: Made;
  #published: readonly [PublishedGeneration, ...PublishedGeneration[]];

  /** `entropy`: `generationEntropyLength` bytes. `now`: seconds since 1970. */
  constructor(options: CredentialsOptions, entropy: Uint8Array, now: number) {
    this.#options = options;
    this.#current = this.#make(entropy, now, options.firstNumber ?? 1);
    this.#publish(this.#current);
    this.#published = [this.#current.published];
  }

  get current(): PublishedGeneration {
    return this.#current.published;
  }

  /** Newest first. */
  get published(): readonly [PublishedGeneration, ...PublishedGeneration[]] {
    return this.#published;
  }

  /** What the other threads are to be handed of it, where there are any. */
  get handed(): HandedGeneration | undefined {
    return this.#current.handed;
  }

  lease(role: LeafRole): Lease {
    return this.#current.holding.lease(role);
  }

  /** Seconds since 1970 when a new generation is due: a third of its life before the current one ends. */
  get rotationDue(): number {
    return this.current.notAfter - Math.floor(this.#options.lifetimeSeconds / 3);
  }

  /**
   * A new generation for the sessions that begin from now on, once `publish` is done with it. If it cannot be made or
   * published, all stays as it was: no session begins in a generation that may be forgotten.
   */
  rotate(entropy: Uint8Array, now: number): PublishedGeneration {
    return this.adopt(this.prepare(entropy, now));
  }

  /** The first half of a rotation, after which all is as it was. */
  prepare(entropy: Uint8Array, now: number): Prepared {
    return this.#make(entropy, now, this.current.number + 1);
  }

  /** The second half, for what `prepare` gave last: it is published, and taken. If it cannot be published it is abandoned. */
  adopt(prepared: Prepared): PublishedGeneration {
    if (!(prepared instanceof Made)) throw new TypeError('a generation that was not prepared here');
    this.#publish(prepared);
    const previous = this.#current;
    this.#current = prepared;
    this.#published = [prepared.published, ...this.#published];
    previous.holding.retire();
    return prepared.published;
  }

  /** Instead of the second half: its keys are destroyed. */
  abandon(prepared: Prepared): void {
    if (prepared instanceof Made) prepared.holding.retire();
  }

  #make(entropy: Uint8Array, now: number, number: number): Made {
    const leafSeeds = this.#options.handsOver === true ? new SharedArrayBuffer(leafSeedsLength) : undefined;
    const generation = makeGeneration({
      ...this.#options,
      entropy,
      now,
      number,
      leafSeeds: leafSeeds && new Uint8Array(leafSeeds),
    });
    return new Made(generation, leafSeeds);
  }

  #publish(made: Made): void {
    try {
      this.#options.publish?.(made.generation);
    } catch (error) {
      this.abandon(made);
      throw error;
    }
  }
}

class Made implements Prepared {
  readonly generation: Generation;
  readonly published: PublishedGeneration;
  readonly handed: HandedGeneration | undefined;
  readonly holding: Holding;

  constructor(generation: Generation, leafSeeds: SharedArrayBuffer | undefined) {
    const { published, certifiedKeys } = generation;
    this.generation = generation;
    this.published = published;
    this.holding = new Holding(published, certifiedKeys);
    this.handed = leafSeeds && handedGeneration(published, leafSeeds);
  }
}
