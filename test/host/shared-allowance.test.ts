import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allowanceMemory, SharedAllowance } from '../../service/host/shared-allowance.ts';

test('as many as the burst at once, and so many a second from then on', () => {
  const allowance = new SharedAllowance(allowanceMemory({ perSecond: 50, burst: 200 }));
  const taken = (now: number): number => {
    let count = 0;
    while (allowance.take(now)) count += 1;
    return count;
  };
  expect([taken(0), taken(10), taken(20), taken(1020), taken(1_000_000)]).toEqual([200, 0, 1, 50, 200]);
});

test('in the long run no more than the rate, and no fewer, however the moments fall', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 50, maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), gaps, (perSecond, moments) => {
      const burst = perSecond * 4;
      const allowance = new SharedAllowance(allowanceMemory({ perSecond, burst }));
      let [now, count] = [0, 0];
      while (allowance.take(0)) count += 1;
      for (const gap of moments) {
        now += gap;
        while (allowance.take(now)) count += 1;
      }
      expect(count).toBeLessThanOrEqual(burst + (now * perSecond) / 1000);
      // Less than a millisecond is lost at each fill, and what is not a whole one yet.
      expect(count).toBeGreaterThanOrEqual(burst + ((now - moments.length) * perSecond) / 1000 - 1);
    }),
  );
});

test('also where the milliseconds wrap around, or nobody asked for weeks', () => {
  const allowance = new SharedAllowance(allowanceMemory({ perSecond: 10, burst: 1 }));
  const end = 2 ** 31;
  expect([allowance.take(0), allowance.take(50)]).toEqual([true, false]);
  expect([allowance.take(end - 100), allowance.take(end - 100), allowance.take(end + 50)]).toEqual([true, false, true]);
  expect(allowance.take(2 * end - 5000)).toBe(true);
  expect(allowance.take(2 * end + 1.5 * end)).toBe(true);
});

test('threads together take no more than one alone', async () => {
  const memory = allowanceMemory({ perSecond: 1, burst: 30_000 });
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.module).then(({ SharedAllowance }) => {
      const allowance = new SharedAllowance(workerData.memory);
      let count = 0;
      for (let i = 0; i < 20000; i += 1) if (allowance.take(0)) count += 1;
      parentPort.postMessage(count);
    });`;
  const module = new URL('../../service/host/shared-allowance.ts', import.meta.url).href;
  const counts = await Promise.all(
    [1, 2].map(
      () =>
        new Promise<number>((resolve, reject) => {
          const worker = new Worker(source, { eval: true, workerData: { module, memory } });
          worker.once('message', resolve);
          worker.once('error', reject);
        }),
    ),
  );
  // One that finds none left takes it back: another may see one fewer meanwhile, and never one more.
  const sum = counts.reduce((all, count) => all + count, 0);
  expect(sum).toBeLessThanOrEqual(30_000);
  expect(sum).toBeGreaterThan(29_000);
});
