import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { required } from '../support/required.ts';

const root = resolve(import.meta.dirname, '../..');
const launcher = join(root, 'infra', 'btc-pinata.mjs');
const runtime = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
const pinned = required.condition('the pinned Node', existsSync(runtime), 'npm ci on linux-x64 or linux-arm64');

interface Exit {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function execute(
  node: string,
  argv: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  cwd = tmpdir(),
): Promise<Exit> {
  return new Promise((resolveExit) => {
    const options = { env: { PATH: process.env['PATH'], ...environment }, cwd, encoding: 'utf8' } as const;
    execFile(node, [...argv], options, (error, out, err) => {
      resolveExit({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : null, out, err });
    });
  });
}

/** A preload that makes this Node say it is another one, and one that cannot take a process's place. */
function asVersion(folder: string, version: string): readonly string[] {
  const preload = join(folder, `as-${version}.mjs`);
  writeFileSync(
    preload,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });
if (process.argv[1]?.endsWith('btc-pinata.mjs')) process.execve = undefined;\n`,
  );
  return ['--import', preload];
}

/** The launcher of a checkout whose program tells what became of it. */
function makeProbe(place: string): string {
  mkdirSync(join(place, 'infra'), { recursive: true });
  for (const name of ['btc-pinata.mjs', 'become.mjs']) cpSync(join(root, 'infra', name), join(place, 'infra', name));
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'));
  // Whose versions are those that are pinned: no other Node is taken.
  cpSync(join(root, 'package.json'), join(place, 'package.json'));
  writeFileSync(
    join(place, 'infra', 'main.ts'),
    `export async function main(argv: readonly string[]): Promise<number> {
  process.on('SIGTERM', () => { console.log('SIGTERM'); process.exit(7); });
  process.on('SIGHUP', () => console.log('SIGHUP'));
  console.log(JSON.stringify({ pid: process.pid, node: process.execPath, argv }));
  if (argv[0] === 'wait') await new Promise((resolve) => setTimeout(resolve, 20_000));
  if (argv[0] === 'die') process.kill(process.pid, 'SIGKILL');
  return Number(argv[0] ?? 0);
}
`,
  );
  return join(place, 'infra', 'btc-pinata.mjs');
}

describe('the launcher', () => {
  let folder = '';
  /** A checkout without any package: infra and service as they are. */
  let bare = '';
  let probe = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'launcher-'));
    bare = join(folder, 'bare');
    cpSync(join(root, 'infra'), join(bare, 'infra'), { recursive: true });
    cpSync(join(root, 'service'), join(bare, 'service'), { recursive: true });
    cpSync(join(root, 'package.json'), join(bare, 'package.json'));
    probe = makeProbe(join(folder, 'probe'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('answers --version and help from any folder', async () => {
    const version = await execute(process.execPath, [launcher, '--version']);
    expect(version).toMatchObject({ code: 0, err: '' });
    expect(version.out).toMatch(/^btc-pinata \d+\.\d+\.\d+ \(Node 24\.\d+\.\d+\)\n$/);
    const help = await execute(process.execPath, [launcher, 'help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    for (const verb of ['run', 'bridge', 'help', '--version']) expect(help.out).toContain(`\n  ${verb}`);
  });

  it('works through the link that npm makes', async () => {
    const { code, out } = await execute(join(root, 'node_modules', '.bin', 'btc-pinata'), ['--version'], {}, bare);
    expect(code).toBe(0);
    expect(out).toMatch(/^btc-pinata /);
  });

  it('ends like any other where nobody reads on', async () => {
    const child = spawn(process.execPath, [launcher, 'attack', '--list'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const said: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
    const [code] = await once(child, 'close');
    expect([code, said.join('')]).toEqual([141, '']);
  });

  it('says which Node it needs where there is none', async () => {
    for (const version of ['18.20.8', '20.20.2', '22.21.0', '24.11.1']) {
      const { code, out, err } = await execute(process.execPath, [
        ...asVersion(folder, version),
        join(bare, 'infra', 'btc-pinata.mjs'),
        'help',
      ]);
      expect(code).toBe(1);
      expect(out).toBe('');
      expect(err).toContain(`this is Node ${version}`);
      expect(err).toContain('needs Node 24.12 or later');
      expect(err).toContain('npm ci');
    }
  });

  it("goes on with the machine's own Node where that is new enough", async () => {
    for (const version of ['24.12.0', '25.0.0']) {
      const { code, out } = await execute(process.execPath, [
        ...asVersion(folder, version),
        join(bare, 'infra', 'btc-pinata.mjs'),
        'help',
      ]);
      expect(code).toBe(0);
      expect(out).toContain('Usage: btc-pinata');
    }
  });

  it('ignores a pinned Node that does not run on this machine', async () => {
    const broken = join(folder, 'broken');
    cpSync(bare, broken, { recursive: true });
    const place = join(broken, 'node_modules', `node-${process.platform}-${process.arch}`);
    mkdirSync(join(place, 'bin'), { recursive: true });
    writeFileSync(join(place, 'package.json'), '{ "version": "24.99.0" }');
    writeFileSync(join(place, 'bin', 'node'), 'for another machine', { mode: 0o755 });
    const { code, out } = await execute(process.execPath, [join(broken, 'infra', 'btc-pinata.mjs'), 'help']);
    expect(code).toBe(0);
    expect(out).toContain('Usage: btc-pinata');
  });

  describe.skipIf(pinned.missing)('from an older Node', () => {
    it('runs the command by the pinned Node, words and exit status as they are', async () => {
      const { code, out } = await execute(process.execPath, [...asVersion(folder, '20.0.0'), probe, '42', '--a b', '']);
      expect(code).toBe(42);
      expect(JSON.parse(out)).toMatchObject({ argv: ['42', '--a b', ''] });
    });

    it('takes the place of the first process where Node can do that', async () => {
      const preload = join(folder, 'older.mjs');
      writeFileSync(
        preload,
        "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '24.1.0' } });\n",
      );
      const child = spawn(process.execPath, ['--import', preload, probe], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [[line]] = await Promise.all([once(child.stdout, 'data'), once(child, 'close')]);
      expect(JSON.parse(String(line))).toMatchObject({ pid: child.pid, node: expect.stringContaining('node_modules') });
    });

    it('passes signals on, and the end that they bring', async () => {
      const child = spawn(process.execPath, [...asVersion(folder, '20.0.0'), probe, 'wait'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const lines: string[] = [];
      child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')));
      await once(child.stdout, 'data');
      child.kill('SIGHUP');
      await once(child.stdout, 'data');
      child.kill('SIGTERM');
      const [code] = await once(child, 'close');
      expect(code).toBe(7);
      expect(lines.slice(1)).toEqual(['SIGHUP', 'SIGTERM']);
    });

    it('dies of the signal that its child died of', async () => {
      const child = spawn(process.execPath, [...asVersion(folder, '20.0.0'), probe, 'die'], { stdio: 'ignore' });
      const [code, signal] = await once(child, 'exit');
      expect([code, signal]).toEqual([null, 'SIGKILL']);
    });
  });
});
