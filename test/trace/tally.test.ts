import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Classification,
  type FailureKey,
  failureKeys,
  percentages,
  portKeys,
  Tally,
  Visitors,
} from '../../service/trace/index.ts';

const visitorKey = new Uint8Array(32).fill(7);
const plain = (key: FailureKey): Classification => ({ key, reason: undefined, alert: undefined });
const inTenths = (percent: string): number => {
  expect(percent).toMatch(/^\d{1,3}\.\d$/);
  return Number(percent.replace('.', ''));
};

describe('percentages', () => {
  test('sum to exactly 100.0', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2 ** 40 }), { minLength: 1, maxLength: 80 }), (counts) => {
        const shares = percentages(counts).map(inTenths);
        const sum = shares.reduce((total, share) => total + share, 0);
        expect(sum).toBe(counts.some((count) => count > 0) ? 1000 : 0);
      }),
    );
  });

  test('are off by less than a tenth of a percent, and keep the order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1_000_000 }), { minLength: 1, maxLength: 80 }), (counts) => {
        const total = counts.reduce((sum, count) => sum + count, 0);
        fc.pre(total > 0);
        const shares = percentages(counts).map(inTenths);
        counts.forEach((count, index) => {
          expect(Math.abs((shares[index] ?? Number.NaN) - (count * 1000) / total)).toBeLessThan(1);
          counts.forEach((other, at) => {
            if (count > other) expect(shares[index]).toBeGreaterThanOrEqual(shares[at] ?? Number.NaN);
          });
        });
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    [
      [1, 1, 1],
      ['33.4', '33.3', '33.3'],
    ],
    [
      [0, 0],
      ['0.0', '0.0'],
    ],
    [[5], ['100.0']],
    [[], []],
    [
      [1, 999_999],
      ['0.0', '100.0'],
    ],
    [
      [2, 2, 2, 2, 2, 2, 2],
      ['14.3', '14.3', '14.3', '14.3', '14.3', '14.3', '14.2'],
    ],
  ])('%o', (counts, shares) => {
    expect(percentages(counts)).toEqual(shares);
  });
});

describe('a tally', () => {
  test('starts with nothing', () => {
    const snapshot = new Tally(visitorKey).snapshot();
    expect(snapshot).toMatchObject({ connections: 0, open: 0, ended: 0, attempts: 0, byCategory: [], visitors: 0 });
    expect(snapshot.first).toBeUndefined();
  });

  test('counts by port, category, reason, alert, visitor', () => {
    const tally = new Tally(visitorKey);
    tally.opened('server', 1000);
    tally.opened('server', 2000);
    tally.opened('http', 3000);
    tally.ended('server', '192.0.2.0/24', { key: 'x509.expired', reason: 'not_yet_valid', alert: undefined }, 4000);
    tally.ended('server', '192.0.2.0/24', { key: 'alert.received', reason: undefined, alert: 48 }, 5000);
    const snapshot = tally.snapshot();
    expect(snapshot).toMatchObject({
      first: 1000,
      last: 5000,
      connections: 3,
      open: 1,
      ended: 2,
      attempts: 2,
      visitors: 1,
    });
    tally.ended('http', '2001:db8::/56', plain('probe'), 6000);
    expect(tally.snapshot()).toMatchObject({ ended: 3, attempts: 2, visitors: 1 });
    expect(snapshot.byPort.server).toMatchObject({ connections: 2, open: 0 });
    expect(snapshot.byPort.http).toMatchObject({ connections: 1, open: 1, byCategory: [] });
    expect(snapshot.byCategory.map(({ key, count, percent }) => [key, count, percent])).toEqual([
      ['alert.received', 1, '50.0'],
      ['x509.expired', 1, '50.0'],
    ]);
    expect(snapshot.byReason).toEqual([{ reason: 'not_yet_valid', count: 1 }]);
    expect(snapshot.alertsReceived).toEqual([{ description: 48, count: 1 }]);
  });

  test('tells the releases apart, and leaves our probes out of the attempts', () => {
    const tally = new Tally(visitorKey);
    const lives: FailureKey[] = ['success.short_circuit', 'success.short_circuit', 'breach', 'success.test', 'probe'];
    for (const key of lives) {
      tally.opened('reverse', 1);
      tally.ended('reverse', 'somebody', plain(key), 2);
    }
    const snapshot = tally.snapshot();
    expect(snapshot.successes).toEqual({ paired: 2, unpaired: 1, test: 1 });
    expect([snapshot.ended, snapshot.attempts]).toEqual([5, 4]);
  });

  test('its categories sum to the connections that ended, on every port and in all', () => {
    const life = fc.record({
      port: fc.constantFrom(...portKeys),
      key: fc.constantFrom(...failureKeys),
      ends: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(life, { maxLength: 200 }), (lives) => {
        const tally = new Tally(visitorKey);
        for (const { port, key, ends } of lives) {
          tally.opened(port, 1);
          if (ends) tally.ended(port, 'somebody', plain(key), 2);
        }
        const snapshot = tally.snapshot();
        const sum = (counts: readonly { count: number }[]) => counts.reduce((total, { count }) => total + count, 0);
        const ended = lives.filter(({ ends }) => ends).length;
        expect([snapshot.connections, snapshot.ended, sum(snapshot.byCategory)]).toEqual([lives.length, ended, ended]);
        const ports = portKeys.map((port) => snapshot.byPort[port]);
        expect(ports.reduce((total, port) => total + port.connections, 0)).toBe(lives.length);
        for (const port of ports) expect(sum(port.byCategory) + port.open).toBe(port.connections);
        const tenths = snapshot.byCategory.reduce((total, { percent }) => total + inTenths(percent), 0);
        expect(tenths).toBe(ended > 0 ? 1000 : 0);
      }),
    );
  });

  test('a snapshot does not change with what comes after it', () => {
    const tally = new Tally(visitorKey);
    tally.opened('http', 1);
    const before = tally.snapshot();
    const text = JSON.stringify(before);
    tally.ended('http', 'somebody', plain('website.page'), 2);
    tally.opened('https', 3);
    expect(JSON.stringify(before)).toBe(text);
  });

  test('refuses the end of what never began', () => {
    expect(() => new Tally(visitorKey).ended('http', 'somebody', plain('eof'), 1)).toThrow('port http');
  });
});

describe('visitors', () => {
  test('are counted exactly up to a thousand, each once', () => {
    const visitors = new Visitors(visitorKey);
    for (let round = 0; round < 2; round++) for (let n = 0; n < 1000; n++) visitors.add(`10.0.${n >> 8}.${n & 255}`);
    expect(visitors.count).toBe(1000);
  });

  test.each([2_000, 11_000, 40_000])('%i of them are known to within five standard errors', (count) => {
    const visitors = new Visitors(visitorKey);
    for (let n = 0; n < count; n++) visitors.add(`2001:db8:${n.toString(16)}::/48`);
    expect(Math.abs(visitors.count - count) / count).toBeLessThan(5 * 0.01625);
  });

  test('a key of another length is refused', () => {
    expect(() => new Visitors(new Uint8Array(16))).toThrow('16 bytes');
  });
});
