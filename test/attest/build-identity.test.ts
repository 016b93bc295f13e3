import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sourceIdentity } from '../../service/attest/build-identity.ts';
import { programFiles } from '../../service/host/program-files.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a bundle is named by the SHA-256 of its file', () => {
  const root = mkdtempSync(join(tmpdir(), 'pinata-build-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'btc-pinata.cjs'), 'abc');
  expect(programFiles(join(root, 'btc-pinata.cjs'))).toEqual({
    type: 'bundle',
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  });
});

test('sources are named by their sorted list, whatever order they come in; any change shows', () => {
  const a = { path: 'service/a.ts', bytes: bytes('a') };
  const b = { path: 'service/b.ts', bytes: bytes('b') };
  const name = sourceIdentity([a, b]);
  expect(name).toMatch(/^source-[0-9a-f]{64}$/);
  expect(sourceIdentity([b, a])).toBe(name);
  const changed = [
    [a],
    [a, { ...b, path: 'service/c.ts' }],
    [a, { ...b, bytes: bytes('B') }],
    [
      { ...a, bytes: b.bytes },
      { ...b, bytes: a.bytes },
    ],
  ];
  for (const files of changed) expect(sourceIdentity(files)).not.toBe(name);
});

test('a stranger gets the same name from sha256sum', () => {
  const root = mkdtempSync(join(tmpdir(), 'pinata-build-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const files = {
    'package-lock.json': '{}',
    'service/package.json': '{}',
    'service/main.ts': 'main',
    'service/host/b.ts': 'b',
    'service/tools/not-of-the-program.ts': 'x',
    'service/node_modules/dependency/index.ts': 'x',
    'service/notes.md': 'x',
    'status-page/chain/verdict.ts': 'chain',
    'status-page/poller/not-of-the-program.ts': 'x',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const found = programFiles(join(root, 'service/main.ts'));
  const listed = found.type === 'sources' ? found.files : [];
  const shell = `sha256sum package-lock.json service/host/b.ts service/main.ts service/package.json status-page/chain/verdict.ts | LC_ALL=C sort -k 2 | sha256sum`;
  const [expected] = execFileSync('sh', ['-c', shell], { cwd: root, encoding: 'utf8' }).split(' ');
  expect(sourceIdentity(listed)).toBe(`source-${expected}`);
});
