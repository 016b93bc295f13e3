import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { required } from '../support/required.ts';
import { Fuzzer, type Target } from './fuzzer.ts';
import { withProbes } from './instrument.ts';
import { mutated, Random } from './mutate.ts';
import { foreignCorpus, type Named, ownCorpus, regressions } from './seeds.ts';
import { targets } from './targets.ts';

const SECONDS = 12;
/** Of a machine that is busy with other tests. */
const PATIENCE = 600_000;
const all = targets(false);
const corpora = required.vectors('corpora');

/** Every input by itself, so that one bad input does not hide the others. */
const failures = (target: Target, inputs: readonly Named[]): readonly string[] =>
  inputs.flatMap(({ name, bytes }) => {
    try {
      target.run(bytes);
      return [];
    } catch (error) {
      return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
    }
  });

const targetOf = (name: string): Target => {
  const target = all.find((candidate) => candidate.name === name);
  if (target === undefined) throw new Error(`no target is called ${name}`);
  return target;
};

describe('inputs that were found once', () => {
  for (const target of all) {
    it(`${target.name}: the corpus and every crash there ever was`, () => {
      expect(failures(target, [...ownCorpus(target.name), ...regressions(target.name)])).toEqual([]);
    });
  }

  it('the corpus is small, and of targets that there are', () => {
    const folder = join(import.meta.dirname, 'corpus');
    const names = existsSync(folder) ? readdirSync(folder) : [];
    expect(names.filter((name) => !all.some((target) => target.name === name))).toEqual([]);
    const size = (path: string): number =>
      readdirSync(path).reduce((sum, file) => sum + statSync(join(path, file)).size, 0);
    expect(names.reduce((sum, name) => sum + size(join(folder, name)), 0)).toBeLessThan(300_000);
  });
});

describe.skipIf(corpora.missing)(
  "OpenSSL's corpora: nothing throws, no fault is our own, nobody is taken for a peer",
  () => {
    for (const [corpus, names] of [
      ['server', ['records', 'server', 'client']],
      ['client', ['records', 'client', 'server']],
      ['x509', ['certificate', 'path']],
    ] as const) {
      for (const name of names) {
        it(
          `${corpus}, to ${name}`,
          () => {
            const inputs = foreignCorpus(corpus);
            expect(inputs.length).toBeGreaterThan(800);
            expect(failures(targetOf(name), inputs)).toEqual([]);
          },
          PATIENCE,
        );
      }
    }
  },
);

describe('the fuzzer', () => {
  it(
    `finds nothing in ${SECONDS} seconds, and reaches far`,
    () => {
      const args = [join(import.meta.dirname, 'main.ts'), '--seconds', String(SECONDS), '--json'];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      expect([status, stderr.includes('the input is in') ? stderr : '']).toEqual([0, '']);
      const lines: { target: string; branches: number; executions: number; crashes: number }[] = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.map(({ target }) => target)).toEqual(all.map(({ name }) => name));
      for (const line of lines) {
        expect(line.executions, line.target).toBeGreaterThan(20);
        // Past the hellos, which alone are some 600, by the seeds. What is found beyond them depends on the machine's speed.
        if (/^(server|client)/.test(line.target)) expect(line.branches, line.target).toBeGreaterThan(610);
      }
    },
    PATIENCE,
  );

  it('finds what is hidden behind three bytes, by its coverage', () => {
    const hits = new Uint8Array(16);
    const hidden: Target = {
      name: 'hidden',
      seeds: [Uint8Array.of(0, 0, 0)],
      corpus: [],
      run([a, b, c]) {
        hits[0] = 1;
        if (a !== 0x4d) return;
        hits[1] = 1;
        if (b !== 0x5a) return;
        hits[2] = 1;
        if (c === 0x90) throw new Error('found');
      },
    };
    const fuzzer = new Fuzzer(hidden, hits, 1);
    for (let round = 0; round < 1000 && fuzzer.crashes.length === 0; round++) fuzzer.run(50);
    expect(fuzzer.crashes.map(({ input }) => [...input.subarray(0, 3)])).toEqual([[0x4d, 0x5a, 0x90]]);
  });

  it('counts branches without a change of meaning', () => {
    const source = `
      const f = (n) => n > 2 ? 'many' : n === 2 && 'two' || 'few';
      function g(n) { if (n) return f(n); else for (const x of [1]) return x; }
      const h = (n) => { switch (n) { case 1: return 'one'; default: try { throw n } catch { return ({ n }).n } } };
      return [f(1), f(2), f(3), g(0), g(2), h(1), h(9), [1, 2].map((x) => ({ x }))];`;
    const run = (text: string, fuzzHits: Uint8Array): unknown => new Function('fuzzHits', text)(fuzzHits);
    const hits = new Uint8Array(1 << 16);
    const wrapped = withProbes(`(function () {${source}})`);
    expect(run(`return ${wrapped}();`, hits)).toEqual(run(source, hits));
    expect(hits.filter((count) => count > 0).length).toBeGreaterThan(12);
  });

  it('can be repeated: the same seed, the same inputs', () => {
    const input = Uint8Array.from({ length: 100 }, (_, index) => index);
    const series = (seed: number): string[] => {
      const random = new Random(seed);
      return Array.from({ length: 200 }, () => Buffer.from(mutated(input, random, input)).toString('hex'));
    };
    expect(series(7)).toEqual(series(7));
    expect(new Set(series(7)).size).toBeGreaterThan(150);
    expect(series(7)).not.toEqual(series(8));
  });
});
