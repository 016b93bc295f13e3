import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { missing } from '../../status-page/poller/finding.ts';
import type { Findings } from '../../status-page/poller/findings.ts';
import { MemoryStore } from '../../status-page/poller/memory-store.ts';
import { publish } from '../../status-page/poller/publish.ts';
import { load, remember } from '../../status-page/poller/run.ts';
import { type Put, type Store, StoreFailure } from '../../status-page/poller/store.ts';
import type { SiteObject } from '../../status-page/site/index.ts';
import { settingsWith, textOf } from './polled.ts';

/* Runs that overlap, and runs that die: each call of the store is a point at which another run may go on, or this one end. */

const paths = ['assets/a.js', 'badge.svg', 'feed.xml', 'status.json', 'index.html'] as const;

/** What is rendered of a time: some objects change at each, one now and then, one never. */
const objectsOf = (asOf: number): ReadonlyMap<string, SiteObject> =>
  new Map(
    paths.map((path) => {
      const content = path.startsWith('assets/')
        ? 'script'
        : path === 'badge.svg'
          ? `${asOf % 2}`
          : `${path} as of ${asOf}`;
      return [path, { bytes: new TextEncoder().encode(content), contentType: 'text/plain', cacheControl: 'no-cache' }];
    }),
  );

/** A store each call of which waits for its turn, before it is done and after it. */
const slowed = (store: Store, turn: <T>(act: () => Promise<T>) => Promise<T>): Store => ({
  get: (key) => turn(() => store.get(key)),
  put: (key, bytes, put) => turn(() => store.put(key, bytes, put)),
  list: (prefix) => turn(() => store.list(prefix)),
});

class Died extends Error {}

/** The same that dies before its call of this number, or when it was done and before it was heard. */
function dying(store: Store, after: number, heard: boolean): Store {
  let calls = 0;
  const turn = async <T>(act: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls > after) {
      if (heard && calls === after + 1) await act();
      throw new Died();
    }
    return act();
  };
  return slowed(store, turn);
}

const interleaved = (scheduler: fc.Scheduler, store: Store): Store =>
  slowed(store, async (act) => {
    await scheduler.schedule(Promise.resolve());
    const done = await act();
    await scheduler.schedule(Promise.resolve());
    return done;
  });

describe('a page that several runs write', () => {
  test('is in the end that of the newest, whole, however they overlap', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        // So far apart that what is written now and then is due at each.
        fc.uniqueArray(
          fc.integer({ min: 3, max: 13 }).map((step) => step * 401),
          { minLength: 2, maxLength: 3 },
        ),
        fc.boolean(),
        async (scheduler, times, begun) => {
          const store = new MemoryStore();
          if (begun) await publish({ store, asOf: 500, objects: objectsOf(500) });
          const runs = times.map((asOf) =>
            publish({ store: interleaved(scheduler, store), asOf, objects: objectsOf(asOf) }),
          );
          const all = Promise.all(runs);
          await scheduler.waitFor(all);
          const newest = Math.max(...times);
          expect((await all)[times.indexOf(newest)]).toBe('published');
          for (const [path, { bytes }] of objectsOf(newest)) {
            expect([path, await textOf(store, `public/${path}`)]).toEqual([path, new TextDecoder().decode(bytes)]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is never older than it was, and never half of one where a run died; the next run makes it whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ after: fc.nat(24), heard: fc.boolean() }), { minLength: 1, maxLength: 4 }),
        async (deaths) => {
          const store = new MemoryStore();
          await publish({ store, asOf: 1000, objects: objectsOf(1000) });
          let asOf = 1000;
          let shown = 1000;
          for (const { after, heard } of deaths) {
            asOf += 1;
            const died = await publish({ store: dying(store, after, heard), asOf, objects: objectsOf(asOf) }).catch(
              (error: unknown) => error,
            );
            if (!(died instanceof Died)) expect(died).toBe('published');
            const now = Number((await textOf(store, 'public/index.html')).split(' ').at(-1));
            expect(now).toBeGreaterThanOrEqual(shown);
            // What the page tells of is there before it.
            const status = Number((await textOf(store, 'public/status.json')).split(' ').at(-1));
            expect(status).toBeGreaterThanOrEqual(now);
            shown = now;
          }
          asOf += 400; // what is written now and then is due, too
          await publish({ store, asOf, objects: objectsOf(asOf) });
          for (const [path, { bytes }] of objectsOf(asOf)) {
            expect([path, await textOf(store, `public/${path}`)]).toEqual([path, new TextDecoder().decode(bytes)]);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

const nothing = missing('it was not looked at');
const findingsAt = (at: number): Findings => ({
  at,
  chain: nothing,
  doors: {},
  page: nothing,
  proof: nothing,
  archive: undefined,
  retirement: { seen: true, value: undefined },
});

describe('the history that several runs write', () => {
  test('loses no poll, however they overlap, and the state is that of the newest', async () => {
    const settings = settingsWith({});
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.uniqueArray(fc.integer({ min: 1_800_000_000, max: 1_800_000_300 }), { minLength: 2, maxLength: 4 }),
        async (scheduler, times) => {
          const store = new MemoryStore();
          const slow = interleaved(scheduler, store);
          const all = Promise.all(times.map(async (at) => remember(slow, await load(slow), findingsAt(at), settings)));
          await scheduler.waitFor(all);
          await all;
          const { polls } = JSON.parse(await textOf(store, 'public/history/2027-01-15.json'));
          const wanted = times.toSorted((one, other) => one - other);
          expect(polls.map(({ at }: { at: number }) => at)).toEqual(wanted);
          expect((await load(store)).state?.document.asOf).toBe(Math.max(...times));
        },
      ),
      { numRuns: 100 },
    );
  });

  test('loses none where a run dies at any call, and is tried again', async () => {
    const settings = settingsWith({});
    for (const heard of [false, true]) {
      for (let after = 0; after < 8; after += 1) {
        const store = new MemoryStore();
        const at = 1_800_000_000;
        await remember(store, await load(store), findingsAt(at), settings);
        const broken = dying(store, after, heard);
        const dead = await load(broken)
          .then((loaded) => remember(broken, loaded, findingsAt(at + 60), settings))
          .catch((error: unknown) => error);
        if (!(dead instanceof Died)) expect(dead).toMatchObject({ outcome: 'remembered' });
        await remember(store, await load(store), findingsAt(at + 60), settings);
        const { polls } = JSON.parse(await textOf(store, 'public/history/2027-01-15.json'));
        expect(polls.map((poll: { at: number }) => poll.at)).toEqual([at, at + 60]);
      }
    }
  });

  test('and a state that cannot be read is put aside, and begun anew', async () => {
    const store = new MemoryStore();
    const put: Put = { contentType: 'application/json', cacheControl: 'no-store', ifVersion: 'any' };
    for (const key of ['state/poller.json', 'public/history/2027-01-15.json']) {
      await store.put(key, new TextEncoder().encode('{"format":'), put);
    }
    const { outcome } = await remember(store, await load(store), findingsAt(1_800_000_000), settingsWith({}));
    expect(outcome).toBe('remembered');
    expect(await store.list('state/unreadable-')).toHaveLength(2);
  });

  test('a store that does not answer is an error of the run', async () => {
    const down: Store = { ...slowed(new MemoryStore(), () => Promise.reject(new StoreFailure('it is down'))) };
    await expect(load(down)).rejects.toThrow(StoreFailure);
  });
});
