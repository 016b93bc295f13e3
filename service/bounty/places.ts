import type { Origin } from './limits.ts';
import { Precedence, type Standing } from './precedence.ts';

/*
 * How many at once. Where all places are taken a newcomer has that of somebody whose network has two more than the newcomer's,
 * or within one network whose prefix has: so whoever has their share keeps it, however many come, and an exchange is never
 * made back. The numbers may be those of several threads; who yields is somebody of the thread that the newcomer came to.
 */

export interface PlacesOptions {
  readonly perPrefix: number;
  readonly perNetwork: number;
  readonly total: number;
}

/** Somebody who may have to go for somebody else. */
export interface Yielding {
  /** Their place is taken already: they are to be gone at once. */
  yieldUp(): void;
}

/** One that is taken. Until it is said how far its owner has come, it is kept. */
export interface Place {
  /** Given back, once. */
  leave(): void;
  stands(standing: Standing, owner: Yielding): void;
}

export interface Places {
  readonly taken: number;
  /** Undefined if there is none. */
  enter(origin: Origin): Place | undefined;
}

/** How many of one origin are inside. */
export interface Numbers {
  readonly prefix: number;
  readonly network: number;
}

/** What is counted. `Comer` is how it names an origin, `Inside` one that is counted. */
export interface Counts<Comer, Inside> {
  comer(origin: Origin): Comer;
  /** Nobody else counts meanwhile: all that follows is called within it. */
  holding<T>(act: () => T): T;
  readonly all: number;
  of(comer: Comer): Numbers;
  ofInside(inside: Inside): Numbers;
  add(comer: Comer): Inside;
  remove(inside: Inside): void;
}

export class CountedPlaces<Comer, Inside> implements Places {
  readonly #options: PlacesOptions;
  readonly #counts: Counts<Comer, Inside>;
  readonly #precedence = new Precedence<Taken<Inside>>();

  constructor(options: PlacesOptions, counts: Counts<Comer, Inside>) {
    this.#options = options;
    this.#counts = counts;
  }

  get taken(): number {
    return this.#counts.holding(() => this.#counts.all);
  }

  enter(origin: Origin): Place | undefined {
    const comer = this.#counts.comer(origin);
    const { inside, displaced } = this.#counts.holding(() => this.#admit(origin, comer));
    displaced?.displace();
    if (inside === undefined) return undefined;
    return new Taken(origin, inside, this.#precedence, () => this.#giveBack(inside));
  }

  #admit(origin: Origin, comer: Comer): { readonly inside?: Inside; readonly displaced?: Taken<Inside> } {
    const counts = this.#counts;
    const { perPrefix, perNetwork, total } = this.#options;
    const { prefix, network } = counts.of(comer);
    if (prefix >= perPrefix) return {};
    if (network < perNetwork && counts.all < total) return { inside: counts.add(comer) };
    const displaced = (network < perNetwork ? this.#ofLarger(network) : undefined) ?? this.#ofOwn(origin, prefix);
    if (displaced === undefined) return {};
    counts.remove(displaced.inside);
    return { inside: counts.add(comer), displaced };
  }

  #ofLarger(than: number): Taken<Inside> | undefined {
    const { first } = this.#precedence;
    return first !== undefined && this.#counts.ofInside(first.inside).network > than + 1 ? first : undefined;
  }

  #ofOwn({ network }: Origin, than: number): Taken<Inside> | undefined {
    const first = this.#precedence.firstOf(network);
    return first !== undefined && this.#counts.ofInside(first.inside).prefix > than + 1 ? first : undefined;
  }

  #giveBack(inside: Inside): void {
    this.#counts.holding(() => this.#counts.remove(inside));
  }
}

class Taken<Inside> implements Place, Origin {
  readonly prefix: string;
  readonly network: string;
  readonly inside: Inside;
  readonly #precedence: Precedence<Taken<Inside>>;
  readonly #giveBack: () => void;
  #standing: Standing = 'kept';
  #owner: Yielding | undefined;
  #strike: (() => void) | undefined;
  #over = false;

  constructor(
    { prefix, network }: Origin,
    inside: Inside,
    precedence: Precedence<Taken<Inside>>,
    giveBack: () => void,
  ) {
    this.prefix = prefix;
    this.network = network;
    this.inside = inside;
    this.#precedence = precedence;
    this.#giveBack = giveBack;
  }

  stands(standing: Standing, owner: Yielding): void {
    if (this.#over || standing === this.#standing) return;
    this.#standing = standing;
    this.#owner = owner;
    this.#strike?.();
    this.#strike = standing === 'kept' ? undefined : this.#precedence.enter(this, standing);
  }

  leave(): void {
    if (this.#end()) this.#giveBack();
  }

  /** It is counted as somebody else's already. */
  displace(): void {
    const owner = this.#owner;
    if (this.#end()) owner?.yieldUp();
  }

  #end(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#strike?.();
    this.#strike = undefined;
    this.#owner = undefined;
    return true;
  }
}

/** Of a process that has one thread. */
export const ownPlaces = (options: PlacesOptions): Places => new CountedPlaces(options, new OwnCounts());

class OwnCounts implements Counts<Origin, Origin> {
  readonly #byPrefix = new Map<string, number>();
  readonly #byNetwork = new Map<string, number>();
  all = 0;

  comer(origin: Origin): Origin {
    return origin;
  }

  holding<T>(act: () => T): T {
    return act();
  }

  of({ prefix, network }: Origin): Numbers {
    return { prefix: this.#byPrefix.get(prefix) ?? 0, network: this.#byNetwork.get(network) ?? 0 };
  }

  ofInside(inside: Origin): Numbers {
    return this.of(inside);
  }

  add(origin: Origin): Origin {
    const { prefix, network } = this.of(origin);
    this.#byPrefix.set(origin.prefix, prefix + 1);
    this.#byNetwork.set(origin.network, network + 1);
    this.all += 1;
    return origin;
  }

  remove({ prefix, network }: Origin): void {
    this.all -= 1;
    decrement(this.#byPrefix, prefix);
    decrement(this.#byNetwork, network);
  }
}

function decrement(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 1) - 1;
  if (left === 0) counts.delete(key);
  else counts.set(key, left);
}
