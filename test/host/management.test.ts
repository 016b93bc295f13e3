import { describe, expect, test } from 'vitest';
import { configure } from '../../service/host/configuration.ts';
import { createLog } from '../../service/host/log.ts';
import { RecentLog } from '../../service/host/recent-log.ts';
import { failureKeys } from '../../service/trace/index.ts';
import { sampleAttestation } from '../site/sample-view.ts';
import { type ReadFamily, readOpenMetrics } from '../support/open-metrics-checker.ts';
import { type LiveService, liveService } from './live-service.ts';
import { anyPorts, Program } from './program.ts';
import { dial, join, readAll } from './relay.ts';

/* The operator's own listener: what it says, to whom, and that it is nowhere else. */

const managed = (flags: readonly string[] = []): Promise<LiveService> =>
  liveService(['--management-port', '0', ...flags]);

const at = ({ service }: LiveService, path: string): string =>
  `http://127.0.0.1:${service.management?.port ?? 0}${path}`;

async function scraped(live: LiveService): Promise<ReadonlyMap<string, ReadFamily>> {
  const response = await fetch(at(live, '/metrics'), { headers: { connection: 'close' } });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  return new Map(readOpenMetrics(await response.text()).map((family) => [family.name, family]));
}

/** The value with exactly these labels. */
function measured(
  families: ReadonlyMap<string, ReadFamily>,
  family: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels);
  return families
    .get(family)
    ?.samples.find((sample) => wanted.every(([name, value]) => sample.labels.get(name) === value))?.value;
}

describe('the management listener', () => {
  test('is not there unless it is asked for', async () => {
    expect((await liveService()).service.management).toBeUndefined();
    expect((await liveService(['--management-listen', '127.0.0.1'])).service.management).toBeUndefined();
  });

  test('counts connections by port and category, and handshakes by how far they came', async () => {
    const live = await managed();
    const { ports } = live.service;
    const server = await dial(ports.server);
    await join(server, await dial(ports.reverse));
    server.destroy();
    const stranger = await dial(ports.server);
    stranger.end('please give key\r\n');
    await readAll(stranger);
    await live.counted('success.short_circuit', 2);
    await live.counted('record.not_tls', 1);
    const metrics = await scraped(live);
    const connections = (port: string, category: string) => measured(metrics, 'pinata_connections', { port, category });
    expect(connections('server', 'success.short_circuit')).toBe(1);
    expect(connections('reverse', 'success.short_circuit')).toBe(1);
    expect(connections('server', 'record.not_tls')).toBe(1);
    expect(measured(metrics, 'pinata_releases', { kind: 'short_circuit' })).toBe(2);
    expect(measured(metrics, 'pinata_releases', { kind: 'breach' })).toBe(0);
    expect(measured(metrics, 'pinata_bridges')).toBe(1);
    expect(measured(metrics, 'pinata_handshakes', { port: 'server', stage: 'begun' })).toBe(1);
    expect(measured(metrics, 'pinata_handshakes', { port: 'server', stage: 'established' })).toBe(1);
    expect(measured(metrics, 'pinata_handshakes', { port: 'reverse', stage: 'established' })).toBe(1);
    expect(measured(metrics, 'pinata_handshakes_negotiated', { port: 'server', version: '1.3' })).toBe(1);
    expect(measured(metrics, 'pinata_handshakes_negotiated', { port: 'server', version: '1.2' })).toBe(0);
    expect(measured(metrics, 'pinata_faults', { reason: 'record_not_tls' })).toBe(1);
    // What is recorded waits in a queue for a moment.
    const recorded = async () => measured(await scraped(live), 'pinata_traces_attempts');
    await expect.poll(recorded, { timeout: 60_000 }).toBe(3);
    expect(measured(metrics, 'pinata_traces_sampled_away')).toBe(0);
    for (const { labels } of metrics.get('pinata_connections')?.samples ?? [])
      expect(failureKeys).toContain(labels.get('category'));
  });

  test('tells of the program, its generation and its process', async () => {
    const live = await managed();
    const metrics = await scraped(live);
    const [build] = metrics.get('pinata_build')?.samples ?? [];
    expect(Object.fromEntries(build?.labels ?? [])).toEqual({
      version: '0.0.0',
      build: sampleAttestation.build,
      node: process.version,
      network: 'regtest',
    });
    expect(measured(metrics, 'pinata_generation')).toBe(1);
    const expiry = measured(metrics, 'pinata_generation_expiry_timestamp_seconds') ?? 0;
    expect(expiry).toBeGreaterThan(live.clock.seconds() + 89 * 86_400);
    expect(measured(metrics, 'pinata_memory_bytes', { kind: 'resident' })).toBeGreaterThan(1_000_000);
    expect(measured(metrics, 'pinata_cpu_seconds', { mode: 'user' })).toBeGreaterThan(0);
    const delay = metrics.get('pinata_event_loop_delay_seconds');
    expect(delay?.type).toBe('summary');
    expect(delay?.samples.every(({ value }) => value >= 0)).toBe(true);
    live.clock.pass(61 * 86_400);
    await expect.poll(async () => measured(await scraped(live), 'pinata_generation'), { timeout: 60_000 }).toBe(2);
    expect(measured(await scraped(live), 'pinata_uptime_seconds')).toBe(61 * 86_400);
  });

  test('has the newest lines of the log, as they went there', async () => {
    const live = await managed();
    const server = await dial(live.service.ports.server);
    await join(server, await dial(live.service.ports.reverse));
    server.destroy();
    await live.counted('success.short_circuit', 2);
    const document = await (await fetch(at(live, '/log.json'))).json();
    const released = document.lines.filter(({ event }: { event: string }) => event === 'released');
    expect(released.map(({ values }: { values: unknown }) => values)).toEqual(
      expect.arrayContaining([
        { port: 'server', release: 'short_circuit' },
        { port: 'reverse', release: 'short_circuit' },
      ]),
    );
    expect(live.log().match(/ released /g)).toHaveLength(released.length);
  });

  test('is asked by nobody who can be counted: what it answers is in no statistics', async () => {
    const live = await managed();
    for (let i = 0; i < 5; i += 1) await scraped(live);
    const metrics = await scraped(live);
    expect(metrics.get('pinata_connections')?.samples).toEqual([]);
  });

  test('is read-only, and knows three paths', async () => {
    const live = await managed();
    const status = async (path: string, method = 'GET') => (await fetch(at(live, path), { method })).status;
    expect(await status('/healthz')).toBe(200);
    expect(await status('/metrics', 'HEAD')).toBe(200);
    for (const path of ['/', '/status.json', '/metrics/', '/%6detrics']) expect(await status(path)).toBe(404);
    for (const method of ['POST', 'PUT', 'DELETE']) expect(await status('/metrics', method)).toBe(405);
    const answer = await fetch(at(live, '/metrics'));
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    await answer.text();
  });

  test('is not on the ports that strangers come to', async () => {
    const live = await managed();
    const there = (path: string) => fetch(`http://127.0.0.1:${live.service.ports.http}${path}`);
    expect((await there('/metrics')).status).toBe(404);
    // There a document of this name is another one: test/site has what may be in it.
    expect(Object.keys(await (await fetch(at(live, '/log.json'))).json())).toContain('forgotten');
    expect(Object.keys(await (await there('/log.json')).json())).toEqual(['asOf', 'startedAt', 'lines']);
  });

  test('answers garbage and goes on', async () => {
    const live = await managed();
    const socket = await dial(live.service.management?.port ?? 0);
    socket.end(Uint8Array.of(22, 3, 1, 0, 1, 0, 255));
    expect(String(await readAll(socket))).toMatch(/^HTTP\/1\.1 400 /);
    expect((await scraped(live)).size).toBeGreaterThan(10);
  });
});

describe('where it listens', () => {
  const judged = (...argv: readonly string[]) => {
    const result = configure({ argv: ['--management-port', '9100', ...argv], environment: {}, readFile: () => '{}' });
    return result.type === 'problems' ? result.problems.join() : result.type;
  };

  test.each(['127.0.0.1', '::1', '10.1.2.3', '192.168.1.1', '100.64.0.1', 'fd00::1'])('%s is near', (address) => {
    expect(judged('--management-listen', address)).toBe('run');
  });

  test.each(['0.0.0.0', '::', '203.0.113.1', '8.8.8.8', '2001:4860::1', '::ffff:8.8.8.8', '172.32.0.1'])(
    '%s is not, and must be meant',
    (address) => {
      expect(judged('--management-listen', address)).toContain('--allow-public-management');
      expect(judged('--management-listen', address, '--allow-public-management')).toBe('run');
    },
  );

  test('never on a port of the bounty or the website', () => {
    expect(judged('--http-port', '9100')).toContain('9100 is given to each');
  });

  test('who finds its port taken is told, and does not run', async () => {
    const live = await managed();
    const port = String(live.service.management?.port ?? 0);
    const program = new Program(['--json', ...anyPorts, '--management-port', port]);
    expect(await program.ended()).toEqual({ code: 1, signal: null });
    expect(program.stderr).toContain(`management: cannot listen on 127.0.0.1 port ${port} (EADDRINUSE)`);
  });

  test('a program says where', async () => {
    const program = new Program(['--json', ...anyPorts, '--management-port', '0']);
    const { managementPort } = await program.ready();
    const answer = await fetch(`http://127.0.0.1:${managementPort}/healthz`);
    expect(await answer.text()).toBe('ok\n');
    expect(await program.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('the lines that are remembered', () => {
  test('are those that were written, the newest first, five hundred of them', () => {
    const written: string[] = [];
    const recent = new RecentLog(
      createLog(
        (line) => written.push(line),
        () => new Date(0),
      ),
      () => new Date(0),
    );
    for (let i = 0; i < 510; i += 1) recent.log('event', { i });
    recent.log('last');
    expect(written).toHaveLength(511);
    expect(recent.lines).toHaveLength(500);
    expect(recent.lines[0]).toEqual({ at: '1970-01-01T00:00:00.000Z', event: 'last', values: {} });
    expect(recent.lines[1]?.values).toEqual({ i: 509 });
    expect(recent.forgotten).toBe(11);
  });

  test('keep what they were, whatever becomes of what they were made from', () => {
    const recent = new RecentLog(() => undefined);
    const values = { port: 'server' };
    recent.log('event', values);
    values.port = 'changed';
    expect(recent.lines[0]?.values).toEqual({ port: 'server' });
  });
});
