import * as v from 'valibot';
import { type Answer, type FakeCloud, type Json, type Route, serveCloud } from './fake-cloud.ts';

/*
 * A stand-in for the API of Hetzner Cloud, as far as a host needs it. Names and rules are those of
 * https://docs.hetzner.cloud/reference/cloud: a name is unique in its project; a primary IP is given only to a server that is
 * off, or in the request that makes one; a volume is at one server; what is in use is not deleted.
 */

export interface FakeHetzner extends FakeCloud {
  readonly servers: Map<number, Json>;
  readonly primaryIps: Map<number, Json>;
  readonly volumes: Map<number, Json>;
  readonly firewalls: Map<number, Json>;
}

const problem = (status: number, code: string, message: string): Answer => ({
  status,
  body: { error: { code, message, details: null } },
});

const labels = v.optional(v.record(v.string(), v.string()), {});
const serverRequest = v.strictObject({
  name: v.string(),
  server_type: v.string(),
  image: v.string(),
  location: v.string(),
  user_data: v.string(),
  labels,
  firewalls: v.array(v.strictObject({ firewall: v.number() })),
  public_net: v.strictObject({ enable_ipv4: v.boolean(), enable_ipv6: v.boolean(), ipv4: v.optional(v.number()) }),
});
const primaryIpRequest = v.strictObject({
  name: v.string(),
  type: v.picklist(['ipv4', 'ipv6']),
  location: v.string(),
  assignee_type: v.literal('server'),
  auto_delete: v.boolean(),
  labels,
});
const volumeRequest = v.strictObject({ name: v.string(), size: v.number(), location: v.string(), labels });
const rule = v.strictObject({
  direction: v.picklist(['in', 'out']),
  protocol: v.picklist(['tcp', 'udp', 'icmp', 'esp', 'gre']),
  port: v.optional(v.string()),
  description: v.nullish(v.pipe(v.string(), v.maxLength(255))),
  source_ips: v.optional(v.array(v.string())),
  destination_ips: v.optional(v.array(v.string())),
});
const firewallRequest = v.strictObject({ name: v.string(), labels, rules: v.array(rule) });

export async function fakeHetzner(token: string): Promise<FakeHetzner> {
  let last = 100;
  const next = () => ++last;
  const servers = new Map<number, Json>();
  const primaryIps = new Map<number, Json>();
  const volumes = new Map<number, Json>();
  const firewalls = new Map<number, Json>();
  const action = () => ({ action: { id: next(), status: 'success', command: 'stand_in', progress: 100, error: null } });
  const missing = problem(404, 'not_found', 'resource not found');
  const taken = (all: Map<number, Json>, name: string) => [...all.values()].some((one) => one['name'] === name);
  const unique = problem(409, 'uniqueness_error', 'name is already used');

  const listed = (path: string, key: string, all: Map<number, Json>): Route => ({
    method: 'GET',
    path: new RegExp(`^/${path}$`),
    answer(_groups, _body, query) {
      const [name, value] = query.get('label_selector')?.split('=') ?? [];
      const fits = (one: Json) =>
        name === undefined || v.parse(v.record(v.string(), v.string()), one['labels'])[name] === value;
      return { status: 200, body: { [key]: [...all.values()].filter(fits) } };
    },
  });
  const one = (path: string, key: string, all: Map<number, Json>): Route => ({
    method: 'GET',
    path: new RegExp(`^/${path}/(\\d+)$`),
    answer([id]) {
      const found = all.get(Number(id));
      return found === undefined ? missing : { status: 200, body: { [key]: found } };
    },
  });
  const deleted = (path: string, all: Map<number, Json>, inUse: (id: number) => boolean): Route => ({
    method: 'DELETE',
    path: new RegExp(`^/${path}/(\\d+)$`),
    answer([text]) {
      const id = Number(text);
      if (!all.has(id)) return missing;
      if (inUse(id)) return problem(409, 'resource_in_use', `${path} ${id} is still in use`);
      all.delete(id);
      return path === 'servers' ? { status: 200, body: action() } : { status: 204 };
    },
  });
  const acted = (
    path: string,
    all: Map<number, Json>,
    act: (thing: Json, body: Json) => Answer | undefined,
  ): Route => ({
    method: 'POST',
    path: new RegExp(`^/${path.replace('/', '/(\\d+)/actions/')}$`),
    answer([id], body) {
      const thing = all.get(Number(id));
      if (thing === undefined) return missing;
      return act(thing, body) ?? { status: 201, body: action() };
    },
  });
  const power = (name: string, status: string): Route =>
    acted(`servers/${name}`, servers, (server) => {
      server['status'] = status;
      return undefined;
    });

  const routes: Route[] = [
    { method: 'GET', path: /^\/locations$/, answer: () => ({ status: 200, body: { locations: [] } }) },
    listed('servers', 'servers', servers),
    listed('primary_ips', 'primary_ips', primaryIps),
    listed('volumes', 'volumes', volumes),
    listed('firewalls', 'firewalls', firewalls),
    one('servers', 'server', servers),
    one('primary_ips', 'primary_ip', primaryIps),
    one('volumes', 'volume', volumes),
    one('firewalls', 'firewall', firewalls),
    {
      method: 'POST',
      path: /^\/servers$/,
      answer(_groups, body) {
        const request = v.parse(serverRequest, body);
        if (taken(servers, request.name)) return unique;
        const address = primaryIps.get(request.public_net.ipv4 ?? 0);
        if (address !== undefined && address['assignee_id'] !== null) {
          return problem(409, 'primary_ip_assigned', 'primary IP is already assigned');
        }
        const id = next();
        if (address !== undefined) address['assignee_id'] = id;
        const ids = request.firewalls.map(({ firewall }) => firewall);
        servers.set(id, { ...request, id, status: 'running', firewalls: ids });
        return { status: 201, body: { server: servers.get(id), ...action(), next_actions: [], root_password: null } };
      },
    },
    deleted('servers', servers, (id) => {
      for (const address of primaryIps.values()) if (address['assignee_id'] === id) address['assignee_id'] = null;
      for (const volume of volumes.values()) if (volume['server'] === id) volume['server'] = null;
      return false;
    }),
    power('shutdown', 'off'),
    power('poweroff', 'off'),
    power('poweron', 'running'),
    {
      method: 'POST',
      path: /^\/primary_ips$/,
      answer(_groups, body) {
        const request = v.parse(primaryIpRequest, body);
        if (taken(primaryIps, request.name)) return unique;
        const id = next();
        primaryIps.set(id, { ...request, id, ip: `203.0.113.${id % 250}`, assignee_id: null, dns_ptr: [] });
        return { status: 201, body: { primary_ip: primaryIps.get(id) } };
      },
    },
    acted('primary_ips/unassign', primaryIps, (address) => {
      const server = servers.get(Number(address['assignee_id']));
      if (server?.['status'] === 'running') return problem(409, 'server_not_stopped', 'server is not stopped');
      address['assignee_id'] = null;
      return undefined;
    }),
    acted('primary_ips/assign', primaryIps, (address, body) => {
      const id = Number(body['assignee_id']);
      if (servers.get(id)?.['status'] !== 'off') return problem(409, 'server_not_stopped', 'server is not stopped');
      address['assignee_id'] = id;
      return undefined;
    }),
    acted('primary_ips/change_dns_ptr', primaryIps, (address, body) => {
      address['dns_ptr'] = [{ ip: body['ip'], dns_ptr: body['dns_ptr'] }];
      return undefined;
    }),
    deleted('primary_ips', primaryIps, (id) => primaryIps.get(id)?.['assignee_id'] !== null),
    {
      method: 'POST',
      path: /^\/volumes$/,
      answer(_groups, body) {
        const request = v.parse(volumeRequest, body);
        if (taken(volumes, request.name)) return unique;
        const id = next();
        volumes.set(id, { ...request, id, server: null, linux_device: `/dev/disk/by-id/scsi-0HC_Volume_${id}` });
        return { status: 201, body: { volume: volumes.get(id), ...action(), next_actions: [] } };
      },
    },
    acted('volumes/attach', volumes, (volume, body) => {
      if (volume['server'] !== null) return problem(409, 'volume_already_attached', 'volume is already attached');
      volume['server'] = Number(body['server']);
      return undefined;
    }),
    acted('volumes/detach', volumes, (volume) => {
      volume['server'] = null;
      return undefined;
    }),
    acted('volumes/resize', volumes, (volume, body) => {
      volume['size'] = body['size'];
      return undefined;
    }),
    deleted('volumes', volumes, (id) => volumes.get(id)?.['server'] !== null),
    {
      method: 'POST',
      path: /^\/firewalls$/,
      answer(_groups, body) {
        const request = v.parse(firewallRequest, body);
        if (taken(firewalls, request.name)) return unique;
        const id = next();
        firewalls.set(id, { ...request, id });
        return { status: 201, body: { firewall: firewalls.get(id), actions: [] } };
      },
    },
    acted('firewalls/set_rules', firewalls, (firewall, body) => {
      firewall['rules'] = body['rules'];
      return undefined;
    }),
    deleted('firewalls', firewalls, (id) =>
      [...servers.values()].some((server) => v.parse(v.array(v.number()), server['firewalls']).includes(id)),
    ),
  ];
  return { ...(await serveCloud(token, routes, problem)), servers, primaryIps, volumes, firewalls };
}
