import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { localSettings, words } from '../../status-page/local/options.ts';
import { freePort } from '../support/free-port.ts';
import { LivePinata } from '../support/live-pinata.ts';

/* `npm run status`, as anybody starts it. */

const program = resolve(import.meta.dirname, '../../status-page/local/main.ts');

test('shows the piñata of this machine without a node, and says what is unknown', async () => {
  const live = await LivePinata.start([], false);
  onTestFinished(() => live.stop());
  const data = mkdtempSync(join(tmpdir(), 'status-'));
  const ports = Object.entries(live.ready.ports).flatMap(([name, port]) => [`--${name}-port`, String(port)]);
  const chain = ['--chain', `http://127.0.0.1:${await freePort()}/api`]; // where nobody is, whatever this machine runs
  const child = spawn(
    process.execPath,
    [program, '--port', '0', '--data', data, '--interval', '1', ...chain, ...ports],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  onTestFinished(async () => {
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
    rmSync(data, { recursive: true, force: true });
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    output += part;
  });
  await expect.poll(() => output, { timeout: 300_000 }).toMatch(/Z stale\n/);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? '';
  const page = await fetch(`${url}/`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await page.text()).toContain(live.ready.address);
  const status: unknown = await (await fetch(`${url}/status.json`)).json();
  expect(status).toMatchObject({
    chain: { state: 'known', value: { verdict: 'stale' } },
    host: { server: { state: 'up' } },
  });
  expect((await fetch(`${url}/../state/poller.json`)).status).toBe(404);
  expect((await fetch(`${url}/state/poller.json`)).status).toBe(404);
  expect((await fetch(url, { method: 'POST' })).status).toBe(405);
});

test('of a port that is taken says which, and what to do', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const address = taken.address();
  const port = String(typeof address === 'object' ? address?.port : address);
  const data = mkdtempSync(join(tmpdir(), 'status-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const child = spawn(process.execPath, [program, '--port', port, '--data', data], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let error = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    error += part;
  });
  const [status] = await once(child, 'close');
  expect([status, error]).toEqual([2, expect.stringContaining(`127.0.0.1:${port}; name a free port with --port`)]);
});

test('once, where nobody is: what could not be had and why, and what to do', async () => {
  const data = mkdtempSync(join(tmpdir(), 'status-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const port = String(await freePort());
  const child = spawn(process.execPath, [program, '--once', '--http-port', port, '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    output += part;
  });
  const [status] = await once(child, 'close');
  expect(status).toBe(0);
  expect(output).toContain(`proof is unknown: 127.0.0.1:${port} does not answer: connection refused\n`);
  expect(output).toContain(
    `no piñata answers at 127.0.0.1:${port}: start one, with \`npm start\` in another terminal.`,
  );
});

test('asks of regtest the explorer that btc-pinata esplora makes, and of the others those that everybody knows', () => {
  const sourcesOf = (...argv: readonly string[]) => localSettings(words(argv)).sources;
  expect(sourcesOf()).toEqual(['http://127.0.0.1:3002/api']);
  expect(sourcesOf('--network', 'signet').length).toBeGreaterThanOrEqual(2);
  expect(sourcesOf('--chain', 'http://127.0.0.1:4000/api')).toEqual(['http://127.0.0.1:4000/api']);
});
