import * as v from 'valibot';
import { Refusal } from '../claim/refusal.ts';
import { type Api, ask, until } from './api.ts';
import type { Cloud, Found, Joined, Waiting } from './cloud.ts';
import { tagOf } from './labels.ts';

/* https://docs.digitalocean.com/reference/api: the part of it that Pulumi does not do for us. */

export const digitalOceanEndpoint = 'https://api.digitalocean.com';

const id = v.pipe(v.number(), v.integer());
const droplet = v.object({ droplet: v.object({ id, status: v.string() }) });
const action = v.object({ action: v.object({ id, status: v.string() }) });
const reservedIp = v.object({ reserved_ip: v.object({ droplet: v.nullable(v.object({ id })) }) });
const volume = v.object({ volume: v.object({ droplet_ids: v.array(id) }) });
const nothing = v.unknown();
const tags = v.array(v.string());
const droplets = v.object({ droplets: v.array(v.object({ id, name: v.string() })) });
const volumes = v.object({
  volumes: v.array(v.object({ id: v.string(), name: v.string(), droplet_ids: v.array(id), tags: v.nullish(tags) })),
});
const firewalls = v.object({
  firewalls: v.nullish(v.array(v.object({ id: v.string(), name: v.string(), tags: v.nullish(tags) }))),
});

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
      const tag = tagOf(name);
      const ours = (one: { tags?: readonly string[] | null | undefined }) => one.tags?.includes(tag) === true;
      const found: Found[] = [];
      const all = await ask(api, 'GET', `/droplets?tag_name=${encodeURIComponent(tag)}&per_page=200`, droplets);
      for (const one of all?.droplets ?? []) {
        found.push({ kind: 'server', id: String(one.id), name: one.name, attached: false });
      }
      const kept = await ask(api, 'GET', `/volumes?name=${encodeURIComponent(name)}&per_page=200`, volumes);
      for (const one of (kept?.volumes ?? []).filter(ours)) {
        found.push({ kind: 'volume', id: one.id, name: one.name, attached: one.droplet_ids.length > 0 });
      }
      const walls = await ask(api, 'GET', '/firewalls?per_page=200', firewalls);
      for (const one of (walls?.firewalls ?? []).filter(ours)) {
        found.push({ kind: 'firewall', id: one.id, name: one.name, attached: false });
      }
      return found;
    },
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
      const paths = { server: 'droplets', address: 'reserved_ips', volume: 'volumes', firewall: 'firewalls' } as const;
      await ask(api, 'DELETE', `/${paths[kind]}/${which}`, nothing);
    },
  };
}
