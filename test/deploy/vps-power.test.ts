import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Deployment } from '../../infra/deploy/deployment.ts';
import { logsCommand, rotateCommand } from '../../infra/deploy/host-commands.ts';
import { hostPower } from '../../infra/deploy/host-power.ts';
import { existing } from '../../infra/deploy/names.ts';
import { writeDeployment } from '../../infra/deploy/state-file.ts';
import { tokenVariables } from '../../infra/vps/inputs.ts';
import type { StatementFields } from '../../service/bitcoin/index.ts';
import { fieldsOf } from '../attest/sample-statement.ts';
import { freePort } from '../support/free-port.ts';
import { cases, type Opened } from '../vps/clouds.ts';
import { testToken } from '../vps/place.ts';
import { hostSaying } from './host-saying.ts';
import { drafted, refundKey, scene } from './scene.ts';

/* rotate and logs of a VPS, against the stand-in of its cloud. */

describe.each(cases)('$provider', ({ provider, open, words }) => {
  let opened: Opened;
  beforeEach(async () => {
    opened = await open();
  });
  afterEach(() => opened.cloud.close());
  const restarts = provider === 'hetzner' ? /^POST \/servers\/7\/actions\// : /^POST \/v2\/droplets\/7\/actions$/;
  const looks = provider === 'hetzner' ? /^GET \/servers\/7$/ : /^GET \/v2\/droplets\/7$/;

  /** A deployment with server 7; what its host says may change. */
  async function deployed(fields: () => StatementFields | undefined, token = testToken) {
    const made = scene();
    const region = provider === 'hetzner' ? 'fsn1' : 'nyc3';
    const start = drafted({ host: provider, region, refundKey });
    const http = await hostSaying(fields);
    const host = { ...start.host, address: '127.0.0.1', ports: { ...start.host.ports, http }, serverId: '7' };
    const live: Deployment = { ...start, host, state: 'live' };
    writeDeployment(join(made.folder, 'pinata'), live);
    const around = {
      terminal: made.around.terminal,
      environment: { [tokenVariables[provider]]: token },
      power: (options: Parameters<typeof hostPower>[0]) => hostPower({ ...options, endpoint: opened.cloud.endpoint }),
    };
    return { made, around, argv: ['--folder', made.folder, '--yes'] };
  }

  test('rotate is one request, after which the server runs, or would be running again', async () => {
    let fields: StatementFields = fieldsOf('vault', 'regtest');
    const { made, around, argv } = await deployed(() => fields);
    opened.add('7');
    const done = rotateCommand(argv, around);
    await expect.poll(() => opened.cloud.log.length, { timeout: 60_000 }).toBe(1);
    fields = { ...fields, caSha256: '12'.repeat(32) };
    expect(await done, made.err()).toBe(0);
    expect(opened.cloud.log).toEqual([expect.stringMatching(restarts)]);
    expect(opened.cloud.bodies.join('')).not.toContain('shutdown');
    expect(opened.whole('7').runs).toBe(true);
  });

  /** Runs `rotate` as a process of its own, and kills it once this was asked of the cloud, and done, and not answered. */
  async function killedAt(request: RegExp, argv: readonly string[]): Promise<void> {
    const { struck } = opened.cloud.fail(request, 'hang');
    const script = join(import.meta.dirname, 'rotate-killed.ts');
    const child = spawn(process.execPath, [script, opened.cloud.endpoint, ...argv], {
      env: { ...process.env, [tokenVariables[provider]]: testToken },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const exit = once(child, 'exit');
    expect(await Promise.race([struck.then(() => 'asked'), exit.then(() => 'ended')])).toBe('asked');
    opened.cloud.heal();
    child.kill('SIGKILL');
    await exit;
  }
  const sample = fieldsOf('vault', 'regtest');
  const restarted: StatementFields = { ...sample, caSha256: '12'.repeat(32) };

  test('rotate, killed before the cloud was asked to, and run again: one restart', async () => {
    let fields = sample;
    const { made, around, argv } = await deployed(() => fields);
    opened.add('7');
    await killedAt(looks, argv);
    expect(opened.cloud.log).toEqual([]);
    const done = rotateCommand(argv, around);
    await expect.poll(() => opened.cloud.log.length, { timeout: 60_000 }).toBe(1);
    fields = restarted;
    expect(await done, made.err()).toBe(0);
    expect(opened.cloud.log).toEqual([expect.stringMatching(restarts)]);
    expect(made.out()).toContain('A rotate that was interrupted is ended');
  });

  test('rotate, killed once the cloud does it, and run again: no second restart, also while nobody answers', async () => {
    for (const silent of [false, true]) {
      let fields: StatementFields | undefined = sample;
      let unanswered = 0;
      const { made, around, argv } = await deployed(() => {
        if (fields === undefined) unanswered += 1;
        return fields;
      });
      opened.add('7');
      opened.cloud.log.length = 0;
      await killedAt(restarts, argv);
      fields = silent ? undefined : restarted;
      const done = rotateCommand(argv, around);
      if (silent) await expect.poll(() => unanswered, { timeout: 60_000 }).toBeGreaterThan(2);
      fields = restarted;
      expect(await done, made.err()).toBe(0);
      expect(opened.cloud.log).toHaveLength(1);
      expect(made.out()).toContain('It is back, with the authority 1212121212121212..., and the same wallet.');
      expect(opened.whole('7').runs).toBe(true);
      expect(readdirSync(join(made.folder, 'pinata'))).toEqual(['deployment.json']);
    }
  });

  test('what the cloud refuses is one sentence and status 1', async () => {
    const { made, around, argv } = await deployed(() => fieldsOf('vault', 'regtest'));
    opened.add('7');
    const told = async (): Promise<string> => {
      const before = made.err().length;
      expect(await rotateCommand(argv, around)).toBe(1);
      const text = made.err().slice(before);
      expect(text.trim().split('\n')).toHaveLength(1);
      return text;
    };
    for (const [why, sentence] of [
      ['permission', /does not allow this with the token in [A-Z_]+/],
      ['throttled', /asked us to slow down/],
      ['fault', /has a fault of its own/],
    ] as const) {
      const [status, body] = words[why];
      opened.cloud.fail(restarts, { status, body });
      expect(await told()).toMatch(sentence);
    }
    around.environment = { [tokenVariables[provider]]: 'another' };
    expect(await told()).toMatch(/does not know this token/);
    around.environment = {};
    expect(await told()).toMatch(/(HCLOUD|DIGITALOCEAN)_TOKEN is not set/);
    // A restart that was refused is none that was begun.
    expect(readdirSync(join(made.folder, 'pinata'))).toEqual(['deployment.json']);
  });

  test('logs is what the process says on its page, the oldest first, and where the console of its boot is', async () => {
    const { made, around, argv } = await deployed(() => fieldsOf('vault', 'regtest'));
    const words = argv.slice(0, 2);
    expect(await logsCommand(words, around), made.err()).toBe(0);
    expect(made.out().trim().split('\n').slice(0, 3)).toEqual([
      '2026-11-22T01:00:00Z started',
      '2026-11-22T01:20:00Z rotated generation=2 caSha256=ab',
      '2026-11-22T01:30:00Z released port=server release=short_circuit',
    ]);
    expect(made.out()).toMatch(/shown by https:\/\/\S+, under the server 7/);
  });

  test('logs of a host that does not answer: where the console is', async () => {
    const { made, around, argv } = await deployed(() => {
      throw new Error('not asked');
    });
    const folder = join(made.folder, 'pinata');
    const deployment = existing(folder, 'pinata');
    const ports = { ...deployment.host.ports, http: await freePort() };
    writeDeployment(folder, { ...deployment, host: { ...deployment.host, ports } });
    expect(await logsCommand(argv.slice(0, 2), around)).toBe(1);
    expect(made.err()).toMatch(
      /does not answer at http:\/\/127\.0\.0\.1:\d+\/log\.json.*https:\/\/\S+, under the server 7/,
    );
  });
});
