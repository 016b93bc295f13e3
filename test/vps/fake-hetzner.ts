import * as v from 'valibot';
import { type Answer, type FakeCloud, type Json, type Route, serveCloud } from './fake-cloud.ts';
import {
  actionOf,
  firewallOf,
  image,
  labels,
  location,
  pages,
  primaryIpOf,
  serverOf,
  serverType,
  volumeOf,
} from './hetzner-answers.ts';

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

/** Of a thing that the cloud has. */
const idOrName = v.union([v.string(), v.number()]);
const serverRequest = v.strictObject({
  name: v.string(),
  server_type: idOrName,
  image: idOrName,
  location: v.string(),
  user_data: v.string(),
  labels,
  firewalls: v.array(v.strictObject({ firewall: v.number() })),
  public_net: v.strictObject({ enable_ipv4: v.boolean(), enable_ipv6: v.boolean(), ipv4: v.optional(v.number()) }),
  start_after_create: v.optional(v.literal(true)),
});
const primaryIpRequest = v.strictObject({
  name: v.string(),
  type: v.picklist(['ipv4', 'ipv6']),
  location: v.string(),
  assignee_type: v.optional(v.literal('server')),
  auto_delete: v.boolean(),
  labels,
});
const volumeRequest = v.strictObject({ name: v.string(), size: v.number(), location: idOrName, labels });
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
  const actions = new Map<number, Json>();
  const begun = (command: string, type: string, id: number) => {
    const action = actionOf(next(), command, [{ id, type }]);
    actions.set(action.id, action);
    return action;
  };
  /** What was begun is done when somebody looks. */
  const done = (action: Json): Json => ({ ...action, status: 'success', progress: 100, finished: action['started'] });
  const missing = problem(404, 'not_found', 'resource not found');
  const taken = (all: Map<number, Json>, name: string) => [...all.values()].some((one) => one['name'] === name);
  const unique = problem(409, 'uniqueness_error', 'name is already used');

  const listed = (path: string, all: () => readonly Json[]): Route => ({
    method: 'GET',
    path: new RegExp(`^/${path}$`),
    answer(_groups, _body, query) {
      const [label, value] = query.get('label_selector')?.split('=') ?? [];
      const ids = query.getAll('id');
      const fits = (one: Json) =>
        (label === undefined || v.parse(v.record(v.string(), v.string()), one['labels'])[label] === value) &&
        (ids.length === 0 || ids.includes(String(one['id']))) &&
        [null, one['name']].includes(query.get('name'));
      const found = all().filter(fits);
      return { status: 200, body: { [path]: found, meta: pages(found.length) } };
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
  const kept = (path: string, key: string, all: Map<number, Json>): Route[] => [
    listed(path, () => [...all.values()]),
    one(path, key, all),
  ];
  const deleted = (path: string, all: Map<number, Json>, inUse: (id: number) => boolean): Route => ({
    method: 'DELETE',
    path: new RegExp(`^/${path}/(\\d+)$`),
    answer([text]) {
      const id = Number(text);
      if (!all.has(id)) return missing;
      if (inUse(id)) return problem(409, 'resource_in_use', `${path} ${id} is still in use`);
      all.delete(id);
      return path === 'servers'
        ? { status: 200, body: { action: begun('delete_server', 'server', id) } }
        : { status: 204 };
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
      const action = begun(path.replace('/', '_'), path.replace(/s\/.*/, ''), Number(id));
      return (
        act(thing, body) ?? { status: 201, body: path.startsWith('firewalls') ? { actions: [action] } : { action } }
      );
    },
  });
  const power = (name: string, status: string): Route =>
    acted(`servers/${name}`, servers, (server) => {
      server['status'] = status;
      return undefined;
    });
  /** Of a server: what its volumes are. */
  const attached = (volume: Json, server: number | null) => {
    volume['server'] = server;
    for (const [id, one] of servers) {
      one['volumes'] = [...volumes.values()].filter((any) => any['server'] === id).map((any) => any['id']);
    }
  };

  const routes: Route[] = [
    listed('locations', () => [location]),
    listed('server_types', () => [serverType]),
    listed('images', () => [image]),
    listed('actions', () => [...actions.values()].map(done)),
    {
      method: 'GET',
      path: /^\/actions\/(\d+)$/,
      answer([id]) {
        const found = actions.get(Number(id));
        return found === undefined ? missing : { status: 200, body: { action: done(found) } };
      },
    },
    ...kept('servers', 'server', servers),
    ...kept('primary_ips', 'primary_ip', primaryIps),
    ...kept('volumes', 'volume', volumes),
    ...kept('firewalls', 'firewall', firewalls),
    {
      method: 'POST',
      path: /^\/servers$/,
      answer(_groups, body) {
        const request = v.parse(serverRequest, body);
        if (taken(servers, request.name)) return unique;
        if (!is(serverType, request.server_type)) return missing;
        if (!is(image, request.image)) return missing;
        const address = primaryIps.get(request.public_net.ipv4 ?? 0);
        if (address !== undefined && address['assignee_id'] !== null) {
          return problem(409, 'primary_ip_assigned', 'primary IP is already assigned');
        }
        const id = next();
        if (address !== undefined) address['assignee_id'] = id;
        const ids = request.firewalls.map(({ firewall }) => firewall);
        const server = serverOf(id, request, ids, address);
        servers.set(id, server);
        for (const firewall of ids.map((each) => firewalls.get(each))) {
          if (firewall !== undefined) firewall['applied_to'] = [{ type: 'server', server: { id } }];
        }
        const action = begun('create_server', 'server', id);
        return { status: 201, body: { server, action, next_actions: [], root_password: null } };
      },
    },
    deleted('servers', servers, (id) => {
      for (const address of primaryIps.values()) if (address['assignee_id'] === id) address['assignee_id'] = null;
      for (const volume of volumes.values()) if (volume['server'] === id) volume['server'] = null;
      for (const firewall of firewalls.values()) {
        const left = v.parse(applied, firewall['applied_to']).filter(({ server }) => server.id !== id);
        firewall['applied_to'] = left;
      }
      return false;
    }),
    power('shutdown', 'off'),
    power('poweroff', 'off'),
    power('poweron', 'running'),
    power('reboot', 'running'),
    {
      method: 'POST',
      path: /^\/primary_ips$/,
      answer(_groups, body) {
        const request = v.parse(primaryIpRequest, body);
        if (taken(primaryIps, request.name)) return unique;
        const id = next();
        primaryIps.set(id, primaryIpOf(id, request));
        return { status: 201, body: { primary_ip: primaryIps.get(id), action: null } };
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
      const name = body['dns_ptr'] ?? `static.${address['id']}.clients.your-server.de`;
      address['dns_ptr'] = [{ ip: body['ip'], dns_ptr: name }];
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
        volumes.set(id, volumeOf(id, request));
        const action = begun('create_volume', 'volume', id);
        return { status: 201, body: { volume: volumes.get(id), action, next_actions: [] } };
      },
    },
    acted('volumes/attach', volumes, (volume, body) => {
      if (volume['server'] !== null) return problem(409, 'volume_already_attached', 'volume is already attached');
      attached(volume, Number(body['server']));
      return undefined;
    }),
    acted('volumes/detach', volumes, (volume) => {
      attached(volume, null);
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
        firewalls.set(id, firewallOf(id, request));
        return { status: 201, body: { firewall: firewalls.get(id), actions: [] } };
      },
    },
    acted('firewalls/set_rules', firewalls, (firewall, body) => {
      firewall['rules'] = firewallOf(0, { rules: body['rules'] })['rules'];
      return undefined;
    }),
    deleted('firewalls', firewalls, (id) => v.parse(applied, firewalls.get(id)?.['applied_to']).length > 0),
  ];
  return { ...(await serveCloud(token, routes, problem)), servers, primaryIps, volumes, firewalls };
}

const is = (thing: { readonly id: number; readonly name: string }, wanted: string | number): boolean =>
  wanted === thing.id || wanted === thing.name;

const applied = v.array(v.looseObject({ server: v.looseObject({ id: v.number() }) }));
