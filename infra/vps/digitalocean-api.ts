import * as v from 'valibot';
import { Refusal } from '../claim/refusal.ts';
import { type Api, ask, until } from './api.ts';
import type { Cloud, Found, Joined, Kind, Waiting } from './cloud.ts';
import { idInTag } from './labels.ts';

/* https://docs.digitalocean.com/reference/api: the part of it that Pulumi does not do for us. */

export const digitalOceanEndpoint = 'https://api.digitalocean.com';

const id = v.pipe(v.number(), v.integer());
const droplet = v.object({ droplet: v.object({ id, status: v.string() }) });
const action = v.object({ action: v.object({ id, status: v.string() }) });
const reservedIp = v.object({ reserved_ip: v.object({ droplet: v.nullable(v.object({ id })) }) });
const volume = v.object({ volume: v.object({ droplet_ids: v.array(id) }) });
const nothing = v.unknown();
const tags = v.nullish(v.array(v.string()));
const droplets = v.object({ droplets: v.array(v.object({ id, name: v.string(), tags })) });
const volumes = v.object({
  volumes: v.array(v.object({ id: v.string(), name: v.string(), droplet_ids: v.array(id), tags })),
});
const firewalls = v.object({
  firewalls: v.nullish(v.array(v.object({ id: v.string(), name: v.string(), tags }))),
});

const reservedIps = v.object({
  reserved_ips: v.array(
    v.object({ ip: v.string(), region: v.object({ slug: v.string() }), droplet: v.nullable(v.object({ id })) }),
  ),
});
const tagList = v.object({ tags: v.array(v.object({ name: v.string() })) });

const paths = {
  server: 'droplets',
  address: 'reserved_ips',
  volume: 'volumes',
  firewall: 'firewalls',
  tag: 'tags',
} as const satisfies Record<Kind, string>;
const pathOf = (kind: Kind, which: string): string => `/${paths[kind]}/${encodeURIComponent(which)}`;

/** The most that one page of a list may have. */
const pageSize = 200;

const parting = {
  volume: { path: 'volumes', type: 'detach' },
  address: { path: 'reserved_ips', type: 'unassign' },
} as const satisfies Record<Joined, object>;

export function digitalOceanCloud(token: string, endpoint = digitalOceanEndpoint, waiting: Waiting = {}): Cloud {
  const { every = 1000, patience = 90_000 } = waiting;
  const api: Api = { provider: 'digitalocean', endpoint: `${endpoint}/v2`, token };
  const statusOf = async (serverId: string) =>
    (await ask(api, 'GET', `/droplets/${serverId}`, droplet))?.droplet.status;
  const act = (serverId: string, type: 'shutdown' | 'power_off' | 'power_on' | 'reboot') =>
    ask(api, 'POST', `/droplets/${serverId}/actions`, action, { type });

  /** Of a list, all its pages. */
  async function all<Schema extends v.GenericSchema, One>(
    path: string,
    schema: Schema,
    of: (page: v.InferOutput<Schema>) => readonly One[],
  ): Promise<readonly One[]> {
    const found: One[] = [];
    for (let page = 1; ; page += 1) {
      const query = `${path.includes('?') ? '&' : '?'}page=${page}&per_page=${pageSize}`;
      const answer = await ask(api, 'GET', `${path}${query}`, schema);
      const some = answer === undefined ? [] : of(answer);
      found.push(...some);
      if (some.length < pageSize) return found;
    }
  }

  async function holderOf(kind: Joined, which: string): Promise<string | undefined> {
    const holder =
      kind === 'volume'
        ? (await ask(api, 'GET', `/volumes/${which}`, volume))?.volume.droplet_ids[0]
        : (await ask(api, 'GET', `/reserved_ips/${which}`, reservedIp))?.reserved_ip.droplet?.id;
    return holder === undefined ? undefined : String(holder);
  }

  async function turnOff(serverId: string): Promise<void> {
    const off = async () => (await statusOf(serverId)) === 'off';
    if (await off()) return;
    await act(serverId, 'shutdown');
    if (await until(off, every, patience)) return;
    await act(serverId, 'power_off');
    if (!(await until(off, every, patience))) {
      throw new Refusal(`droplet ${serverId} does not stop: look at it in the console, and run this again`);
    }
  }

  async function turnOn(serverId: string): Promise<void> {
    if ((await statusOf(serverId)) !== 'off') return;
    await act(serverId, 'power_on');
    // A droplet refuses a second event while one runs.
    await until(async () => (await statusOf(serverId)) === 'active', every, patience);
  }

  return {
    provider: 'digitalocean',
    async checkToken() {
      await ask(api, 'GET', '/account', nothing);
    },
    async standDown({ serverId }) {
      if ((await statusOf(serverId)) === undefined) return false;
      await turnOff(serverId);
      return true;
    },
    async standUp({ serverId }) {
      if ((await statusOf(serverId)) === undefined) return false;
      await turnOn(serverId);
      return true;
    },
    async reboot(serverId) {
      await act(serverId, (await statusOf(serverId)) === 'off' ? 'power_on' : 'reboot');
    },
    async labelled(name) {
      const [servers, kept, walls, marks] = [
        await all('/droplets', droplets, (page) => page.droplets),
        await all(`/volumes?name=${encodeURIComponent(name)}`, volumes, (page) => page.volumes),
        await all('/firewalls', firewalls, (page) => page.firewalls ?? []),
        await all('/tags', tagList, (page) => page.tags),
      ];
      return [
        ...servers.map((one) => ({ kind: 'server' as const, ...one, attached: false })),
        ...kept.map((one) => ({ kind: 'volume' as const, ...one, attached: one.droplet_ids.length > 0 })),
        ...walls.map((one) => ({ kind: 'firewall' as const, ...one, attached: false })),
        ...marks.map(({ name: tag }) => ({ kind: 'tag' as const, id: tag, name: tag, tags: [tag], attached: false })),
      ].flatMap(({ kind, id, name: called, tags, attached }): Found[] => {
        const owner = tags?.map((tag) => idInTag(tag, name)).find((one) => one !== undefined);
        return owner === undefined ? [] : [{ kind, id: String(id), name: called, attached, owner }];
      });
    },
    async unlabelled() {
      const addresses = await all('/reserved_ips', reservedIps, (page) => page.reserved_ips);
      return addresses.map(({ ip, region, droplet }) => ({ ip, region: region.slug, attached: droplet !== null }));
    },
    isThere: async (kind, which) => (await ask(api, 'GET', pathOf(kind, which), nothing)) !== undefined,
    holderOf,
    async part(kind, which) {
      const holder = await holderOf(kind, which);
      if (holder === undefined) return;
      const { path, type } = parting[kind];
      await ask(api, 'POST', `/${path}/${which}/actions`, action, { type, droplet_id: Number(holder) });
      const isFree = async () => (await holderOf(kind, which)) === undefined;
      if (!(await until(isFree, every, patience))) {
        throw new Refusal(
          `DigitalOcean does not take ${kind} ${which} from droplet ${holder}: run this again to go on`,
        );
      }
    },
    async remove({ kind, id: which }) {
      await ask(api, 'DELETE', pathOf(kind, which), nothing);
    },
  };
}
