import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark } from './benchmark.ts';
import { outcomeOf } from './child.ts';
import { against } from './figure.ts';
import { median } from './measure.ts';
import type { Filled } from './tasks/million-attempts.ts';
import type { Opening } from './tasks/open-store.ts';

/** A store that has been busy for a month. */
export const t2: Benchmark = {
  id: 'T2',
  title: 'a store of one million attempts: statistics from the index, its size, and its opening',
  async run(run) {
    const attempts = run.quick ? 5000 : 1_000_000;
    const folder = mkdtempSync(join(tmpdir(), 'pinata-million-'));
    try {
      const fill = new URL('./tasks/million-attempts.ts', import.meta.url);
      const filled = await outcomeOf<Filled>(fill, [run.credentialsPath, folder, String(attempts)]);
      const openings: Opening[] = [];
      for (let round = 0; round < (run.quick ? 1 : 5); round++) {
        openings.push(await outcomeOf<Opening>(new URL('./tasks/open-store.ts', import.meta.url), [folder]));
      }
      const of = (what: keyof Opening): number => median(openings.map((opening) => opening[what]));
      return {
        comparisons: [
          against('statistics', of('statistics'), 'ms', { atMost: 50 }),
          against('in the file system', sizeOf(join(folder, 'traces')) / 2 ** 20, 'MiB', { atMost: 1024 }),
          against('start-up', of('open'), 'ms', { atMost: 2000 }),
        ],
        method:
          `${attempts} attempts of one month, every fourth of them a bridge, and as many visits of the page, are written as the ` +
          'service writes them, with the preset budget. Then a new process opens the store and asks it what the pages ask, for ' +
          'the first time: wall-clock time, median of five processes.',
        details: {
          'written in, s': Math.round(filled.seconds),
          'bodies that the budget took': filled.droppedBodies,
          'of the index, MiB': Math.round(statSync(join(folder, 'traces', 'index.sqlite')).size / 2 ** 20),
          'newest fifty of one port and category, ms': Math.round(of('newest') * 10) / 10,
          'one attempt with its body, ms': Math.round(of('attempt') * 10) / 10,
        },
        notes: [],
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

const sizeOf = (folder: string): number =>
  readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
