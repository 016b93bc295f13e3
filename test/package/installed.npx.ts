import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostProgram } from '../../infra/host-image/archive.ts';
import { bundlePoller } from '../../status-page/poller/bundle.ts';
import { startCloud } from '../cloud/emulated-cloud.ts';
import { hasCloud, howToGetCloud } from '../cloud/venv.ts';
import { required } from '../support/required.ts';
import { type MadePackage, madePackage, version } from './made-package.ts';
import { registryWith } from './registry.ts';
import { manifestIn, nameOf, Stranger } from './stranger.ts';

/* `npx btc-pinata`, as it is once the owner has published it: installed by npm from a registry, far from every checkout. */

const cloudPrograms = required.obtainable('ministack and moto', hasCloud(), howToGetCloud);
const place = mkdtempSync(join(tmpdir(), 'pinata-npx-'));
let made: MadePackage;
let stranger: Stranger;

beforeAll(async () => {
  made = await madePackage(place);
  stranger = new Stranger(join(place, 'stranger'));
  await using registry = await registryWith(made.archive, await manifestIn(made.archive));
  await stranger.installs('btc-pinata', registry.url);
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

test('the same checkout and release give the same archive', async () => {
  const again = await madePackage(join(place, 'again'));
  expect(sha512(again.archive)).toBe(sha512(made.archive));
});

test('npm installs what package-lock.json pins and nothing else, though nobody tells it of the shrinkwrap', () => {
  const lock = Stranger.lock(join(import.meta.dirname, '../../package-lock.json'));
  const pinned = new Set([...lock].map(([path, version]) => `${nameOf(path)}@${version}`));
  const found = stranger.installed().filter((name) => name !== `btc-pinata@${version}`);
  expect(found.length).toBeGreaterThan(300);
  expect(found.filter((name) => !pinned.has(name))).toEqual([]);
  for (const name of ['vitest', 'typescript', 'node-forge'])
    expect(found.filter((one) => one.startsWith(`${name}@`))).toEqual([]);
});

test('it has no test, no key and nothing that lies about in the checkout', () => {
  const files = readdirSync(stranger.home, { recursive: true }).map(String);
  const own = files.filter((file) => !file.startsWith('node_modules'));
  expect(own.filter((file) => /(?:^|\/)(?:test|bench|deployments|\.tmp|\.ci|\.git)(?:\/|$)/.test(file))).toEqual([]);
  const released = ['btc-pinata.cdx.json', 'btc-pinata.cjs', 'btc-pinata.efi', 'release.json'];
  expect(new Set(readdirSync(stranger.file('dist')))).toEqual(new Set(['btc-pinata-host.cjs', ...released]));
});

test('what a host and the cloud get of it is what a checkout makes', async () => {
  const poller = join(place, 'poller');
  await bundlePoller(poller);
  for (const name of readdirSync(poller))
    expect(
      readFileSync(stranger.file(`status-page/dist/poller/${name}`)).equals(readFileSync(join(poller, name))),
    ).toBe(true);
  expect(readFileSync(stranger.file('dist/btc-pinata-host.cjs')).equals(await hostProgram())).toBe(true);
});

test('says what it is, on whatever Node it is started with', async () => {
  const { status, out, err } = await stranger.npx('help');
  expect(status, err).toBe(0);
  expect(err).not.toMatch(/ExperimentalWarning|TYPE_STRIPPING/);
  expect(out).toContain('This is the package that npm installed in');
  expect((await stranger.npx('--version')).out).toMatch(
    new RegExp(`^btc-pinata ${version} \\(Node 24\\.\\d+\\.\\d+\\)\n$`),
  );
});

test('runs the program of its release; it is bridged, and its attempts are exported and replayed', async () => {
  const child = stranger.starts('run', '--json', ...anyPorts);
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { build, ports } = v.parse(startedSchema, JSON.parse(line));
    expect(build).toContain(made.build);
    const bridge = ['bridge', '127.0.0.1', ...port('server', ports.server), ...port('reverse', ports.reverse)];
    const bridged = await stranger.npx(...bridge, ...port('http', ports.http));
    expect(bridged.status, `${bridged.out}${bridged.err}`).toBe(0);
    const exported = await stranger.npx('trace', 'export', `http://127.0.0.1:${ports.http}`, '--out', 'attempts.jsonl');
    expect(exported.status, exported.err).toBe(0);
    // In a thread of its own, which has to be told of our files too.
    const covered = await stranger.npx('trace', 'coverage', 'attempts.jsonl');
    expect(covered.status, covered.err).toBe(0);
    expect(covered.out).toMatch(/service\/tls\/.*\.ts/);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
});

const port = (name: string, number: number): readonly string[] => [`--${name}-port`, `${number}`];
const anyPorts = ['http', 'https', 'server', 'dialback', 'reverse'].flatMap((name) => port(name, 0));
const startedSchema = v.object({
  build: v.string(),
  ports: v.object({ http: v.number(), server: v.number(), reverse: v.number() }),
});

test('its library of attacks is there', async () => {
  const { status, out, err } = await stranger.npx('attack', '--list');
  expect(status, err).toBe(0);
  expect(out.split('\n').length).toBeGreaterThan(20);
});

test('does not run another program than that of its release', async () => {
  const bundle = stranger.file('dist/btc-pinata.cjs');
  const whole = readFileSync(bundle);
  appendFileSync(bundle, '// another');
  try {
    const { status, out, err } = await stranger.npx('run', '--json', ...anyPorts);
    expect([status, out]).toEqual([1, '']);
    expect(err).toMatch(/^btc-pinata run: .*btc-pinata\.cjs is not of this release: its SHA-256 is [0-9a-f]{64}/m);
  } finally {
    writeFileSync(bundle, whole);
  }
});

test('builds nothing, and says how its release is built again', async () => {
  expect(await stranger.npx('build')).toMatchObject({ status: 1, out: '' });
  expect((await stranger.npx('build')).err).toMatch(/is a published package, and a release is built of a checkout/);
  expect((await stranger.npx('rebuild')).err).toMatch(/names no repository: say with --from URL/);
});

describe.skipIf(cloudPrograms.missing)('on an emulated cloud', () => {
  test('`npx btc-pinata deploy --dry-run` looks, plans, and shows what cdk would change', async () => {
    await using cloud = await startCloud('us-east-1');
    const home = join(place, 'home');
    mkdirSync(home);
    const told = ['--network', 'regtest', '--refund-height', '1000', '--region', 'us-east-1', '--yes', '--dry-run'];
    const { status, out, err } = await stranger.npxWith(
      { ...cloud.environment, HOME: home },
      'deploy',
      '--folder',
      home,
      ...told,
    );
    expect(status, `${out}${err}`).toBe(0);
    expect(out).toMatch(/ok +release +\S+ of .*as it came with this package/);
    expect(out).toMatch(/\[\+\] AWS::EC2::Instance Host/);
    expect(out).toMatch(/\[\+\] AWS::Lambda::Function/);
  });
});

const sha512 = (file: string): string => createHash('sha512').update(readFileSync(file)).digest('hex');
