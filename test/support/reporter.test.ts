import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

/* The last line of a run is counted, and what is missing is either listed or a failure: seen on runs of their own. */

const root = resolve(import.meta.dirname, '../..');
mkdirSync(join(root, '.tmp'), { recursive: true });
const folder = mkdtempSync(join(root, '.tmp/reporter-'));
afterAll(() => rmSync(folder, { recursive: true }));

function runOf(source: string, environment: Record<string, string> = {}): { status: number | null; lines: string[] } {
  const place = mkdtempSync(join(folder, 'run-'));
  mkdirSync(join(place, 'test'));
  const header = `import { describe, test } from 'vitest';\nimport { required } from '../../../../test/support/required.ts';\n`;
  writeFileSync(join(place, 'test/sample.test.ts'), header + source);
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const config = join(root, 'vitest.config.ts');
  const { PINATA_REQUIRE_ALL: _, ...inherited } = process.env;
  const { status, stdout } = spawnSync(process.execPath, [vitest, 'run', '--root', place, '--config', config], {
    encoding: 'utf8',
    env: { ...inherited, NO_COLOR: '1', ...environment },
  });
  return { status, lines: stdout.trimEnd().split('\n') };
}

const twoPass = `test('a', () => {});\ntest('b', () => {});\n`;
const wantsFrobnicator = `
const frobnicator = required.condition('frobnicator', false, 'apt-get install frobnicator');
describe.skipIf(frobnicator.missing)('frobnication', () => { test('c', () => {}); });
`;

test('all passed', () => {
  const { status, lines } = runOf(twoPass);
  expect([status, lines.at(-1)]).toEqual([0, '2 passed, 0 failed']);
});

test('one failed', () => {
  const { status, lines } = runOf(`${twoPass}test('c', () => { throw new Error('no'); });`);
  expect([status, lines.at(-1)]).toEqual([1, '2 passed, 1 failed']);
});

test('a file that does not load is a failure', () => {
  const { status, lines } = runOf(`${twoPass}throw new Error('no');`);
  expect([status, lines.at(-1)]).toEqual([1, '0 passed, 1 failed']);
});

test('what is missing is skipped, counted, and listed with how to get it', () => {
  const { status, lines } = runOf(twoPass + wantsFrobnicator);
  expect([status, lines.at(-1)]).toEqual([0, '2 passed, 0 failed, 1 skipped']);
  expect(lines.slice(-5, -1)).toEqual([
    'Skipped for want of:',
    '  frobnicator: test/sample.test.ts',
    '    apt-get install frobnicator',
    '',
  ]);
});

test('with PINATA_REQUIRE_ALL=1 it is a failure, and so is every other skip', () => {
  const wanting = runOf(twoPass + wantsFrobnicator, { PINATA_REQUIRE_ALL: '1' });
  expect([wanting.status, wanting.lines.at(-1)]).toEqual([1, '2 passed, 1 failed, 1 skipped']);
  const skipping = runOf(`${twoPass}test.skipIf(true)('c', () => {});`, { PINATA_REQUIRE_ALL: '1' });
  expect([skipping.status, skipping.lines.at(-1)]).toEqual([1, '2 passed, 0 failed, 1 skipped']);
  expect(skipping.lines).toContain('  test/sample.test.ts > c');
});

test('what nobody can get any more takes its file along even there, and says so', () => {
  const gone = `
const emulator = required.obtainable('an emulator', false, 'a registry that answers');
describe.skipIf(emulator.missing)('on it', () => { test('c', () => {}); });
`;
  const { status, lines } = runOf(twoPass + gone, { PINATA_REQUIRE_ALL: '1' });
  expect([status, lines.at(-1)]).toEqual([0, '2 passed, 0 failed, 1 skipped']);
  expect(lines).toContain('  an emulator: test/sample.test.ts');
});

test('the files that .ci/run runs again are named, and none where something failed that belongs to none', () => {
  const failures = join(folder, 'failures');
  const named = (source: string): string => {
    expect(runOf(source, { CI_FAILED_FILES: failures }).status).toBe(1);
    return readFileSync(failures, 'utf8');
  };
  const fails = `test('c', () => { throw new Error('no'); });`;
  expect(named(twoPass + fails)).toBe('test/sample.test.ts 2\n');
  const late = `test('d', async () => { setTimeout(() => { throw new Error('late'); }, 1); await new Promise((done) => setTimeout(done, 100)); });`;
  expect(named(twoPass + fails + late)).toBe('unhandled');
  expect(named(`${twoPass}process.kill(process.pid, 'SIGKILL');`)).toBe('test/sample.test.ts 0\n');
});
