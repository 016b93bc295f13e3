import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clearPending } from '../../infra/vps/interrupted.ts';
import { labelsOf, tagOf } from '../../infra/vps/labels.ts';
import { cloudOf } from '../../infra/vps/run.ts';
import { type EngineState, readState, type StateResource } from '../../infra/vps/state.ts';
import { cases } from './clouds.ts';
import {
  firewallOf as digitalOceanFirewall,
  volumeOf as digitalOceanVolume,
  dropletOf,
} from './digitalocean-answers.ts';
import { fakeDigitalOcean } from './fake-digitalocean.ts';
import { fakeHetzner } from './fake-hetzner.ts';
import { holding, names, resource, urnOf } from './held-state.ts';
import { firewallOf as hetznerFirewall, volumeOf as hetznerVolume, primaryIpOf, serverOf } from './hetzner-answers.ts';
import { testToken } from './place.ts';
import { sampleId } from './sample-inputs.ts';

/* What a run that was killed leaves of what it asked for: this deployment's own is cleared away, and nothing else. */

const owner = { name: 'demo', id: sampleId };

/** By its kind, what a cloud has under these names; what is put there has this id in its label. Then which are there still. */
const worlds = {
  async hetzner() {
    const cloud = await fakeHetzner(testToken);
    const { servers, primaryIps, volumes, firewalls } = cloud;
    return {
      cloud,
      types: {
        server: 'hcloud:index/server:Server',
        address: 'hcloud:index/primaryIp:PrimaryIp',
        volume: 'hcloud:index/volume:Volume',
        firewall: 'hcloud:index/firewall:Firewall',
      },
      put(id: string | undefined, server = 'demo-0badcafe') {
        const labels = id === undefined ? { 'btc-pinata': 'demo' } : labelsOf({ name: 'demo', id });
        servers.set(1, serverOf(1, { name: server, labels }, [], undefined));
        primaryIps.set(2, primaryIpOf(2, { name: 'demo', labels }));
        volumes.set(3, hetznerVolume(3, { name: 'demo', labels }));
        firewalls.set(4, hetznerFirewall(4, { name: 'demo', labels, rules: [] }));
        return { server: '1', address: '2', volume: '3', firewall: '4' };
      },
      join: () => Object.assign(volumes.get(3) ?? {}, { server: 1 }),
      there: () => [servers, primaryIps, volumes, firewalls].flatMap((all) => [...all.keys()].map(String)),
    };
  },
  async digitalocean() {
    const cloud = await fakeDigitalOcean(testToken);
    const { droplets, volumes, firewalls, tags } = cloud;
    return {
      cloud,
      types: {
        server: 'digitalocean:index/droplet:Droplet',
        volume: 'digitalocean:index/volume:Volume',
        firewall: 'digitalocean:index/firewall:Firewall',
        tag: 'digitalocean:index/tag:Tag',
      },
      put(id: string | undefined, server = 'demo-0badcafe') {
        const tag = id === undefined ? 'btc-pinata:demo' : tagOf({ name: 'demo', id });
        const rest = { tags: [tag], description: '', size_gigabytes: 10, inbound_rules: [], outbound_rules: [] };
        const volume = digitalOceanVolume(3, { name: 'demo', ...rest });
        const firewall = digitalOceanFirewall(4, { name: 'demo', ...rest });
        tags.add(tag);
        droplets.set('1', dropletOf(1, { name: server, ...rest }));
        volumes.set(String(volume['id']), volume);
        firewalls.set(String(firewall['id']), firewall);
        return { server: '1', volume: String(volume['id']), firewall: String(firewall['id']), tag };
      },
      join: () => Object.assign([...volumes.values()][0] ?? {}, { droplet_ids: [1] }),
      there: () => [...droplets.keys(), ...volumes.keys(), ...firewalls.keys(), ...tags],
    };
  },
};

const called = (kind: string) => (kind === 'server' ? 'server-0badcafe' : kind);

describe.each(cases)('$provider', ({ provider }) => {
  let world: Awaited<ReturnType<(typeof worlds)[typeof provider]>>;
  beforeEach(async () => {
    world = await worlds[provider]();
  });
  afterEach(async () => {
    await world.cloud.close();
    expect(world.cloud.faulty).toEqual([]);
  });
  const kinds = () => Object.entries(world.types);
  /** A state with all of them under way. */
  const during = (type: 'creating' | 'deleting', resources: readonly StateResource[] = []): EngineState => ({
    resources: [...resources],
    pending_operations: kinds().map(([kind, of]) => ({ type, resource: resource(of, called(kind)) })),
  });
  async function cleared(state: EngineState) {
    const stack = holding(state);
    const cloud = cloudOf({ provider, endpoint: world.cloud.endpoint }, { token: testToken, waiting: { every: 5 } });
    const notes = await clearPending(stack, cloud, owner);
    return { notes, left: await names(stack), pending: (await readState(stack)).pending_operations };
  }

  test('what was made unheard is deleted, once, and the state no longer waits for it', async () => {
    world.put(sampleId);
    const { notes, left, pending } = await cleared(during('creating'));
    expect(notes).toHaveLength(kinds().length);
    expect([left, pending, world.there()]).toEqual([[], [], []]);
    expect(await cleared({ resources: [], pending_operations: [] })).toMatchObject({ notes: [] });
  });

  test('what is in the state stays', async () => {
    const ids = Object.entries(world.put(sampleId));
    const resources = kinds().map(([kind, type]) => {
      return resource(type, called(kind), { id: ids.find(([one]) => one === kind)?.[1] ?? '' });
    });
    const there = world.there();
    expect(await cleared(during('creating', resources))).toMatchObject({ notes: [], pending: [] });
    expect(world.there()).toEqual(there);
  });

  test.each([['fedcba9876543210'], [undefined]])(
    'what is called the same and is of another deployment (its id is %s) is not touched',
    async (id) => {
      world.put(id);
      const there = world.there();
      expect(await cleared(during('creating'))).toMatchObject({ notes: [], pending: [] });
      expect([world.there(), world.cloud.log]).toEqual([there, []]);
    },
  );

  test('its own of which none was under way stays, as does a server of another mark', async () => {
    world.put(sampleId);
    const there = world.there();
    expect(await cleared(during('deleting'))).toMatchObject({ notes: [] });
    expect(world.there()).toEqual(there);
    world.put(sampleId, 'demo-11111111');
    expect((await cleared(during('creating'))).notes.join(' ')).not.toContain('server');
    expect(world.there()).toEqual(['1']);
  });

  test('a volume that a server has is refused, and stays', async () => {
    const { volume } = world.put(sampleId);
    world.join();
    const all = during('creating');
    const volumes = all.pending_operations?.filter(({ resource: { type } }) => type === world.types.volume) ?? [];
    await expect(cleared({ ...all, pending_operations: volumes })).rejects.toThrow(
      new RegExp(`^volume demo \\(${volume}\\) at \\w+ is not of this deployment's state, and a server has it`),
    );
    expect(world.there()).toContain(volume);
  });

  test('what was being deleted and is gone is forgotten, and what is there still is not', async () => {
    const { volume } = world.put(sampleId);
    const has = (kind: string, type: string) => resource(type, called(kind), { id: kind === 'volume' ? volume : '99' });
    const resources = kinds().map(([kind, type]) => has(kind, type));
    const stays = resource('btc-pinata:vps:Host', 'host');
    const joint = resource('any:index/attachment:Attachment', 'attachment', {
      id: 'it',
      dependencies: resources.map(({ urn }) => urn),
    });
    const state = during('deleting', [stays, ...resources, joint]);
    const stack = holding(state);
    const cloud = cloudOf({ provider, endpoint: world.cloud.endpoint }, { token: testToken });
    expect(await clearPending(stack, cloud, owner)).toEqual([]);
    expect(await names(stack)).toEqual(['host', 'volume', 'attachment']);
    const after = await readState(stack);
    expect(after.pending_operations).toEqual([]);
    expect(after.resources?.at(-1)?.dependencies).toEqual([urnOf(world.types.volume, 'volume')]);
    expect(world.cloud.log).toEqual([]);
  });
});
