import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withinMemory } from '../../../service/host/memory.ts';
import { type Bench, type Figures, figuresOf, type Load, measured } from './figures.ts';
import { hosts } from './hosts.ts';
import {
  bytesPerPlace,
  costBy,
  cpuOf,
  firstFull,
  floodOfDay,
  memoryOf,
  mostOn,
  openAt,
  priceOf,
  sentTo,
  usedOn,
} from './model.ts';
import { type Guests, type Scenario, scenarios } from './scenarios.ts';
import { scalePlot, scaleTables, two } from './tables.ts';

/* That docs/scale.md is of the results in the repository, and that its arithmetic cannot say what is absurd. */

const docs = (path: string): string => readFileSync(new URL(`../../../docs/${path}`, import.meta.url), 'utf8');

describe('docs/scale.md', () => {
  test('has the tables of the committed results; node test/load/scale/main.ts writes them', () => {
    const [, tables = ''] = /<!-- scale:start -->\n([\s\S]*)\n<!-- scale:end -->/.exec(docs('scale.md')) ?? [];
    expect(tables).toBe(scaleTables(measured()));
  });

  test('has the plot of the committed results', () => {
    expect(docs('load/scale.svg')).toBe(scalePlot(measured()));
  });

  test('has a column of figures for each provider once both were measured', () => {
    const figures = { ...whole, measured: { bench: 'a machine', load: 'a machine' } };
    expect(scaleTables(figures)).not.toMatch(/–|NaN|undefined|Infinity/);
    expect(scaleTables({ ...figures, handshake: { noble: 0.007, fast: undefined } })).toContain('not measured yet');
  });
});

/** As results.json has them, of one run or both providers. */
const bench = (names: Readonly<Record<string, number>>): Bench => {
  const ids = ['G1', 'G5', 'G9', 'G10', 'T1', 'T2', 'W1'];
  const of = (id: string): Readonly<Record<string, number>> =>
    Object.fromEntries(
      Object.entries(names).flatMap(([name, value]) =>
        name.startsWith(`${id}: `) ? [[name.slice(id.length + 2), value]] : [],
      ),
    );
  const comparisons = [{ against: 'in the file system', figure: 665 }];
  return {
    measured: '2026-11-22T00:00:00.000Z',
    machine: { cpu: 'a processor', cores: 2 },
    entries: ids.map((id) => ({ id, details: of(id), comparisons: id === 'T2' ? comparisons : [] })),
  };
};
const flood = (name: string, opened: number, answered: number): Load['runs'][number] => ({
  name,
  seconds: 10,
  attackers: { [name]: { opened, answered } },
  samples: [
    { seconds: 0, cpu: 0.1 },
    { seconds: 5, cpu: 0.5 },
    { seconds: 15, cpu: 1 },
    { seconds: 25, cpu: 0.1 },
  ],
  attacked: [4, 16],
  peakMebibytes: 100,
});
const load: Load = {
  measured: '2026-11-22',
  machine: 'a machine',
  runs: [flood('http-flood', 1000, 20_000_000), flood('hello-hybrid', 1000, 2_000_000), flood('quiet', 0, 0)],
};
const common = {
  'G9: ours, KiB': 3,
  'G10: ours, CPU µs': 50,
  'T1: recording, CPU µs': 100,
  'W1: of it the statement and its signature, µs': 3000,
};
const both = bench({
  ...common,
  'G1: ours with @noble, CPU µs': 7000,
  'G1: ours with our own kernels, CPU µs': 3000,
  'G5: hello of X25519MLKEM768 by @noble, CPU µs': 2700,
  'G5: hello of X25519MLKEM768, CPU µs': 1500,
  'G5: hello of P-384 by @noble, CPU µs': 6500,
  'G5: hello of P-384, CPU µs': 6500,
});
const whole: Figures = figuresOf(both, load);

describe('figures', () => {
  test('are read under their names: CPU of a flood is that of the attack alone, by those who came', () => {
    expect(whole.page).toBeCloseTo((0.75 * 10) / 1000, 12);
    expect([whole.pageBytes, whole.helloBytes]).toEqual([20_000, 2000]);
    expect(whole.handshake).toEqual({ noble: 0.007, fast: 0.003 });
    expect(whole.hello).toEqual({ noble: 0.0027, fast: 0.0015 });
    expect([whole.idleBytes, whole.quietBytes]).toEqual([3072, 100 * 2 ** 20]);
    expect(whole.traceBytes).toBeCloseTo(665 * 1.048576, 9);
  });

  test('that are missing are named, with what measures them', () => {
    expect(() => figuresOf(bench(common), load)).toThrow(
      'bench/results.json has no G5: hello of X25519MLKEM768 by @noble, CPU µs: measure it with npm run bench',
    );
    expect(() => figuresOf(both, { ...load, runs: load.runs.slice(0, 2) })).toThrow(
      'test/load/results.json has no run quiet: npm run load -- quiet --publish',
    );
  });

  test('are written with two digits', () => {
    expect([0, 0.0314, 1.96, 99.6, 8811, 131_999, 0.000_01].map(two)).toEqual([
      '0',
      '0.031',
      '2',
      '100',
      '8 800',
      '130 000',
      '0.0001',
    ]);
  });
});

const count = fc.double({ min: 0, max: 1e7, noNaN: true });
const guests: fc.Arbitrary<Guests> = fc.record({
  visitors: count,
  pages: count,
  secureHellos: count,
  noTls: count,
  hellos: count,
  handshakes: count,
  challenges: count,
});
const kinds = ['visitors', 'pages', 'secureHellos', 'noTls', 'hellos', 'handshakes', 'challenges'] as const;
const cost = costBy(whole, 'noble');
if (cost === undefined) throw new Error('noble is always measured');

describe('the model', () => {
  test('says more of everything, or the same, where one more kind of guest comes in greater number', () => {
    fc.assert(
      fc.property(guests, fc.constantFrom(...kinds), count, (few, kind, added) => {
        const more = { ...few, [kind]: few[kind] + added };
        const sizes = (of: Guests): readonly number[] => {
          const open = openAt(of, 30);
          return [
            cpuOf(of, cost),
            sentTo(of, whole),
            open.page,
            open.bounty,
            ...memoryOf(whole, open.page + open.bounty),
          ];
        };
        const [least, most] = [sizes(few), sizes(more)];
        expect(least.every((size, i) => size <= (most[i] ?? Number.NaN))).toBe(true);
      }),
    );
  });

  test('has a host full, and not fuller, at so many times the traffic as it says', () => {
    for (const host of hosts) {
      for (const scenario of scenarios) {
        const { resource, times } = firstFull(usedOn(host, scenario, whole, cost));
        const day = Object.fromEntries(kinds.map((kind) => [kind, scenario.day[kind] * times]));
        const used = usedOn(host, { ...scenario, day: { ...scenario.day, ...day } }, whole, cost);
        expect(used[resource]).toBeCloseTo(1, 9);
        expect(Math.max(...Object.values(used))).toBeCloseTo(1, 9);
      }
    }
  });

  test('has nothing done by nobody', () => {
    const nobody = Object.fromEntries(kinds.map((kind) => [kind, 0]));
    const scenario: Scenario | undefined = scenarios[0];
    if (scenario === undefined) throw new Error('no scenario');
    for (const host of hosts) {
      const used = usedOn(host, { ...scenario, day: { ...scenario.day, ...nobody } }, whole, cost);
      expect(new Set(Object.values(used))).toEqual(new Set([0]));
    }
  });

  test('lets no flood pass the network, nor more in than there are places', () => {
    for (const host of hosts) {
      expect(floodOfDay(host, whole)).toBeLessThanOrEqual((86_400 * host.megabits * 1e6) / 8);
      const { silent, pages } = mostOn(host, whole, cost);
      expect((silent * host.patience) / 1000).toBeCloseTo(host.places, 9);
      expect(pages * whole.page).toBeLessThanOrEqual(host.cores + 1e-9);
    }
  });

  test('says less of each scenario by the provider whose every figure is lower', () => {
    const fast = costBy(whole, 'fast');
    if (fast === undefined) throw new Error('fast is measured here');
    for (const { day } of scenarios) expect(cpuOf(day, fast)).toBeLessThan(cpuOf(day, cost));
  });

  test('asks no money for what is included', () => {
    for (const host of hosts) {
      expect(priceOf(host, host.included * 1e9).beyond).toBe(0);
      expect(priceOf(host, host.included * 2e9).beyond).toBeCloseTo(host.included * host.pricePerGigabyte, 9);
    }
  });
});

describe('hosts', () => {
  test('have as many places as their memory has room for, by the size that memory.ts knows', () => {
    const places = (bytes: number): number =>
      withinMemory({ connections: 1e6, connectionsPerPrefix: 1024 }, bytes).connections;
    const bytes = 2 ** 30;
    expect(places(bytes + 2 * bytesPerPlace) - places(bytes)).toBe(1);
    for (const { type, places: full, mebibytes } of hosts) {
      expect([type, 2 * full * bytesPerPlace < mebibytes * 2 ** 20]).toEqual([type, true]);
    }
  });

  test('have a price, a share of a processor and a network', () => {
    for (const { price, pricePerGigabyte, lastingCores, cores, processors, megabits } of hosts) {
      expect(Math.min(price, pricePerGigabyte, lastingCores, megabits)).toBeGreaterThan(0);
      expect(lastingCores <= cores && cores <= processors).toBe(true);
    }
  });

  test('are below all of it in the busiest second of each scenario, as docs/scale.md says of the three', () => {
    const figures = measured();
    const own = costBy(figures, 'noble');
    if (own === undefined) throw new Error('noble is always measured');
    for (const host of hosts) {
      for (const scenario of scenarios) {
        expect([host.type, scenario.name, firstFull(usedOn(host, scenario, figures, own)).times > 1]).toEqual([
          host.type,
          scenario.name,
          true,
        ]);
        expect([host.type, priceOf(host, sentTo(scenario.day, figures) * scenario.days).beyond]).toEqual([
          host.type,
          0,
        ]);
      }
    }
  });
});
