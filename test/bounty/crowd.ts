import fc from 'fast-check';
import type { Origin } from '../../service/bounty/limits.ts';
import type { Place, Places } from '../../service/bounty/places.ts';
import type { Standing } from '../../service/bounty/precedence.ts';

/* Visitors of a house with few places, who come, go further, and leave: by numbers, for properties. */

const standings: readonly Standing[] = ['silent', 'waiting', 'busy', 'leaving', 'kept'];

/** One comes from a prefix, or one of those who are here goes further, or leaves. */
export const visit = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('comes' as const),
      prefix: fc.nat(9),
      standing: fc.constantFrom(...standings),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('stands' as const),
      who: fc.nat(40),
      standing: fc.constantFrom(...standings),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('leaves' as const), who: fc.nat(40) }) },
);
export type VisitOfCrowd = typeof visit extends fc.Arbitrary<infer Visit> ? Visit : never;

export interface Visitor {
  readonly number: number;
  readonly origin: Origin;
  standing: Standing;
}

/** What became of a visit. */
export interface Became {
  readonly admitted: Visitor | undefined;
  /** Whose place was taken. */
  readonly displaced: readonly Visitor[];
}

/** Three prefixes to a network. */
export const originOf = (prefix: number): Origin => ({ prefix: `p${prefix}`, network: `n${Math.floor(prefix / 3)}` });

export class Crowd {
  readonly places: Places;
  /** Who is inside, in the order in which they came. */
  readonly inside = new Map<Visitor, Place>();
  #came = 0;
  #displaced: Visitor[] = [];

  constructor(places: Places) {
    this.places = places;
  }

  visit(visit: VisitOfCrowd): Became {
    this.#displaced = [];
    switch (visit.type) {
      case 'comes':
        return { admitted: this.#come(originOf(visit.prefix), visit.standing), displaced: this.#displaced };
      case 'stands': {
        const [visitor, place] = this.#one(visit.who);
        if (visitor !== undefined && place !== undefined) this.#stand(visitor, place, visit.standing);
        break;
      }
      case 'leaves': {
        const [visitor, place] = this.#one(visit.who);
        place?.leave();
        place?.leave(); // a place is given back once
        if (visitor !== undefined) this.inside.delete(visitor);
        break;
      }
    }
    return { admitted: undefined, displaced: this.#displaced };
  }

  /** How many of those who are inside are like this. */
  count(like: (visitor: Visitor) => boolean): number {
    return [...this.inside.keys()].filter(like).length;
  }

  #come(origin: Origin, standing: Standing): Visitor | undefined {
    const place = this.places.enter(origin);
    if (place === undefined) return undefined;
    const visitor: Visitor = { number: this.#came++, origin, standing: 'kept' };
    this.inside.set(visitor, place);
    this.#stand(visitor, place, standing);
    return visitor;
  }

  #stand(visitor: Visitor, place: Place, standing: Standing): void {
    visitor.standing = standing;
    place.stands(standing, {
      yieldUp: () => {
        this.#displaced.push(visitor);
        this.inside.delete(visitor);
        place.leave(); // as the socket does when it is gone
      },
    });
  }

  #one(who: number): readonly [Visitor | undefined, Place | undefined] {
    const all = [...this.inside];
    return all[who % Math.max(1, all.length)] ?? [undefined, undefined];
  }
}
