import type { CertifiedKey } from '../tls/index.ts';
import {
  type Generation,
  type GenerationRequest,
  type LeafRole,
  makeGeneration,
  type PublishedGeneration,
} from './generation.ts';

/** The right of one session to use a key of the generation it began in, until it gives it back. */
export interface Lease {
  readonly generation: PublishedGeneration;
  readonly certifiedKey: CertifiedKey;
  /** Once the session is over. The keys of a generation that was replaced die with their last session. */
  release(): void;
}

export type CredentialsOptions = Pick<GenerationRequest, 'lifetimeSeconds' | 'website' | 'testCredentials'> & {
  /** More than 1 where an earlier process published generations that are still shown. */
  readonly firstNumber?: number;
  /** Keeps what everybody is to see of a generation, before any session begins in it. */
  readonly publish?: (next: Generation) => void;
};

/** The generations: one that new sessions begin in, and those before it, whose certificates stay published. */
export class Credentials {
  readonly #options: CredentialsOptions;
  #current: Holding;
  #published: readonly [PublishedGeneration, ...PublishedGeneration[]];

  /** `entropy`: `generationEntropyLength` bytes. `now`: seconds since 1970. */
  constructor(options: CredentialsOptions, entropy: Uint8Array, now: number) {
    this.#options = options;
    this.#current = this.#make(entropy, now, options.firstNumber ?? 1);
    this.#published = [this.#current.generation.published];
  }

  get current(): PublishedGeneration {
    return this.#current.generation.published;
  }

  /** Newest first. */
  get published(): readonly [PublishedGeneration, ...PublishedGeneration[]] {
    return this.#published;
  }

  lease(role: LeafRole): Lease {
    return this.#current.lease(role);
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
    const next = this.#make(entropy, now, this.current.number + 1);
    const previous = this.#current;
    this.#current = next;
    this.#published = [next.generation.published, ...this.#published];
    previous.retire();
    return next.generation.published;
  }

  #make(entropy: Uint8Array, now: number, number: number): Holding {
    const made = new Holding(makeGeneration({ ...this.#options, entropy, now, number }));
    try {
      this.#options.publish?.(made.generation);
    } catch (error) {
      made.retire();
      throw error;
    }
    return made;
  }
}

/** A generation and the number of sessions that use its keys. */
class Holding {
  readonly generation: Generation;
  #leases = 0;
  #retired = false;

  constructor(generation: Generation) {
    this.generation = generation;
  }

  lease(role: LeafRole): Lease {
    this.#leases += 1;
    let held = true;
    return {
      generation: this.generation.published,
      certifiedKey: this.generation.certifiedKeys[role],
      release: () => {
        if (!held) return;
        held = false;
        this.#leases -= 1;
        this.#destroyIfUnused();
      },
    };
  }

  retire(): void {
    this.#retired = true;
    this.#destroyIfUnused();
  }

  #destroyIfUnused(): void {
    if (!this.#retired || this.#leases > 0) return;
    for (const { key } of Object.values(this.generation.certifiedKeys)) key.destroy();
  }
}
