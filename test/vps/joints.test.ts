import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mendJoints } from '../../infra/vps/joints.ts';
import { cloudOf } from '../../infra/vps/run.ts';
import { readState, type StateResource } from '../../infra/vps/state.ts';
import { cases } from './clouds.ts';
import { volumeOf as digitalOceanVolume, dropletOf, reservedIpOf } from './digitalocean-answers.ts';
import type { FakeCloud, Json } from './fake-cloud.ts';
import { fakeDigitalOcean } from './fake-digitalocean.ts';
import { fakeHetzner } from './fake-hetzner.ts';
import { holding, names, resource, urnOf } from './held-state.ts';
import { volumeOf as hetznerVolume, primaryIpOf, serverOf } from './hetzner-answers.ts';
import { testToken } from './place.ts';

/* What a state and a cloud say of what is joined, where they do not say the same. */

const demo = { name: 'demo', labels: {}, tags: [] };

/** Server 7, which runs, a volume and an address; by the names that the clouds and their plugins have for them. */
const worlds = {
  async hetzner() {
    const cloud = await fakeHetzner(testToken);
    const volume = hetznerVolume(8, demo);
    const address = primaryIpOf(9, demo);
    cloud.servers.set(7, serverOf(7, demo, [], undefined));
    cloud.volumes.set(8, volume);
    cloud.primaryIps.set(9, address);
    return {
      cloud,
      volumeId: '8',
      addressId: '9',
      types: ['hcloud:index/server:Server', 'hcloud:index/volume:Volume', 'hcloud:index/primaryIp:PrimaryIp'] as const,
      attachment: 'hcloud:index/volumeAttachment:VolumeAttachment',
      join: (serverId: number) => {
        volume['server'] = serverId;
      },
      holder: () => volume['server'] ?? undefined,
      status: () => cloud.servers.get(7)?.['status'],
    };
  },
  async digitalocean() {
    const cloud = await fakeDigitalOcean(testToken);
    const volume = digitalOceanVolume(8, demo);
    const address = reservedIpOf(9);
    const droplet = dropletOf(7, demo);
    cloud.droplets.set('7', droplet);
    cloud.volumes.set(String(volume['id']), volume);
    cloud.reservedIps.set(String(address['ip']), address);
    return {
      cloud,
      volumeId: String(volume['id']),
      addressId: String(address['ip']),
      types: [
        'digitalocean:index/droplet:Droplet',
        'digitalocean:index/volume:Volume',
        'digitalocean:index/reservedIp:ReservedIp',
      ] as const,
      attachment: 'digitalocean:index/volumeAttachment:VolumeAttachment',
      join: (serverId: number) => {
        volume['droplet_ids'] = [serverId];
      },
      holder: () => [volume['droplet_ids']].flat()[0],
      status: () => droplet['status'],
      address,
      droplet,
    };
  },
};

interface World {
  readonly cloud: FakeCloud;
  readonly volumeId: string;
  readonly addressId: string;
  readonly types: readonly [server: string, volume: string, address: string];
  readonly attachment: string;
  /** The volume is at this server now. */
  readonly join: (serverId: number) => void;
  readonly holder: () => unknown;
  readonly status: () => unknown;
}

const serverIn = ({ types: [server, volume, address], volumeId, addressId }: World): StateResource[] => [
  resource(address, 'address', { id: addressId }),
  resource(volume, 'volume', { id: volumeId }),
  resource(server, 'server-1', { id: '7' }),
];
const runs = { hetzner: 'running', digitalocean: 'active' };

describe.each(cases)('$provider', ({ provider }) => {
  let world: World;
  const notes: string[] = [];
  beforeEach(async () => {
    world = await worlds[provider]();
    notes.length = 0;
  });
  afterEach(async () => {
    await world.cloud.close();
    expect(world.cloud.faulty).toEqual([]);
  });
  const mended = async (resources: readonly StateResource[]) => {
    const stack = holding({ resources: [...resources] });
    const cloud = cloudOf({ provider, endpoint: world.cloud.endpoint }, { token: testToken, waiting: { every: 5 } });
    await mendJoints(stack, cloud, (text) => notes.push(text));
    return await names(stack);
  };

  test('a volume that the state knows no attachment of is taken from its server, which is stopped', async () => {
    world.join(7);
    expect(await mended(serverIn(world))).toEqual(['address', 'volume', 'server-1']);
    expect([world.holder(), world.status()]).toEqual([undefined, 'off']);
    expect(notes).toEqual([expect.stringMatching(/^stopping server-1: .* the volume unheard/)]);
  });

  test('so is one whose attachment the state was about to replace', async () => {
    world.join(7);
    const old = resource(world.attachment, 'attachment', { id: 'old', pendingReplacement: true });
    expect(await mended([...serverIn(world), old])).toEqual(['address', 'volume', 'server-1']);
    expect(world.holder()).toBeUndefined();
  });

  test('what both have stays, and so does what a server of somebody else has', async () => {
    world.join(7);
    const attachment = resource(world.attachment, 'attachment', { id: 'it' });
    expect(await mended([...serverIn(world), attachment])).toHaveLength(4);
    world.join(70);
    expect(await mended(serverIn(world))).toHaveLength(3);
    expect([world.holder(), world.status(), world.cloud.log, notes]).toEqual([70, runs[provider], [], []]);
  });

  test('an attachment that the cloud no longer has is forgotten', async () => {
    const attachment = resource(world.attachment, 'attachment', { id: 'it' });
    expect(await mended([...serverIn(world), attachment])).toEqual(['address', 'volume', 'server-1']);
    expect(world.cloud.log).toEqual([]);
  });
});

describe('an address of digitalocean', () => {
  const assignment = 'digitalocean:index/reservedIpAssignment:ReservedIpAssignment';
  let world: Awaited<ReturnType<(typeof worlds)['digitalocean']>>;
  beforeEach(async () => {
    world = await worlds.digitalocean();
  });
  afterEach(() => world.cloud.close());
  const mended = async (resources: readonly StateResource[]) => {
    const stack = holding({ resources: [...resources] });
    const cloud = cloudOf({ provider: 'digitalocean', endpoint: world.cloud.endpoint }, { token: testToken });
    await mendJoints(stack, cloud, () => undefined);
    return (await readState(stack)).resources ?? [];
  };
  const at = (droplet: Json | null) => {
    world.address['droplet'] = droplet;
  };

  test('that the state knows no assignment of is free afterwards', async () => {
    at(world.droplet);
    await mended(serverIn(world));
    expect(world.address['droplet']).toBeNull();
  });

  test('keeps its assignment where the attachment is forgotten, and what hung on that is cut', async () => {
    at(world.droplet);
    const [address, volume, server] = serverIn(world);
    if (address === undefined || volume === undefined || server === undefined) throw new Error('no such world');
    const attachment = urnOf(world.attachment, 'attachment');
    const left = await mended([
      address,
      volume,
      server,
      resource(world.attachment, 'attachment', { id: 'it' }),
      resource(assignment, 'assignment', {
        id: 'its',
        dependencies: [address.urn, attachment, server.urn],
        propertyDependencies: { dropletId: [server.urn, attachment], ipAddress: [address.urn] },
      }),
    ]);
    expect(left).toHaveLength(4);
    expect(left.at(-1)).toMatchObject({
      id: 'its',
      dependencies: [address.urn, server.urn],
      propertyDependencies: { dropletId: [server.urn], ipAddress: [address.urn] },
    });
  });
});
