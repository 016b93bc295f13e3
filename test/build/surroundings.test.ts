import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { bundle, repository } from '../../infra/build/bundle.ts';
import { hostProgram } from '../../infra/host-image/archive.ts';

/* A checkout in a folder above which somebody else may write, as a rebuild's is in /tmp. */

describe('a bundle is not made', () => {
  const above = mkdtempSync(join(tmpdir(), 'pinata-surroundings-'));
  const root = join(above, 'source');
  afterAll(() => rmSync(above, { recursive: true, force: true }));
  afterEach(() => void vi.unstubAllEnvs());

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  mkdirSync(root);
  cpSync(join(repository, 'package-lock.json'), join(root, 'package-lock.json'));
  write(join(root, 'service', 'main.ts'), "import { x } from '@noble/hashes';\nconsole.log(x);\n");

  test('of a package in a folder above', async () => {
    const package_ = join(above, 'node_modules', '@noble', 'hashes');
    write(join(package_, 'package.json'), '{ "name": "@noble/hashes", "main": "index.js" }');
    write(join(package_, 'index.js'), "exports.x = 'not ours';\n");
    await expect(bundle(root)).rejects.toThrow(
      /^cannot build: \.\.\/node_modules\/@noble\/hashes\/index\.js would be in/,
    );
  });

  test.each(['.pnp.data.json', '.pnp.cjs', '.pnp.js'])(
    'where %s in a folder above says what a package is',
    async (name) => {
      const path = join(above, name);
      writeFileSync(path, '{}');
      const refusal = `cannot build: ${path} says where packages are`;
      await expect(bundle(root)).rejects.toThrow(refusal);
      // Nor what makes the wallet of a VPS.
      await expect(hostProgram(root)).rejects.toThrow(refusal);
      rmSync(path);
    },
  );

  test('by another esbuild', async () => {
    vi.stubEnv('ESBUILD_BINARY_PATH', '/bin/true');
    await expect(bundle(root)).rejects.toThrow(/^cannot build: ESBUILD_BINARY_PATH is set/);
  });
});
