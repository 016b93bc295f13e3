import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { createBase58check } from '@scure/base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../infra/build/bundle.ts';
import { anyPorts, Program } from '../host/program.ts';
import { eventually, readBy } from '../host/relay.ts';
import { textOf } from '../host/trace-store.ts';
import { formsOfKey } from '../support/forms-of-a-key.ts';
import { freePort } from '../support/free-port.ts';
import { trace } from '../tools/trace-run.ts';
import { launcher, noSandbox } from './confined.ts';

/* The service in its sandbox does all that it does outside: pages, proofs, bridges of both kinds, traces, its end. */

const folder = mkdtempSync(join(tmpdir(), 'pinata-confined-'));
const bundled = join(folder, 'btc-pinata.cjs');
beforeAll(async () => {
  if (!noSandbox) writeFileSync(bundled, (await bundle()).bytes);
});
afterAll(() => rmSync(folder, { recursive: true }));

const verb = [process.execPath, launcher, 'run', '--sandbox'];
const sandboxed = (flags: readonly string[], environment: Readonly<Record<string, string>> = {}): Program =>
  new Program(['--program', bundled, '--json', ...flags], { program: verb, environment });

/** Of the launcher: standard output, whatever its status. */
async function said(...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [launcher, ...words], { maxBuffer: 1 << 26 });
  return stdout;
}

const bridged = async (ports: Readonly<Record<string, number>>, ...more: readonly string[]): Promise<string> => {
  const flags = ['http', 'server', 'reverse', 'dialback'].flatMap((name) => [`--${name}-port`, String(ports[name])]);
  const { outcome } = JSON.parse(await said('bridge', '127.0.0.1', ...flags, ...more, '--json'));
  return outcome;
};

/** Nobody here knows its authority beforehand. */
const overTls = (port: number, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.once('end', () => resolve(text));
    }).once('error', reject);
  });

describe.skipIf(noSandbox).each([
  ['with a compiler', []],
  ['without one', ['--jitless']],
  ['in threads', ['--threads', '2']],
])('%s', (kind, more) => {
  const data = join(folder, `data ${kind}`);
  const credentials = join(folder, `credentials ${kind}`);
  const keyFile = join(folder, `key ${kind}`);
  const scalar = secp256k1.utils.randomSecretKey();
  const wif = createBase58check(sha256).encode(Uint8Array.of(0xef, ...scalar, 1));
  const heard: { readonly where: string; readonly bytes: Uint8Array }[] = [];
  const hear = (where: string, bytes: Uint8Array | string): string => {
    heard.push({ where, bytes: Buffer.from(bytes) });
    return String(bytes);
  };
  let program: Program;
  let ready: Awaited<ReturnType<Program['ready']>>;
  let flags: readonly string[];
  let target: number;

  beforeAll(async () => {
    writeFileSync(keyFile, `${wif}\n`, { mode: 0o600 });
    target = await freePort();
    flags = [
      ...[...more, ...anyPorts, '--management-port', '0', '--data', data, '--key-file', keyFile],
      ...['--test-credentials', credentials, '--dialback-target-port', String(target)],
    ];
    program = sandboxed(flags);
    ready = await program.ready();
  });
  afterAll(async () => {
    await program?.stop();
  });

  const page = async (path: string, port = ready.ports['http'], init: RequestInit = {}): Promise<string> =>
    hear(path, await (await fetch(`http://127.0.0.1:${port}${path}`, init)).text());

  it('runs the bundle, with the key that it was given', () => {
    expect(ready['build']).toBe(createHash('sha256').update(readFileSync(bundled)).digest('hex'));
    expect(ready['keyOrigin']).toBe('imported');
    expect(ready.ports['http']).toBeGreaterThan(0);
  });

  it('short-circuits, with the port that takes our connection and with the one that calls back', async () => {
    expect(await bridged(ready.ports)).toBe('confirmed');
    expect(await bridged(ready.ports, '--dialback', '--dialback-target-port', String(target))).toBe('confirmed');
  });

  it('has its page over HTTP and HTTPS, and figures for the operator', async () => {
    expect(await page('/')).toContain('<!doctype html>');
    const status = JSON.parse(hear('https', await overTls(ready.ports['https'] ?? 0, '/status.json')));
    expect(status.successes.paired).toBe(4);
    expect(status.connections.byCategory['internal.exception']).toBe(0);
    expect(await page('/metrics', Number(ready['managementPort']))).toContain('# EOF');
    expect(await page('/log.json', Number(ready['managementPort']))).toContain('released');
  });

  it('writes down what came', async () => {
    const { attempts } = await eventually(
      async () => JSON.parse(await page('/attempts.json')),
      (document) => document.attempts.length >= 4,
    );
    expect(new Set(attempts.map(({ port }: { readonly port: string }) => port))).toContain('dialback');
  });

  it('signs that it runs in this sandbox', async () => {
    const text = await page('/attestation.json');
    const { statement } = JSON.parse(text);
    const manifest = await said('run', '--sandbox', '--print', 'manifest', ...flags);
    expect(statement).toContain(`\nsandbox: ${createHash('sha256').update(manifest).digest('hex')}\n`);
    expect(await page('/sandbox.json')).toBe(manifest);
  });

  it('ends when it is told to, with 0; its traces are whole, and the key is in nothing that came out', async () => {
    expect(await program.stop()).toEqual({ code: 0, signal: null });
    const { status, out, err } = await trace(['verify', data]);
    expect([status, err]).toEqual([0, '']);
    hear('trace verify', out);
    hear('standard output', program.stdout);
    hear('standard error', program.stderr);
    for (const entry of readdirSync(data, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      hear(path, readFileSync(path));
      if (path.endsWith('.zst')) hear(path, textOf(path));
    }
    const found = formsOfKey(scalar, wif).flatMap(([form, needle]) =>
      heard.filter(({ bytes }) => Buffer.from(bytes).includes(needle)).map(({ where }) => `${form} in ${where}`),
    );
    expect(found).toEqual([]);
    expect(heard.length).toBeGreaterThan(10);
  });
});

describe.skipIf(noSandbox)('its parent', () => {
  it('is killed: so is what it started', async () => {
    const program = sandboxed(anyPorts);
    const { ports } = await program.ready();
    const socket = connect(ports['http'] ?? 0, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    await readBy(ports['http'] ?? 0);
    program.child.kill('SIGKILL');
    await closed;
  });

  it('is told to stop twice: the service ends where it stands', async () => {
    const program = sandboxed([...anyPorts, '--shutdown-seconds', '60']);
    const { ports } = await program.ready();
    // A handshake that never goes on keeps the first signal waiting.
    const socket = connect(ports['server'] ?? 0, '127.0.0.1');
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(Uint8Array.of(0x16, 3, 1, 0, 200, 1));
    await readBy(ports['http'] ?? 0);
    program.child.kill('SIGTERM');
    await eventually(
      () => program.stderr,
      (text) => text.includes('stopping'),
    );
    program.child.kill('SIGTERM');
    expect((await program.ended()).code).toBe(1);
    socket.destroy();
  });

  it('hands on how the service ended, and why', async () => {
    const file = join(folder, 'no key');
    writeFileSync(file, 'nonsense\n', { mode: 0o600 });
    const program = sandboxed([...anyPorts, '--key-file', file]);
    expect((await program.ended()).code).toBe(2);
    expect(program.stderr).toContain('btc-pinata run: --key-file');
  });

  it('goes on when nobody reads its output any more', async () => {
    const program = sandboxed(anyPorts);
    const { ports } = await program.ready();
    program.child.stdout?.destroy();
    program.child.stderr?.destroy();
    expect(await bridged(ports)).toBe('confirmed'); // which it logs
    await readBy(ports['http'] ?? 0);
    expect(await program.stop()).toEqual({ code: 0, signal: null });
  });

  it('says that bubblewrap is missing, and how to get it', async () => {
    const program = sandboxed(anyPorts, { PATH: folder });
    expect((await program.ended()).code).toBe(1);
    expect(program.stderr).toContain('apt-get install bubblewrap');
  });

  it('says that a port is taken, and by which flag to choose another', async () => {
    const first = sandboxed(anyPorts);
    const { ports } = await first.ready();
    const second = sandboxed([...anyPorts.slice(2), '--http-port', String(ports['http'])]);
    expect((await second.ended()).code).toBe(1);
    expect(second.stderr).toContain('--http-port');
    await first.stop();
  });
});

describe('what no sandbox can have', () => {
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const passphrase = ['--seal-passphrase-file', '/nowhere', '--data', empty];

  it.each([
    [['--key-credential', 'wallet'], /--key-credential: not with --sandbox/],
    [['--seal-systemd-creds', '--data', empty], /--seal-systemd-creds: not with --sandbox/],
    [['--chain', 'https://example.org/'], /--chain: not with --sandbox/],
    [['--dialler', 'parent'], /--dialler: not with --sandbox/],
    [['--sandbox-manifest', '/x'], /--sandbox-manifest: not with --sandbox/],
    [passphrase, /there is no sealed wallet in/],
    [['--memory', '10'], /--memory: "10" is not allowed/],
    [['--memory'], /--memory: it needs a value/],
    [['--print', 'poem'], /--print: "poem" is not allowed/],
    [['--jitless=yes'], /--jitless: it takes no value/],
    [['--nonsense'], /nonsense/],
    [['--key-file', join(folder, 'absent')], /--key-file: .* cannot be used \(ENOENT\)/],
  ])('%j is refused with 2', async (flags, problem) => {
    const program = sandboxed([...anyPorts, ...flags]);
    expect((await program.ended()).code).toBe(2);
    expect(program.stderr).toMatch(problem);
  });
});
