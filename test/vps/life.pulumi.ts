import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { VpsInputs } from '../../infra/vps/inputs.ts';
import { cloudOf, destroy, preview, up } from '../../infra/vps/run.ts';
import type { FakeCloud } from './fake-cloud.ts';
import { fakeDigitalOcean } from './fake-digitalocean.ts';
import { fakeHetzner } from './fake-hetzner.ts';
import { passphrase, place, testToken } from './place.ts';
import { digitalOceanSample, hetznerSample } from './sample-inputs.ts';

/* The life of a deployment on the real engine, with a state in a folder, against a stand-in of each cloud. */

const otherUserData = '#cloud-config\n{"hostname":"demo","upgraded":true}\n';

interface Case {
  readonly provider: VpsInputs['provider'];
  readonly open: () => Promise<{ readonly cloud: FakeCloud; readonly left: () => Record<string, number> }>;
  readonly inputs: (endpoint: string) => VpsInputs;
  /** The request that makes a server, and what deletes one. */
  readonly makesServer: RegExp;
  readonly deletesServer: RegExp;
  readonly stops: RegExp;
}

const cases: readonly Case[] = [
  {
    provider: 'hetzner',
    async open() {
      const cloud = await fakeHetzner(testToken);
      const { servers, primaryIps, volumes, firewalls } = cloud;
      const left = () => ({
        servers: servers.size,
        addresses: primaryIps.size,
        volumes: volumes.size,
        firewalls: firewalls.size,
      });
      return { cloud, left };
    },
    inputs: (endpoint) => ({ ...hetznerSample, endpoint }),
    makesServer: /^POST \/servers$/,
    deletesServer: /^DELETE \/servers\//,
    stops: /\/actions\/shutdown$/,
  },
  {
    provider: 'digitalocean',
    async open() {
      const cloud = await fakeDigitalOcean(testToken);
      const { droplets, reservedIps, volumes, firewalls } = cloud;
      const left = () => ({
        servers: droplets.size,
        addresses: reservedIps.size,
        volumes: volumes.size,
        firewalls: firewalls.size,
      });
      return { cloud, left };
    },
    inputs: (endpoint) => ({ ...digitalOceanSample, endpoint }),
    makesServer: /^POST \/v2\/droplets$/,
    deletesServer: /^DELETE \/v2\/droplets\//,
    stops: /^POST \/v2\/droplets\/\d+\/actions$/,
  },
];

/** Out of the engine's lock: it holds one while it works. */
function enginePid(folder: string): number {
  const locks = join(folder, '.pulumi', 'locks');
  const [name = ''] = readdirSync(locks, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.json'),
  );
  return v.parse(v.object({ pid: v.number() }), JSON.parse(readFileSync(join(locks, name), 'utf8'))).pid;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.each(cases)('$provider', ({ open, inputs: inputsAt, makesServer, deletesServer, stops }) => {
  let opened: Awaited<ReturnType<Case['open']>>;
  let here: ReturnType<typeof place>;
  let inputs: VpsInputs;
  beforeEach(async () => {
    opened = await open();
    here = place();
    inputs = inputsAt(opened.cloud.endpoint);
  });
  afterEach(async () => {
    await opened.cloud.close();
    here.remove();
  });
  const one = { servers: 1, addresses: 1, volumes: 1, firewalls: 1 };
  const make = (replaceServer = false, more: Partial<VpsInputs> = {}) =>
    // The spread keeps the provider that the sample has.
    up({ ...inputs, ...(more as object) }, { ...here.options, replaceServer });

  test('preview, up, up again, upgrade, destroy, and the volume when it is asked for', async () => {
    const { cloud, left } = opened;
    const { steps: plan, text } = await preview(inputs, here.options);
    expect(text).toMatch(/^\s*\+ .*:Volume: \(create\)/m);
    expect(text).not.toContain('\u001b');
    expect(plan.map(({ operation }) => operation)).not.toContain('delete');
    expect(plan.map(({ resource }) => resource)).toEqual(expect.arrayContaining(['address', 'volume', 'firewall']));
    expect(cloud.log).toEqual([]);
    expect(here.events).toEqual([]);

    const first = await make();
    expect(left()).toEqual(one);
    expect(here.events).toContainEqual({ kind: 'step', operation: 'create', resource: 'volume', state: 'done' });

    const asked = cloud.log.length;
    expect(await make()).toEqual(first);
    expect((await preview(inputs, here.options)).steps).toEqual([]);
    expect(cloud.log.length).toBe(asked);

    await expect(make(false, { userData: otherUserData })).rejects.toThrow(/would replace server-[0-9a-f]{8}.*upgrade/);
    expect(cloud.log.length).toBe(asked);

    const second = await make(true, { userData: otherUserData });
    expect(second).toMatchObject({ address: first.address, addressId: first.addressId, volumeId: first.volumeId });
    expect(second.serverId).not.toBe(first.serverId);
    expect(left()).toEqual(one);
    const upgrade = cloud.log.slice(asked);
    const at = (request: RegExp) => upgrade.findIndex((line) => request.test(line));
    expect(at(stops)).toBe(0);
    expect(at(makesServer)).toBeGreaterThan(0);
    // The old one goes last.
    expect(at(deletesServer)).toBe(upgrade.length - 1);

    expect(await destroy(inputs, { ...here.options, deleteVolume: false })).toMatchObject({
      kept: expect.arrayContaining(['volume']),
    });
    expect(left()).toEqual({ servers: 0, addresses: 0, volumes: 1, firewalls: 0 });

    const again = await make();
    expect(again.volumeId).toBe(first.volumeId);
    expect(left()).toEqual(one);

    expect(await destroy(inputs, { ...here.options, deleteVolume: true })).toEqual({ kept: [] });
    expect(left()).toEqual({ servers: 0, addresses: 0, volumes: 0, firewalls: 0 });
  });

  test('no token and no passphrase is in the state, nor in what the cloud was told', async () => {
    await make();
    const files = here.files();
    expect(files.size).toBeGreaterThan(2);
    const all = Buffer.concat([...files.values()]);
    expect(all.includes('cloud-config')).toBe(true);
    for (const secret of [testToken, passphrase]) {
      expect(all.includes(secret)).toBe(false);
      expect(opened.cloud.bodies.join('').includes(secret)).toBe(false);
    }
  });

  test('where the new server cannot be made, the old one goes on', async () => {
    const { cloud, left } = opened;
    const first = await make();
    const body =
      inputs.provider === 'hetzner'
        ? { error: { code: 'resource_unavailable', message: 'error during placement' } }
        : { id: 'unprocessable_entity', message: 'Size is not available in this region.' };
    cloud.fail(makesServer, { status: inputs.provider === 'hetzner' ? 412 : 422, body });
    await expect(make(true, { userData: otherUserData })).rejects.toThrow(/has no server of this type left/);
    expect(left()).toEqual(one);
    expect(cloud.log.filter((line) => deletesServer.test(line))).toEqual([]);
    // It runs again: a second run finds nothing to do.
    const asked = cloud.log.length;
    expect(await make()).toEqual(first);
    expect(cloud.log.length).toBe(asked);
  });

  test('a wrong token, a limit, a network that is not there: one sentence each, and nothing is half done', async () => {
    const { cloud, left } = opened;
    await expect(up(inputs, { ...here.options, token: 'wrong', replaceServer: false })).rejects.toThrow(
      /does not know this token: put one that may read and write into [A-Z_]+,/,
    );
    expect(left()).toEqual({ servers: 0, addresses: 0, volumes: 0, firewalls: 0 });
    const body =
      inputs.provider === 'hetzner'
        ? { error: { code: 'resource_limit_exceeded', message: 'server limit exceeded' } }
        : { id: 'unprocessable_entity', message: 'creating this/these droplet(s) will exceed your droplet limit' };
    cloud.fail(makesServer, { status: inputs.provider === 'hetzner' ? 403 : 422, body });
    await expect(make()).rejects.toThrow(/a limit of your account/);
    await expect(
      up({ ...inputs, endpoint: 'http://127.0.0.1:9' }, { ...here.options, replaceServer: false }),
    ).rejects.toThrow(/there is no way through to/);
    await make();
    expect(left()).toEqual(one);
  });

  test('killed while the server is being made, and run again: one of everything', async () => {
    const { cloud, left } = opened;
    // The cloud has made it, and whoever asked for it never hears of it.
    cloud.fail(makesServer, 'hang');
    const seen = cloud.seen(makesServer);
    const argument = JSON.stringify({ inputs, options: { ...here.options, onEvent: undefined } });
    const child = spawn(process.execPath, [join(import.meta.dirname, 'run-up.ts'), argument], {
      stdio: 'ignore',
    });
    const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`it ended by itself, with ${code}`)));
    await Promise.race([seen, ended]);
    // The engine is in a group of its own, and would go on.
    const engine = enginePid(here.options.folder);
    child.kill('SIGKILL');
    await once(child, 'exit');
    process.kill(engine, 'SIGKILL');
    await vi.waitUntil(() => !isAlive(engine), { timeout: 60_000, interval: 50 });
    expect(left()).toMatchObject({ servers: 1 });
    const outputs = await make();
    expect(left()).toEqual(one);
    expect(here.events).toContainEqual(expect.objectContaining({ kind: 'note' }));
    expect(await cloudOf(inputs, here.options).labelled('demo')).toContainEqual(
      expect.objectContaining({ kind: 'server', id: outputs.serverId }),
    );
  });
});
