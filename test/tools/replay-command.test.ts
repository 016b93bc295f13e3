import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CorpusCoverage, coverageOf } from '../../service/tools/coverage.ts';
import { FileLines } from '../../service/tools/coverage-lines.ts';
import { traceLine } from '../../service/trace/index.ts';
import { type Corpus, playSome, record } from './replay-corpus.ts';

/* `btc-pinata trace replay` and `trace coverage`, as they are typed. */

const launcher = resolve(import.meta.dirname, '../../infra/btc-pinata.mjs');
const folder = mkdtempSync(join(tmpdir(), 'replay-command-'));
const file = join(folder, 'traces.jsonl');
afterAll(() => rmSync(folder, { recursive: true }));

let corpus: Corpus;
beforeAll(async () => {
  corpus = await record((stand) => playSome(stand, 'own-authority', 'not-tls', 'tls12-no-certificate'));
  // The generation comes last: a file may be in any order.
  writeFileSync(file, [...corpus.attempts, corpus.generation].map((line) => `${traceLine(line)}\n`).join(''));
});

interface Done {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

const trace = (...words: readonly string[]): Promise<Done> =>
  new Promise((done) => {
    execFile(process.execPath, [launcher, 'trace', ...words], (error, out, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, out, error: stderr }),
    );
  });

/** A copy with one head changed, a line that is none, and an attempt without its generation. */
function spoilt(): string {
  const [first, ...others] = corpus.attempts;
  if (first === undefined) throw new Error('nothing was recorded');
  const path = join(folder, 'spoilt.jsonl');
  const changed = { ...first, head: { ...first.head, alertSent: 99 } };
  const lines = [
    traceLine(changed),
    '{"format":"pinata-trace/2"}',
    ...others.map(traceLine),
    traceLine(corpus.generation),
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

describe('trace replay', () => {
  it('says that all was reproduced', async () => {
    const { code, out } = await trace('replay', file);
    expect(out).toMatch(
      new RegExp(`^${corpus.attempts.length} attempts in .*: ${corpus.attempts.length} reproduced\n$`),
    );
    expect(code).toBe(0);
  });

  it('shows one attempt step by step, with where each comes from', async () => {
    const number = corpus.attempts.find(({ head }) => head.category === 'x509.no_anchor')?.head.number ?? 0;
    const { code, out } = await trace('replay', file, '--number', `${number}`);
    expect(out).toMatch(/ 1 < a session of generation [0-9a-f]{16}, at \d+, TLS 1\.3, 1\.2\n/);
    expect(out).toMatch(/ k received record of type 23, .* encrypted: type 22/);
    expect(out).toMatch(/ = fault no_trust_anchor/);
    expect(code).toBe(0);
  });

  it('says where a record differs, and which line is none', async () => {
    const { code, out } = await trace('replay', spoilt());
    expect(out).toContain('  alertSent\n    recorded  99\n');
    expect(out).toContain('line 2 is no trace: ');
    expect(out).toMatch(/1 differs, 1 unreadable\n$/);
    expect(code).toBe(1);
  });

  it('as JSON', async () => {
    const { out } = await trace('replay', spoilt(), '--json');
    const lines: unknown[] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ verdict: 'differs', differences: [{ where: 'alertSent', recorded: '99' }] });
    expect(lines.at(-1)).toMatchObject({ differs: 1, unreadable: 1, unplayable: 0 });
  });

  it.each([
    [['replay'], 'one FILE is wanted, 0 were given'],
    [['replay', 'a', 'b'], 'one FILE is wanted, 2 were given'],
    [['replay', 'a', '--number', '0'], 'attempts are numbered from 1'],
    [['replay', 'a', '--as', 'both'], 'allowed are server and client'],
    [['replay', join(folder, 'nothing.jsonl')], 'cannot be read'],
    [['coverage'], 'one FILE is wanted, 0 were given'],
    [['coverage', 'a', '--what'], '--what is no option'],
  ])('%j is refused: %s', async (words, message) => {
    const { code, error } = await trace(...words);
    expect(error).toContain(message);
    expect(code).toBe(2);
  });
});

describe('trace coverage', () => {
  it('is a table, and a picture of the curve', async () => {
    const svg = join(folder, 'curve.svg');
    const { code, out } = await trace('coverage', file, '--svg', svg);
    expect(out).toMatch(/^service\/tls\/server\.ts +\d+ +\d+ +\d+\.\d %/m);
    expect(out).toMatch(new RegExp(`^all .* by ${corpus.attempts.length} attempts$`, 'm'));
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg .*<polyline points="60\.0,280\.0 [\d., ]+".*<\/svg>\n$/s);
    expect(code).toBe(0);
  });

  it('as JSON: what the attempts came to, and nothing that they did not', async () => {
    const { out } = await trace('coverage', file, '--json');
    const coverage: CorpusCoverage = JSON.parse(out);
    const of = (name: string) => coverage.files.find((one) => one.file === name);
    expect(of('service/tls/finished.ts')).toMatchObject({ exercised: 0 });
    expect(of('service/tls/record.ts')?.exercised).toBeGreaterThan(15);
    expect(of('service/x509/path.ts')?.exercised).toBeGreaterThan(20);
    expect(coverage.exercised).toBe(coverage.files.reduce((sum, { exercised }) => sum + exercised, 0));
    expect(coverage.exercised).toBeLessThan(coverage.lines);
    const counts = coverage.curve.map(({ exercised }) => exercised);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBe(coverage.exercised);
  });

  it('says that a file cannot be read', async () => {
    await expect(coverageOf(join(folder, 'nothing.jsonl'), () => undefined)).rejects.toThrow('ENOENT');
    expect((await trace('coverage', join(folder, 'nothing.jsonl'))).code).toBe(1);
  });
});

describe('from ranges of characters to lines', () => {
  const source = [
    'const a = 1;',
    'function f(x) {',
    '  // why',
    '  if (x)',
    '    return 1;',
    '  return 2;',
    '}',
    '',
  ].join('\n');
  const f = { functionName: 'f', start: source.indexOf('function'), end: source.lastIndexOf('}') + 1 };
  const covered = (...ranges: readonly (readonly [number, number, number])[]) => [
    {
      functionName: f.functionName,
      ranges: ranges.map(([startOffset, endOffset, count]) => ({ startOffset, endOffset, count })),
    },
  ];
  const whole = [{ functionName: '', ranges: [{ startOffset: 0, endOffset: source.length, count: 1 }] }];

  it('lines outside of functions, comments and brackets are not counted', () => {
    const lines = new FileLines(source, [...whole, ...covered([f.start, f.end, 0])]);
    expect([...lines.inFunctions]).toEqual([2, 4, 5, 6]);
    expect(lines.missed).toEqual([[2, 6]]);
  });

  it('a block within a function has the last word, and what has run once has run', () => {
    const lines = new FileLines(source, [...whole, ...covered([f.start, f.end, 0])]);
    const block = source.indexOf('return 1');
    lines.add(covered([f.start, f.end, 3], [block, block + 9, 0]));
    expect(lines.missed).toEqual([[5, 5]]);
    lines.add(covered([f.start, f.end, 0], [block, block + 9, 1]));
    expect(lines.missed).toEqual([]);
  });
});
