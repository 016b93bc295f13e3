import { describe, expect, test } from 'vitest';
import { runScenario } from './run-scenario.ts';
import { scenarios } from './scenarios.ts';

/* A few seconds of `npm run load`: the facts that hold on a machine however busy. How fast it was is for docs/load.md. */

const sample = ['hello-hybrid', 'http-flood'];

describe.each(sample)('%s, for three seconds', (name) => {
  test('ends nothing but what it is made of', async () => {
    const scenario = scenarios.find((candidate) => candidate.name === name);
    if (scenario === undefined) throw new Error(`no scenario ${name}`);
    const result = await runScenario({ ...scenario, seconds: 3 }, () => undefined);
    const { attackers, categories, during, after, faults } = result;
    expect(Object.values(attackers).every(({ opened }) => opened > 0)).toBe(true);
    expect(Object.values(categories).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
    expect([categories['internal.exception'], during.visits > 0, after.visits > 0]).toEqual([undefined, true, true]);
    expect(faults.filter((fault) => /not running|want of memory|exceptions/.test(fault))).toEqual([]);
  });
});
