import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Admission, visitorOf } from '../../service/host/admission.ts';

/* Places and rates under somebody who has addresses for nothing: a tunnel broker gives away a /48. */

const options = {
  connections: 12_000,
  connectionsPerPrefix: 1024,
  handshakesPerSecond: 100,
  dialbacksPerMinute: 20,
} as const;

/** The nth /56 of a /48, and a host in it. */
const tunnelled = (prefix: number, host: number, site = 'f00'): string =>
  `2001:470:${site}:${((prefix & 255) << 8).toString(16)}::${host.toString(16)}`;

it('a whole /48, and all the other /48 of its provider, take a quarter of the places', () => {
  const admission = new Admission(options);
  let inside = 0;
  for (let prefix = 0; prefix < 256; prefix += 1) {
    for (let host = 1; host <= 60; host += 1) {
      if (admission.bounty.enter(visitorOf(tunnelled(prefix, host))) !== undefined) inside += 1;
    }
  }
  expect(inside).toBe(3000);
  for (const site of ['f01', '1', 'abcd']) {
    expect(admission.bounty.enter(visitorOf(tunnelled(0, 1, site)))).toBeUndefined();
  }
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (honest) => {
      fc.pre(visitorOf(honest).network !== visitorOf(tunnelled(0, 1)).network);
      const place = admission.bounty.enter(visitorOf(honest));
      expect(place).toBeDefined();
      place?.leave();
    }),
  );
  expect(admission.website.enter(visitorOf(tunnelled(0, 1)))).toBeDefined();
});

it('and the rate of four prefixes, however many begin handshakes', () => {
  const admission = new Admission(options);
  let begun = 0;
  for (let i = 0; i < 256 * 40; i += 1) if (admission.mayHandshake(visitorOf(tunnelled(i, 1)), 0)) begun += 1;
  expect(begun).toBe(4 * options.handshakesPerSecond * 10);
  expect(admission.mayHandshake(visitorOf('2a00:1450::1'), 0)).toBe(true);
  expect(admission.mayHandshake(visitorOf('192.0.2.1'), 0)).toBe(true);
  expect(admission.mayHandshake(visitorOf(tunnelled(7, 1)), 1000)).toBe(true);
});

it('and no memory of ours: a /32 has more prefixes than are remembered, and those who come after them have their own rate', () => {
  const admission = new Admission(options);
  for (let i = 0; i < 70_000; i += 1) {
    const address = `2001:db8:${(i >> 8).toString(16)}:${((i & 255) << 8).toString(16)}::1`;
    const visitor = visitorOf(address);
    admission.mayHandshake(visitor, 0);
    admission.mayHandshakeWithWebsite(visitor, 0);
    admission.mayDialBack(visitor, 0);
    admission.mayChallenge(visitor, 0);
  }
  const honest = visitorOf('192.0.2.1');
  expect([
    admission.mayHandshake(honest, 0),
    admission.mayHandshakeWithWebsite(honest, 0),
    admission.mayDialBack(honest, 0),
    admission.mayChallenge(honest, 0),
  ]).toEqual([true, true, true, true]);
});

it('one prefix that has used up its own takes nothing from its neighbours', () => {
  const admission = new Admission(options);
  for (let i = 0; i < 20_000; i += 1) admission.mayHandshake(visitorOf('192.0.2.1'), 0);
  for (let i = 0; i < 1000; i += 1) expect(admission.mayHandshake(visitorOf('192.0.3.1'), 0)).toBe(true);
});
