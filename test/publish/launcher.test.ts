import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const name = `node-${process.platform}-${process.arch}`;

/** A package that is somewhere, and somebody's Node beside it. */
function unpacked(folder: string, version: string): string {
  const place = join(mkdtempSync(join(tmpdir(), 'pinata-launcher-')), folder);
  const home = join(place, 'btc-pinata');
  mkdirSync(join(home, 'infra'), { recursive: true });
  for (const file of ['btc-pinata.mjs', 'become.mjs', 'typescript.mjs'])
    cpSync(join(root, 'infra', file), join(home, 'infra', file));
  writeFileSync(
    join(home, 'infra', 'main.ts'),
    "export const main = async (): Promise<number> => (console.log('ours'), 0);",
  );
  const manifest = { type: 'module', isPackage: true, optionalDependencies: { [name]: '24.21.0' } };
  writeFileSync(join(home, 'package.json'), JSON.stringify(manifest));
  mkdirSync(join(place, name, 'bin'), { recursive: true });
  writeFileSync(join(place, name, 'package.json'), JSON.stringify({ version }));
  writeFileSync(
    join(place, name, 'bin', 'node'),
    `#!/bin/sh\ntest "$1" = --version && echo v${version} || echo theirs\n`,
  );
  chmodSync(join(place, name, 'bin', 'node'), 0o755);
  const { stdout } = spawnSync(process.execPath, [join(home, 'infra', 'btc-pinata.mjs'), 'help'], { encoding: 'utf8' });
  return stdout.trim();
}

test('the Node beside a package is taken where npm put it, of the version that is pinned, and nowhere else', () => {
  expect(unpacked('node_modules', '24.21.0')).toBe('theirs');
  expect(unpacked('node_modules', '24.99.0')).toBe('ours');
  expect(unpacked('downloads', '24.21.0')).toBe('ours');
});
