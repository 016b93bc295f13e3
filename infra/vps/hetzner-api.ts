import * as v from 'valibot';
import { Refusal } from '../claim/refusal.ts';
import { type Api, ask, until } from './api.ts';
import type { Cloud, Found, Joined, Kind, Waiting } from './cloud.ts';
import { idLabelKey, labelSelector } from './labels.ts';

/* https://docs.hetzner.cloud/reference/cloud: the part of it that Pulumi does not do for us. */

export const hetznerEndpoint = 'https://api.hetzner.cloud/v1';

const id = v.pipe(v.number(), v.integer());
const action = v.object({ action: v.object({ id, status: v.picklist(['running', 'success', 'error']) }) });
const server = v.object({ server: v.object({ id, status: v.string() }) });
const primaryIp = v.object({ primary_ip: v.object({ id, assignee_id: v.nullable(id) }) });
const volume = v.object({ volume: v.object({ id, server: v.nullable(id) }) });
const nothing = v.unknown();

const named = { id, name: v.string(), labels: v.record(v.string(), v.string()) };
const lists = {
  server: { path: 'servers', schema: v.object({ servers: v.array(v.object(named)) }) },
  address: {
    path: 'primary_ips',
    schema: v.object({ primary_ips: v.array(v.object({ ...named, assignee_id: v.nullable(id) })) }),
  },
  volume: {
    path: 'volumes',
    schema: v.object({ volumes: v.array(v.object({ ...named, server: v.nullable(id) })) }),
  },
  firewall: { path: 'firewalls', schema: v.object({ firewalls: v.array(v.object(named)) }) },
} as const;

export function hetznerCloud(token: string, endpoint = hetznerEndpoint, waiting: Waiting = {}): Cloud {
  const { every = 1000, patience = 90_000 } = waiting;
  const api: Api = { provider: 'hetzner', endpoint, token };
  const statusOf = async (serverId: string) => (await ask(api, 'GET', `/servers/${serverId}`, server))?.server.status;
  const assignee = async (addressId: string) =>
    (await ask(api, 'GET', `/primary_ips/${addressId}`, primaryIp))?.primary_ip.assignee_id ?? null;

  const holderOf = async (kind: Joined, which: string) => {
    const holder =
      kind === 'volume' ? (await ask(api, 'GET', `/volumes/${which}`, volume))?.volume.server : await assignee(which);
    return holder === null || holder === undefined ? undefined : String(holder);
  };

  /** Until it is done: the next is refused while it runs. */
  async function act(path: string, body?: object): Promise<void> {
    const begun = await ask(api, 'POST', path, action, body);
    if (begun === undefined) return;
    let { status } = begun.action;
    const done = async () => {
      if (status === 'running') {
        status = (await ask(api, 'GET', `/actions/${begun.action.id}`, action))?.action.status ?? 'error';
      }
      return status !== 'running';
    };
    if (!(await until(done, every, patience)) || status === 'error') {
      throw new Refusal(`Hetzner did not do ${path} (it says: ${status}): run this again to go on`);
    }
  }

  async function turnOff(serverId: string): Promise<void> {
    const off = async () => (await statusOf(serverId)) === 'off';
    if (await off()) return;
    await act(`/servers/${serverId}/actions/shutdown`);
    if (await until(off, every, patience)) return;
    await act(`/servers/${serverId}/actions/poweroff`);
    if (!(await until(off, every, patience))) {
      throw new Refusal(`server ${serverId} at Hetzner does not stop: look at it in the console, and run this again`);
    }
  }

  const isThere = async (kind: Kind, which: string) =>
    (await ask(api, 'GET', pathOf(kind, which), nothing)) !== undefined;

  return {
    provider: 'hetzner',
    async checkToken() {
      await ask(api, 'GET', '/locations', nothing);
    },
    async standDown({ serverId, addressId }) {
      if ((await statusOf(serverId)) === undefined) return false;
      await turnOff(serverId);
      if ((await assignee(addressId)) === Number(serverId)) await act(`/primary_ips/${addressId}/actions/unassign`);
      return true;
    },
    async standUp({ serverId, addressId }) {
      const status = await statusOf(serverId);
      if (status === undefined) return false;
      if ((await assignee(addressId)) === null) {
        // An address is given only to a server that is off.
        await turnOff(serverId);
        const body = { assignee_id: Number(serverId), assignee_type: 'server' };
        await act(`/primary_ips/${addressId}/actions/assign`, body);
      }
      if ((await statusOf(serverId)) === 'off') await act(`/servers/${serverId}/actions/poweron`);
      return true;
    },
    async reboot(serverId) {
      const isOff = (await statusOf(serverId)) === 'off';
      await act(`/servers/${serverId}/actions/${isOff ? 'poweron' : 'reboot'}`);
    },
    async labelled(name) {
      const selector = `?label_selector=${encodeURIComponent(labelSelector(name))}&per_page=50`;
      const servers = await ask(api, 'GET', `/${lists.server.path}${selector}`, lists.server.schema);
      const addresses = await ask(api, 'GET', `/${lists.address.path}${selector}`, lists.address.schema);
      const volumes = await ask(api, 'GET', `/${lists.volume.path}${selector}`, lists.volume.schema);
      const firewalls = await ask(api, 'GET', `/${lists.firewall.path}${selector}`, lists.firewall.schema);
      type Named = Readonly<{ id: number; name: string; labels: Record<string, string> }>;
      const as = (kind: Kind, one: Named, attached: boolean): Found => {
        return { kind, id: String(one.id), name: one.name, attached, owner: one.labels[idLabelKey] };
      };
      return [
        ...(servers?.servers ?? []).map((one) => as('server', one, false)),
        ...(addresses?.primary_ips ?? []).map((one) => as('address', one, one.assignee_id !== null)),
        ...(volumes?.volumes ?? []).map((one) => as('volume', one, one.server !== null)),
        ...(firewalls?.firewalls ?? []).map((one) => as('firewall', one, false)),
      ];
    },
    // Every address has its label here.
    unlabelled: async () => [],
    isThere,
    holderOf,
    async part(kind, which) {
      if ((await holderOf(kind, which)) === undefined) return;
      await act(kind === 'volume' ? `/volumes/${which}/actions/detach` : `/primary_ips/${which}/actions/unassign`);
    },
    async remove(found) {
      await ask(api, 'DELETE', pathOf(found.kind, found.id), nothing);
      // A server is gone when its action is done: only then is its address free.
      const gone = async () => !(await isThere(found.kind, found.id));
      if (!(await until(gone, every, patience))) throw new Refusal(`${found.kind} ${found.name} is not yet gone`);
    },
  };
}

function pathOf(kind: Kind, which: string): string {
  if (kind === 'tag') throw new Error('Hetzner has no tags');
  return `/${lists[kind].path}/${which}`;
}
