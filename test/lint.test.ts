import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

/* Half of the rules we rely on are in Biome's nursery: a new version may rename one, and the lint would be silent and green. */

const repository = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'pinata-lint-'));
afterAll(() => rmSync(folder, { recursive: true }));

for (const file of ['biome.json', 'test/support/no-math-random.grit']) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  cpSync(join(repository, file), join(folder, file));
}

function rulesBroken(path: string, source: string): string[] {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), source);
  const biome = join(repository, 'node_modules/@biomejs/biome/bin/biome');
  const run = spawnSync(process.execPath, [biome, 'lint', '--vcs-enabled=false', '--reporter=json', path], {
    cwd: folder,
    encoding: 'utf8',
  });
  const report: { diagnostics: { category: string | null; severity: string }[] } = JSON.parse(run.stdout);
  const errors = report.diagnostics.filter(({ severity }) => severity === 'error');
  return [...new Set(errors.map(({ category }) => (category ?? '').replace(/^lint\/\w+\//, '')))];
}

const everywhere: Record<string, string> = {
  noFloatingPromises: 'async function f(): Promise<number> { return 1; }\nexport function g(): void { f(); }',
  noMisusedPromises:
    'async function f(): Promise<boolean> { return true; }\nexport const g = () => { if (f()) return; };',
  useAwaitThenable: 'export async function f(): Promise<void> { await 3; }',
  useExhaustiveSwitchCases: "export function f(x: 'a' | 'b'): void { switch (x) { case 'a': return; } }",
  noExplicitAny: 'export const x: any = 1;',
  noNonNullAssertion: 'const xs: number[] = [];\nexport const x = xs[0]!;',
  noTsIgnore: '// @ts-ignore\nexport const x: string = 1;',
  useThrowOnlyError: "export function f(): never { throw 'x'; }",
};

test.each(Object.entries(everywhere))('%s is an error', (rule, source) => {
  expect(rulesBroken('service/host/probe.ts', `${source}\n`)).toContain(rule);
});

const inPureFolders: Record<string, [rule: string, source: string]> = {
  Date: ['noRestrictedGlobals', 'export const now = Date.now();'],
  Buffer: ['noRestrictedGlobals', 'export const bytes = Buffer.alloc(1);'],
  'Math.random': ['plugin', 'export const x = Math.random();'],
  'node:*': ['noNodejsModules', "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;"],
};

test.each(Object.entries(inPureFolders))('%s is an error in the pure folders and nowhere else', (_, [rule, source]) => {
  for (const pure of ['tls', 'x509', 'bounty', 'bitcoin', 'attest', 'trace', 'site']) {
    expect(rulesBroken(`service/${pure}/probe.ts`, `${source}\n`), pure).toContain(rule);
  }
  expect(rulesBroken('service/host/probe.ts', `${source}\n`)).not.toContain(rule);
});
