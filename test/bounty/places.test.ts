import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ownPlaces } from '../../service/bounty/places.ts';
import type { Standing } from '../../service/bounty/precedence.ts';
import { type Became, Crowd, originOf, type Visitor, visit } from './crowd.ts';

/* Design §4.6: whoever has their share of the places keeps it, and finds one when all are taken. */

const from = (prefix: string, network = prefix) => ({ prefix, network });

describe('places that nobody is displaced from', () => {
  test('are bounded by prefix and in all, and given back once each', () => {
    const places = ownPlaces({ perPrefix: 2, perNetwork: 2, total: 3 });
    const first = places.enter(from('a'));
    const entered = ['a', 'a', 'b', 'c'].map((prefix) => places.enter(from(prefix)) !== undefined);
    expect(entered).toEqual([true, false, true, false]);
    first?.leave();
    first?.leave();
    expect(places.taken).toBe(2);
    expect(places.enter(from('c'))).toBeDefined();
    expect(places.enter(from('c'))).toBeUndefined();
  });

  const options = { perPrefix: 3, perNetwork: 5, total: 20 };
  const guest = fc.record({ prefix: fc.nat(255), network: fc.nat(2), stays: fc.boolean() });

  test('those of three networks never keep out who comes from a fourth', () => {
    fc.assert(
      fc.property(fc.array(guest, { maxLength: 200 }), (guests) => {
        const places = ownPlaces(options);
        const staying = new Map<string, number>();
        let taken = 0;
        for (const { prefix, network, stays } of guests) {
          const key = `${network}/${prefix}`;
          const place = places.enter(from(key, String(network)));
          const ofPrefix = staying.get(key) ?? 0;
          const ofNetwork = staying.get(String(network)) ?? 0;
          expect(place !== undefined).toBe(ofPrefix < options.perPrefix && ofNetwork < options.perNetwork);
          if (place === undefined) continue;
          if (!stays) {
            place.leave();
            continue;
          }
          staying.set(key, ofPrefix + 1);
          staying.set(String(network), ofNetwork + 1);
          taken += 1;
        }
        expect(places.taken).toBe(taken);
        for (let i = 0; i < options.perPrefix; i += 1) expect(places.enter(from('honest'))).toBeDefined();
      }),
    );
  });

  test('all given back leave nothing behind', () => {
    const places = ownPlaces(options);
    for (let round = 0; round < 3; round += 1) {
      const inside = Array.from({ length: 20 }, (_, i) => places.enter(from(`${i % 8}`, `${i % 4}`)));
      expect(inside.filter((place) => place !== undefined)).toHaveLength(20);
      for (const place of inside) place?.leave();
      expect(places.taken).toBe(0);
    }
  });
});

describe('a full house', () => {
  const options = { perPrefix: 3, perNetwork: 5, total: 9 };
  const visits = fc.array(visit, { maxLength: 300 });

  /** Each visit, with who was inside before it. */
  const living = (act: (crowd: Crowd, before: readonly Visitor[], became: Became) => void): void => {
    fc.assert(
      fc.property(visits, (all) => {
        const crowd = new Crowd(ownPlaces(options));
        for (const one of all) {
          const before = [...crowd.inside.keys()];
          act(crowd, before, crowd.visit(one));
        }
      }),
    );
  };
  const ofNetwork = (network: string) => (visitor: Visitor) => visitor.origin.network === network;
  const ofPrefix = (prefix: string) => (visitor: Visitor) => visitor.origin.prefix === prefix;

  test('never has more guests than places, of anybody, and each place is one guest', () => {
    living((crowd) => {
      expect(crowd.places.taken).toBe(crowd.inside.size);
      expect(crowd.inside.size).toBeLessThanOrEqual(options.total);
      for (let prefix = 0; prefix < 10; prefix += 1) {
        const { prefix: name, network } = originOf(prefix);
        expect(crowd.count(ofPrefix(name))).toBeLessThanOrEqual(options.perPrefix);
        expect(crowd.count(ofNetwork(network))).toBeLessThanOrEqual(options.perNetwork);
      }
    });
  });

  test('shows out one for one who comes, of whom there are two more, and nobody who is to be kept', () => {
    living((_, before, { admitted, displaced }) => {
      expect(displaced.length).toBeLessThanOrEqual(admitted === undefined ? 0 : 1);
      const [gone] = displaced;
      if (gone === undefined || admitted === undefined) return;
      expect(before).toContain(gone);
      expect(gone.standing).not.toBe('kept');
      const had = (like: (visitor: Visitor) => boolean): number => before.filter(like).length;
      const sameNetwork = gone.origin.network === admitted.origin.network;
      expect(
        sameNetwork
          ? had(ofPrefix(gone.origin.prefix)) - had(ofPrefix(admitted.origin.prefix))
          : had(ofNetwork(gone.origin.network)) - had(ofNetwork(admitted.origin.network)),
      ).toBeGreaterThanOrEqual(2);
    });
  });

  test('keeps who is alone of their network, whatever the others do', () => {
    living((_, before, { displaced }) => {
      for (const { origin } of displaced) expect(before.filter(ofNetwork(origin.network)).length).toBeGreaterThan(1);
    });
  });

  test('shows out, of one prefix, who has come least far, and of those who came first', () => {
    const order: readonly Standing[] = ['silent', 'waiting', 'busy', 'leaving'];
    living((_, before, { displaced }) => {
      for (const gone of displaced) {
        const others = before.filter(
          (one) => one !== gone && ofPrefix(gone.origin.prefix)(one) && one.standing !== 'kept',
        );
        for (const { standing } of others)
          expect(order.indexOf(standing)).toBeGreaterThanOrEqual(order.indexOf(gone.standing));
      }
    });
    const crowd = new Crowd(ownPlaces({ perPrefix: 2, perNetwork: 2, total: 2 }));
    const first = crowd.visit({ type: 'comes', prefix: 0, standing: 'silent' }).admitted;
    crowd.visit({ type: 'comes', prefix: 0, standing: 'silent' });
    expect(crowd.visit({ type: 'comes', prefix: 3, standing: 'silent' }).displaced).toEqual([first]);
  });

  test('is not displaced in turn: who was shown out and comes again takes nothing from whom they made room for', () => {
    living((crowd, _, { admitted, displaced: [gone] }) => {
      if (gone === undefined || admitted === undefined) return;
      const prefix = Number(gone.origin.prefix.slice(1));
      expect(crowd.visit({ type: 'comes', prefix, standing: 'silent' }).displaced).not.toContain(admitted);
    });
  });

  test('comes to rest when nobody leaves, however often they all come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 30 }), (prefixes) => {
        const crowd = new Crowd(ownPlaces(options));
        let displaced = 0;
        for (let round = 0; round < 40; round += 1) {
          for (const prefix of prefixes)
            displaced += crowd.visit({ type: 'comes', prefix, standing: 'silent' }).displaced.length;
        }
        // The sum of squares, of at most nine guests, falls by two at least with each.
        expect(displaced).toBeLessThanOrEqual(2 * options.total ** 2);
        for (const prefix of prefixes)
          expect(crowd.visit({ type: 'comes', prefix, standing: 'silent' }).displaced).toEqual([]);
      }),
    );
  });

  test('that four networks have taken lets others in until all have as many, and then refuses', () => {
    const crowd = new Crowd(ownPlaces({ perPrefix: 16, perNetwork: 16, total: 64 }));
    const come = (network: number) => crowd.visit({ type: 'comes', prefix: 3 * network, standing: 'silent' });
    for (let i = 0; i < 64; i += 1) come(i % 4);
    for (let network = 4; network < 64; network += 1) expect(come(network).displaced).toHaveLength(1);
    expect(new Set([...crowd.inside.keys()].map(({ origin }) => origin.network)).size).toBe(64);
    expect(come(64)).toEqual({ admitted: undefined, displaced: [] });
    expect(come(0)).toEqual({ admitted: undefined, displaced: [] });
  });

  test('has a place for a neighbour of those who have all that their network may have', () => {
    const crowd = new Crowd(ownPlaces({ perPrefix: 4, perNetwork: 4, total: 64 }));
    for (let i = 0; i < 4; i += 1) crowd.visit({ type: 'comes', prefix: 0, standing: 'busy' });
    expect(crowd.visit({ type: 'comes', prefix: 1, standing: 'busy' }).displaced).toHaveLength(1);
    expect(crowd.visit({ type: 'comes', prefix: 2, standing: 'busy' }).displaced).toHaveLength(1);
    expect(crowd.visit({ type: 'comes', prefix: 2, standing: 'busy' })).toEqual({ admitted: undefined, displaced: [] });
    expect(crowd.places.taken).toBe(4);
  });
});
