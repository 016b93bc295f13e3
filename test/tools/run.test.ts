import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { LivePinata } from '../support/live-pinata.ts';
import { required } from '../support/required.ts';

const launcher = resolve(import.meta.dirname, '../../infra/btc-pinata.mjs');
const procfs = required.condition('/proc', existsSync('/proc/self/limits'), 'a Linux machine');

const anyPorts = ['http', 'https', 'server', 'dialback', 'reverse'].flatMap((name) => [`--${name}-port`, '0']);

interface Exit {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Exit> {
  return new Promise((resolveExit) => {
    const options = { encoding: 'utf8', env: { ...process.env, ...environment } } as const;
    execFile(process.execPath, [launcher, 'run', ...words], options, (error, out, err) => {
      resolveExit({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

/** The verb in the foreground of its own; it has said its first line. */
async function started(words: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [launcher, 'run', '--json', ...anyPorts, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  children.push(child);
  let out = '';
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  const ended = once(child, 'close').then(() => 'ended');
  const first = await Promise.race([once(child.stdout, 'data'), ended]);
  if (first === 'ended') throw new Error(`it ended before it was ready:\n${err}`);
  return { child, output: () => out, errors: () => err };
}

const children: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe('btc-pinata run', () => {
  it('passes its words on, and the exit status back', async () => {
    const wrong = await run(['--http-port', '99999']);
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toContain('99999');
    expect(await run(['--no-such-flag'])).toMatchObject({ code: 2, out: '' });
  });

  it('asks the program for its own help', async () => {
    const help = await run(['--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    for (const flag of ['--key-file', '--test-credentials', '--dialback-target-port']) expect(help.out).toContain(flag);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s, and has said one line', async (signal) => {
    const { child, output } = await started();
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(output().trimEnd().split('\n')).toHaveLength(1);
  });

  describe.skipIf(procfs.missing)('is one process', () => {
    const proc = (pid: number | undefined, name: string): string => readFileSync(`/proc/${pid}/${name}`, 'utf8');

    /** The TCP ports on which it listens, whoever else has the inspector's on this machine. */
    function listeningPorts(pid: number | undefined): readonly number[] {
      const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
        try {
          return readlinkSync(`/proc/${pid}/fd/${fd}`);
        } catch {
          return ''; // closed since
        }
      });
      const rows = ['tcp', 'tcp6'].flatMap((family) => proc(pid, `net/${family}`).trim().split('\n').slice(1));
      return rows.flatMap((row) => {
        const [, local = '', , state, , , , , , inode] = row.trim().split(/\s+/);
        const listens = state === '0A' && links.includes(`socket:[${inode}]`);
        return listens ? [Number.parseInt(local.split(':')[1] ?? '', 16)] : [];
      });
    }

    it('of which no core file can be made, and whose command line and environment hold nothing of Node', async () => {
      const { child } = await started([], { NODE_OPTIONS: '--no-warnings', NODE_DEBUG: '', PINATA_OPERATOR: 'me' });
      expect(proc(child.pid, 'cmdline').split('\0')).toEqual(
        expect.arrayContaining(['--disable-sigusr1', '--disallow-code-generation-from-strings', '--no-addons']),
      );
      expect(proc(child.pid, 'cmdline')).toContain('service/main.ts');
      expect(proc(child.pid, 'limits')).toMatch(/Max core file size +0 +0 /);
      const environment = proc(child.pid, 'environ').split('\0');
      expect(environment.filter((entry) => entry.startsWith('NODE_'))).toEqual([]);
      expect(environment).toContain('PINATA_OPERATOR=me');
    });

    it('that opens no inspector, whatever it is sent', async () => {
      const pinata = await LivePinata.start();
      try {
        process.kill(pinata.pid ?? 0, 'SIGUSR1');
        await new Promise((resolveLater) => setTimeout(resolveLater, 300));
        expect(pinata.output).not.toContain('Debugger');
        const five = Object.values(pinata.ready.ports).toSorted();
        expect(listeningPorts(pinata.pid).toSorted()).toEqual(five);
        expect(await pinata.text('/healthz')).toContain('ok');
      } finally {
        await pinata.stop();
      }
    });

    it('to which a supervisor can hand open listeners (LISTEN_FDS)', async () => {
      const servers = await Promise.all(
        ['http', 'https', 'server', 'dialback', 'reverse'].map(async () => {
          const server = createServer().listen(0, '127.0.0.1');
          await once(server, 'listening');
          onTestFinished(() => void server.close());
          return server;
        }),
      );
      // Node has no other way to tell the descriptor of a listener.
      const descriptors = servers.map((server): number => Reflect.get(Reflect.get(server, '_handle'), 'fd'));
      const child = spawn(process.execPath, [launcher, 'run', '--json'], {
        stdio: ['ignore', 'pipe', 'inherit', ...descriptors],
        env: { ...process.env, LISTEN_FDS: '5', LISTEN_FDNAMES: 'http:https:server:dialback:reverse' },
      });
      children.push(child);
      const [line] = await once(child.stdout ?? process.stdin, 'data');
      const ports = servers.map((server) => (server.address() as AddressInfo).port);
      expect(Object.values(JSON.parse(String(line)).ports)).toEqual(ports);
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
    });

    it('into which NODE_OPTIONS cannot load a module', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'spy-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const [witness, spy] = [join(folder, 'witness'), join(folder, 'spy.mjs')];
      writeFileSync(
        spy,
        `if (process.argv[1]?.endsWith('main.ts')) (await import('node:fs')).writeFileSync('${witness}', '');`,
      );
      const { child } = await started([], { NODE_OPTIONS: `--import ${spy}` });
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(existsSync(witness)).toBe(false);
    });
  });
});
