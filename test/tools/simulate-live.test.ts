import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { simulateKinds } from '../../service/tools/simulate-command.ts';
import { freePort } from '../support/free-port.ts';
import { LivePinata } from '../support/live-pinata.ts';
import { required } from '../support/required.ts';

/* The end-to-end test of classification: a crowd of every kind goes through a live piñata, which counts each as what it is. */

const launcher = resolve(import.meta.dirname, '../../infra/btc-pinata.mjs');
const loopback = required.condition(
  'all of 127.0.0.0/8 on the loopback',
  process.platform === 'linux',
  'a Linux machine: elsewhere a crowd has no addresses to come from',
);

const children = new Set<ReturnType<typeof spawn>>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

function started(...words: readonly string[]) {
  const child = spawn(process.execPath, [launcher, 'simulate', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const ended = once(child, 'close').then(([code]) => {
    children.delete(child);
    return { code: Number(code), ...said };
  });
  return { child, ended };
}

const simulate = (...words: readonly string[]) => started(...words).ended;
/** Milliseconds: some of a crowd wait half a minute by themselves, and then there is the machine. */
const long = 600_000;
/** Few at once: the machine of a test has other things to do. */
const gently = ['--concurrency', '8'];

describe.skipIf(loopback.missing)('btc-pinata simulate', () => {
  it('has everybody counted as what they were', { timeout: long }, async () => {
    const { code, out, err } = await simulate('--visitors', '100', '--connections', '300', '--json', ...gently);
    expect(err).toBe('');
    const report = JSON.parse(out);
    expect(report.differences, JSON.stringify(report.surprises)).toEqual([]);
    expect(report).toMatchObject({ seed: '1', cutConnections: 0, failures: {} });
    expect(report.visits.made).toBe(report.visits.planned);
    const names = (await simulateKinds()).map(({ name }) => name);
    expect(new Set(Object.keys(report.byKind))).toEqual(new Set(names));
    const counts: Record<string, { expected: number; counted: number }> = report.byCategory;
    for (const [key, { expected, counted }] of Object.entries(counts))
      if (key !== 'website.page') expect(counted, key).toBe(expected);
    expect(counts['success.short_circuit']?.counted).toBeGreaterThan(10);
    expect(counts['internal.exception']).toMatchObject({ counted: 0, article: 2 });
    expect(code).toBe(0);
  });

  it('says who was counted as something else: a piñata without TLS 1.2 refuses its clients otherwise', {
    timeout: long,
  }, async () => {
    const calledPort = await freePort();
    const pinata = await LivePinata.start(
      ['--tls', '1.3', '--dialback-target-port', `${calledPort}`, '--handshake-seconds', '10'],
      false,
    );
    onTestFinished(() => pinata.stop());
    const target = ['--target', `127.0.0.1:${pinata.ready.ports.http}`, '--dialback-target-port', `${calledPort}`];
    const { code, out } = await simulate(...target, '--visitors', '10', '--connections', '300', ...gently);
    expect(code).toBe(1);
    expect(out).toMatch(/NOT COUNTED AS WHAT THEY WERE: .*reneg\.missing: 0 instead of \d+/);
    expect(out).toMatch(/reneg\.missing +0 .*<-/);
  });

  it('ends early when it is told to, with the table so far', { timeout: long }, async () => {
    const management = await freePort();
    const pinata = await LivePinata.start(['--management-port', `${management}`], false);
    onTestFinished(() => pinata.stop());
    const { child, ended } = started(
      '--target',
      `127.0.0.1:${pinata.ready.ports.http}`,
      '--visitors',
      '20000',
      ...gently,
    );
    // Who asks there is in no statistics, while each question to the page would be a visitor that nobody expects.
    const seen = async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${management}/metrics`)).text();
      const counts = [...metrics.matchAll(/^pinata_connections_total\{.*\} (\d+)$/gm)].map(([, count]) =>
        Number(count),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    };
    await expect.poll(seen, { timeout: 120_000, interval: 200 }).toBeGreaterThan(30);
    child.kill('SIGINT');
    const { code, out } = await ended;
    expect(out).toContain('TLS connections');
    expect(out).toMatch(/ visits, of \d+ that were to come/);
    expect(out).toContain('every visitor was counted as what they were');
    expect(code).toBe(0);
  });

  it('ends when its time is up, leaves its piñata where it is told to, and takes it along even when it is killed', {
    timeout: long,
  }, async () => {
    const { child } = started('--visitors', '2000', '--seconds', '1', '--keep', ...gently);
    let err = '';
    child.stderr.on('data', (text: string) => (err += text));
    const page = () => /http:\/\/127\.0\.0\.1:\d+\//.exec(err)?.[0];
    await expect.poll(page, { timeout: 120_000, interval: 200 }).toBeDefined();
    const url = `${page()}healthz`;
    const answers = () =>
      fetch(url).then(
        ({ ok }) => ok,
        () => false,
      );
    expect(await answers()).toBe(true);
    child.kill('SIGKILL');
    await expect.poll(answers, { timeout: 120_000, interval: 200 }).toBe(false);
  });
});

describe('who asks for what cannot be', () => {
  it('is told that nobody is there', async () => {
    const { code, out, err } = await simulate('--target', `127.0.0.1:${await freePort()}`);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('there is no piñata at http://127.0.0.1:');
  });

  it('is told that somebody else is there', async () => {
    const other = createServer((_, response) => response.end('{"ports":{}}'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, err } = await simulate('--target', `127.0.0.1:${port}`);
    expect(code).toBe(1);
    expect(err).toContain('it does not name five ports');
  });

  it('is told what is allowed', async () => {
    const { code, err } = await simulate('--target', '192.0.2.1:8080');
    expect(code).toBe(2);
    expect(err).toContain('a crowd is sent to nobody else');
    expect(await simulate('--connections', '20')).toMatchObject({ code: 2, out: '' });
  });
});
