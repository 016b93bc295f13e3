import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import type { TraceStore } from '../../service/host/trace-store.ts';
import { portKeys } from '../../service/trace/index.ts';
import {
  attempt,
  dataFolder,
  diskStore,
  generation,
  long,
  memoryStore,
  morning,
  recorded,
  StoreClock,
  said,
} from './trace-store.ts';

const day = 86_400;
const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, one) => all + one, 0);

const stores: readonly (readonly [string, (clock: StoreClock) => Promise<TraceStore>])[] = [
  ['on disk', async (clock) => (await diskStore(dataFolder(), clock)).store],
  ['in memory', async (clock) => memoryStore(clock)],
];

describe.each(stores)('a store %s', (_, open) => {
  it('shows what was written, newest first, and nothing before it is written', async () => {
    const clock = new StoreClock();
    const store = await open(clock);
    expect(store.summary()).toMatchObject({ connections: 0, attempts: 0, first: undefined, last: undefined });
    for (let i = 0; i < 300; i += 1) attempt(store, clock, { category: i % 3 === 0 ? 'empty' : 'eof' });
    expect(store.summary().connections).toBe(0);
    await store.flush();
    expect(store.summary()).toMatchObject({ connections: 300, attempts: 300, byCategory: { empty: 100, eof: 200 } });
    const newest = store.newest({ limit: 1000 });
    expect(newest.map(({ number }) => number)).toEqual(Array.from({ length: 200 }, (__, i) => 300 - i));
    expect(store.newest({ limit: 2, before: 100 }).map(({ number }) => number)).toEqual([99, 98]);
    expect(store.newest({ limit: 2, category: 'empty' }).map(({ number }) => number)).toEqual([298, 295]);
    expect(store.newest({ limit: 2, port: 'reverse' })).toEqual([]);
    expect(store.newest({ limit: 1, port: 'server', category: 'eof', before: 299 })).toMatchObject([{ number: 297 }]);
    expect(store.attempt(7)).toEqual({
      head: expect.objectContaining({ ...recorded({ category: 'empty' }).head, number: 7 }),
      body: { format: 'pinata-trace/1', number: 7, steps: recorded().steps, omitted: 0 },
    });
    expect(store.attempt(0)).toBeUndefined();
    expect(store.attempt(301)).toBeUndefined();
    await store.close();
  });

  it('counts every connection in exactly one category of one port of one day', async () => {
    const clock = new StoreClock();
    const store = await open(clock);
    for (let i = 0; i < 400; i += 1) {
      if (i % 100 === 0) clock.now += day;
      const port = portKeys[i % 5] ?? 'http';
      store.count({
        at: clock.now * 1000,
        port,
        visitor: `4:10.0.${i % 50}`,
        category: i % 2 === 0 ? 'eof' : 'timeout',
      });
    }
    await store.flush();
    const summary = store.summary();
    expect(summary).toMatchObject({ connections: 400, attempts: 0 });
    expect([sum(summary.byCategory), sum(summary.byPort)]).toEqual([400, 400]);
    expect(store.days().map(({ day: name }) => name)).toEqual(['2027-01-16', '2027-01-17', '2027-01-18', '2027-01-19']);
    for (const { byCategory, byPort, chain } of store.days()) {
      expect([sum(byCategory), sum(byPort), chain]).toEqual([100, 100, undefined]);
    }
    expect(summary.first).toBe((morning + day) * 1000);
    expect(summary.last).toBe((morning + 4 * day) * 1000);
    await store.close();
  });

  it('knows visitors again on another port and another day, and counts them by day anew', async () => {
    const clock = new StoreClock();
    const store = await open(clock);
    const visit = (port: 'http' | 'server', visitor: number): void =>
      store.count({ at: clock.now * 1000, port, visitor: `4:10.1.${visitor}`, category: 'eof' });
    for (let i = 0; i < 40; i += 1) visit('http', i);
    for (let i = 30; i < 60; i += 1) visit('server', i);
    clock.now += day;
    for (let i = 50; i < 70; i += 1) visit('server', i);
    await store.flush();
    const { visitors } = store.summary();
    // In 16384 registers a few of seventy may share one.
    const about = (count: number) => expect.toSatisfy((n: number) => Math.abs(n - count) <= 5);
    expect(visitors).toMatchObject({
      all: about(70),
      http: about(40),
      website: about(40),
      server: about(40),
      reverse: 0,
    });
    expect(store.days()[0]?.visitors).toMatchObject({ all: about(60), http: about(40), bounty: about(30) });
    expect(store.days()[1]?.visitors).toMatchObject({ all: about(20), http: 0, server: about(20) });
    await store.close();
  });

  it('chains the heads of a day to those of the day before; a day is closed by the next', async () => {
    const clock = new StoreClock();
    const store = await open(clock);
    for (let i = 0; i < 5; i += 1) attempt(store, clock);
    clock.now += 2 * day;
    for (let i = 0; i < 3; i += 1) attempt(store, clock);
    await store.flush();
    const chains = store.days().map(({ chain }) => chain);
    expect(chains).toMatchObject([
      { first: 1, last: 5, closed: true },
      { first: 6, last: 8, closed: false },
    ]);
    expect(chains[0]?.digest).not.toBe(chains[1]?.digest);
    // A clock that was set back opens no day again.
    clock.now -= day;
    attempt(store, clock);
    await store.flush();
    expect(store.days().map(({ chain }) => chain)).toMatchObject([{ last: 5 }, { first: 6, last: 9 }]);
    await store.close();
  });

  it('has a guest book of what was no TLS, as it came', async () => {
    const clock = new StoreClock();
    const store = await open(clock);
    attempt(store, clock, { category: 'record.not_tls' }, said('please give key\r\n'));
    attempt(store, clock, { category: 'record.not_tls' }, said('<script>'.repeat(100)));
    attempt(store, clock, { category: 'eof' }, said('half a hello is no greeting'));
    await store.flush();
    expect(store.guestBook({ limit: 10 })).toEqual([
      { number: 2, at: morning * 1000, port: 'server', bytes: bytesToHex(utf8ToBytes('<script>'.repeat(32))) },
      { number: 1, at: morning * 1000, port: 'server', bytes: bytesToHex(utf8ToBytes('please give key\r\n')) },
    ]);
    expect(store.guestBook({ limit: 10, before: 2 }).map(({ number }) => number)).toEqual([1]);
    await store.close();
  });

  it.each(['breach', 'withheld'] as const)(
    'keeps the trace of a %s to itself until its time has come',
    async (category) => {
      const clock = new StoreClock();
      const store = await open(clock);
      attempt(store, clock, { category });
      await store.flush();
      expect(store.newest({ limit: 1 })).toMatchObject([{ category }]);
      clock.now += 72 * 3600 - 1;
      expect(store.attempt(1)?.body).toBe('withheld');
      clock.now += 1;
      expect(store.attempt(1)?.body).toMatchObject({ number: 1, steps: recorded().steps });
      await store.close();
    },
  );

  it('gives generations back, in their order', async () => {
    const store = await open(new StoreClock());
    const later = { ...generation, generation: '22'.repeat(32) };
    store.generation(generation);
    store.generation(later);
    await store.flush();
    expect(store.generations()).toEqual([generation, later]);
    await store.close();
  });

  it('closes segments and reads from them as before', async () => {
    const clock = new StoreClock();
    const store = await open(clock);
    // Beyond the text of a segment, on disk and in memory.
    for (let i = 0; i < 60; i += 1) {
      attempt(store, clock, {}, long(6));
      if (i % 20 === 19) await store.flush();
    }
    for (let number = 1; number <= 60; number += 7) {
      expect(store.attempt(number)?.body).toMatchObject({ number, steps: { length: 6 } });
    }
    await store.close();
  });
});
