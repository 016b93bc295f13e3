import { describe, expect, test } from 'vitest';
import type { VpsInputs } from '../../infra/vps/inputs.ts';
import { destroy, preview, up } from '../../infra/vps/run.ts';
import { openStack } from '../../infra/vps/workspace.ts';
import { cases, otherUserData } from './clouds.ts';
import { passphrase, testToken } from './place.ts';
import { type Scene, setEachTime } from './scene.ts';

/* The life of a deployment on the real engine, with a state in a folder, against a stand-in of each cloud. */

describe.each(cases)('$provider', ({ provider, open, inputs: inputsAt, makesServer, deletesServer, stops, words }) => {
  let opened: Scene['opened'];
  let here: Scene['here'];
  let inputs: Scene['inputs'];
  setEachTime({ open, inputs: inputsAt }, (scene) => {
    ({ opened, here, inputs } = scene);
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
    // Nor is it there under a seal.
    const stack = await openStack({ ...here.options, provider, name: inputs.name }, async () => ({}));
    const unsealed = JSON.stringify(await stack.exportStack());
    expect(unsealed).toContain('cloud-config');
    expect(unsealed).not.toContain(testToken);
  });

  test('where the new server cannot be made, the old one goes on', async () => {
    const { cloud, left, whole } = opened;
    const first = await make();
    const [status, body] = words.noServer;
    cloud.fail(makesServer, { status, body });
    await expect(make(true, { userData: otherUserData })).rejects.toThrow(/has no server of this type left/);
    expect(left()).toEqual(one);
    expect(cloud.log.filter((line) => deletesServer.test(line))).toEqual([]);
    // It runs again: a second run finds nothing to do.
    expect(whole(first.serverId)).toEqual({ runs: true, hasAddress: true, hasVolume: true });
    const asked = cloud.log.length;
    expect(await make()).toEqual(first);
    expect(cloud.log.length).toBe(asked);
  });
});
