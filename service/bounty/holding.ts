import type { CertifiedKey } from '../tls/index.ts';
import type { LeafRole, PublishedGeneration } from './generation.ts';

/** The right of one session to use a key of the generation it began in, until it gives it back. */
export interface Lease {
  readonly generation: PublishedGeneration;
  readonly certifiedKey: CertifiedKey;
  /** Once the session is over. The keys of a generation that was replaced die with their last session. */
  release(): void;
}

/** A generation, such keys of it as there are here, and the number of sessions that use them. */
export class Holding {
  readonly published: PublishedGeneration;
  readonly #keys: Readonly<Partial<Record<LeafRole, CertifiedKey>>>;
  #leases = 0;
  #retired = false;

  constructor(published: PublishedGeneration, keys: Readonly<Partial<Record<LeafRole, CertifiedKey>>>) {
    this.published = published;
    this.#keys = keys;
  }

  lease(role: LeafRole): Lease {
    const certifiedKey = this.#keys[role];
    if (certifiedKey === undefined) throw new RangeError(`the key of the ${role} is in another thread`);
    this.#leases += 1;
    let held = true;
    return {
      generation: this.published,
      certifiedKey,
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
    for (const { key } of Object.values(this.#keys)) key.destroy();
  }
}
