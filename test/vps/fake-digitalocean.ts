import * as v from 'valibot';
import {
  account,
  actionOf,
  dropletOf,
  firewallOf,
  lists,
  region,
  reservedIpOf,
  size,
  tagOf,
  volumeOf,
} from './digitalocean-answers.ts';
import { type Answer, type FakeCloud, type Json, type Route, serveCloud } from './fake-cloud.ts';

/*
 * A stand-in for the API of DigitalOcean, as far as a host needs it. Names and rules are those of
 * https://docs.digitalocean.com/reference/api: droplets may share a name; a firewall or a droplet names tags that exist; a
 * volume is at one droplet, and is not deleted there.
 */

export interface FakeDigitalOcean extends FakeCloud {
  readonly droplets: Map<string, Json>;
  readonly reservedIps: Map<string, Json>;
  readonly volumes: Map<string, Json>;
  readonly firewalls: Map<string, Json>;
  readonly tags: Set<string>;
}

const problem = (status: number, id: string, message: string): Answer => ({ status, body: { id, message } });

const tagList = v.nullish(v.array(v.string()), []);
/** What is not wanted, as a client says so. */
const absent = v.nullish(v.union([v.literal(''), v.literal(false), v.strictTuple([])]));
const dropletRequest = v.strictObject({
  name: v.string(),
  region: v.literal(region.slug),
  size: v.literal(size.slug),
  image: v.string(),
  user_data: v.string(),
  ipv6: v.literal(false),
  monitoring: v.literal(false),
  with_droplet_agent: v.literal(false),
  ssh_keys: absent,
  backups: absent,
  private_networking: absent,
  tags: tagList,
});
const volumeRequest = v.strictObject({
  name: v.string(),
  region: v.literal(region.slug),
  size_gigabytes: v.number(),
  description: v.string(),
  snapshot_id: absent,
  filesystem_type: absent,
  filesystem_label: absent,
  tags: tagList,
});
const side = v.strictObject({ addresses: v.array(v.string()) });
const firewallRequest = v.strictObject({
  name: v.string(),
  droplet_ids: absent,
  tags: tagList,
  inbound_rules: v.array(v.strictObject({ protocol: v.string(), ports: v.string(), sources: side })),
  outbound_rules: v.array(v.strictObject({ protocol: v.string(), ports: v.string(), destinations: side })),
});

type Made = { readonly thing: Json; readonly refused?: undefined } | { readonly refused: Answer };

export async function fakeDigitalOcean(token: string): Promise<FakeDigitalOcean> {
  let last = 100;
  const next = () => ++last;
  const droplets = new Map<string, Json>();
  const reservedIps = new Map<string, Json>();
  const volumes = new Map<string, Json>();
  const firewalls = new Map<string, Json>();
  const tags = new Set<string>();
  const actions = new Map<number, Json>();
  const missing = problem(404, 'not_found', 'The resource you were accessing could not be found.');
  const begun = (type: unknown, resource: number, resourceType: string) => {
    const action = actionOf(next(), String(type), resource, resourceType);
    actions.set(action.id, action);
    return { action };
  };
  /** What was begun is done when somebody looks. */
  const done = (action: Json): Json => ({ ...action, status: 'completed', completed_at: action['started_at'] });
  const unknownTag = (wanted: readonly string[]) => wanted.find((tag) => !tags.has(tag));
  const noTag = (tag: string) => problem(422, 'unprocessable_entity', `tag ${tag} does not exist`);
  const hasTag = (one: Json, tag: string | null) =>
    tag === null || v.parse(v.array(v.string()), one['tags']).includes(tag);
  const dropletsOf = (volume: Json | undefined) => v.parse(v.array(v.number()), volume?.['droplet_ids']);

  const listed = (path: string, all: Map<string, Json>): Route => ({
    method: 'GET',
    path: new RegExp(`^/v2/${path}$`),
    answer(_groups, _body, query) {
      const fits = (one: Json) => hasTag(one, query.get('tag_name')) && [null, one['name']].includes(query.get('name'));
      const found = [...all.values()].filter(fits);
      const [page, size] = [Number(query.get('page') ?? 1), Number(query.get('per_page') ?? 20)];
      return { status: 200, body: { [path]: found.slice((page - 1) * size, page * size), ...lists(found.length) } };
    },
  });
  const one = (path: string, key: string, all: Map<string, Json>): Route => ({
    method: 'GET',
    path: new RegExp(`^/v2/${path}/([^/]+)$`),
    answer([id = '']) {
      const found = all.get(id);
      return found === undefined ? missing : { status: 200, body: { [key]: found } };
    },
  });
  const deleted = (path: string, all: Map<string, Json>, inUse: (id: string) => boolean): Route => ({
    method: 'DELETE',
    path: new RegExp(`^/v2/${path}/([^/]+)$`),
    answer([id = '']) {
      if (!all.has(id)) return missing;
      if (inUse(id)) return problem(409, 'conflict', `${path} ${id} is in use`);
      all.delete(id);
      return { status: 204 };
    },
  });
  const added = (path: string, key: string, all: Map<string, Json>, make: (body: Json) => Made): Route => ({
    method: 'POST',
    path: new RegExp(`^/v2/${path}$`),
    answer(_groups, body) {
      const made = make(body);
      if (made.refused !== undefined) return made.refused;
      const id = String(made.thing['ip'] ?? made.thing['id']);
      all.set(id, made.thing);
      return { status: path === 'droplets' || path === 'reserved_ips' ? 202 : 201, body: { [key]: made.thing } };
    },
  });

  const routes: Route[] = [
    { method: 'GET', path: /^\/v2\/account$/, answer: () => ({ status: 200, body: { account } }) },
    {
      method: 'POST',
      path: /^\/v2\/tags$/,
      answer(_groups, body) {
        const name = v.parse(v.pipe(v.string(), v.regex(/^[a-zA-Z0-9:_-]{1,255}$/)), body['name']);
        tags.add(name);
        return { status: 201, body: { tag: tagOf(name) } };
      },
    },
    {
      method: 'GET',
      path: /^\/v2\/tags\/(.+)$/,
      answer([text = '']) {
        const name = decodeURIComponent(text);
        return tags.has(name) ? { status: 200, body: { tag: tagOf(name) } } : missing;
      },
    },
    {
      method: 'GET',
      path: /^\/v2\/tags$/,
      answer: () => ({ status: 200, body: { tags: [...tags].map(tagOf), ...lists(tags.size) } }),
    },
    {
      method: 'DELETE',
      path: /^\/v2\/tags\/(.+)$/,
      answer([name = '']) {
        return tags.delete(decodeURIComponent(name)) ? { status: 204 } : missing;
      },
    },
    {
      // Of the account, or of a droplet, a volume, an address.
      method: 'GET',
      path: /^\/v2\/(?:.+\/)?actions\/(\d+)$/,
      answer([id]) {
        const action = actions.get(Number(id));
        return action === undefined ? missing : { status: 200, body: { action: done(action) } };
      },
    },
    {
      method: 'GET',
      path: /^\/v2\/droplets\/(\d+)\/actions$/,
      answer([id]) {
        const ofIt = [...actions.values()].filter(({ resource_id }) => resource_id === Number(id)).map(done);
        return { status: 200, body: { actions: ofIt, ...lists(ofIt.length) } };
      },
    },
    listed('droplets', droplets),
    listed('reserved_ips', reservedIps),
    listed('volumes', volumes),
    listed('firewalls', firewalls),
    one('droplets', 'droplet', droplets),
    one('reserved_ips', 'reserved_ip', reservedIps),
    one('volumes', 'volume', volumes),
    one('firewalls', 'firewall', firewalls),
    added('droplets', 'droplet', droplets, (body) => {
      const request = v.parse(dropletRequest, body);
      const unknown = unknownTag(request.tags);
      return unknown === undefined ? { thing: dropletOf(next(), request) } : { refused: noTag(unknown) };
    }),
    {
      method: 'POST',
      path: /^\/v2\/droplets\/(\d+)\/actions$/,
      answer([id = ''], body) {
        const droplet = droplets.get(id);
        if (droplet === undefined) return missing;
        const type = v.parse(v.picklist(['shutdown', 'power_off', 'power_on', 'reboot']), body['type']);
        droplet['status'] = type === 'power_on' || type === 'reboot' ? 'active' : 'off';
        return { status: 201, body: begun(type, Number(id), 'droplet') };
      },
    },
    deleted('droplets', droplets, (id) => {
      const isIt = v.looseObject({ id: v.literal(Number(id)) });
      for (const address of reservedIps.values()) if (v.is(isIt, address['droplet'])) address['droplet'] = null;
      for (const volume of volumes.values()) if (dropletsOf(volume).includes(Number(id))) volume['droplet_ids'] = [];
      return false;
    }),
    added('reserved_ips', 'reserved_ip', reservedIps, (body) => {
      v.parse(v.strictObject({ region: v.literal(region.slug) }), body);
      return { thing: reservedIpOf(next()) };
    }),
    {
      method: 'POST',
      path: /^\/v2\/reserved_ips\/([\d.]+)\/actions$/,
      answer([ip = ''], body) {
        const address = reservedIps.get(ip);
        if (address === undefined) return missing;
        const type = v.parse(v.picklist(['assign', 'unassign']), body['type']);
        const droplet = type === 'assign' ? droplets.get(String(body['droplet_id'])) : null;
        if (droplet === undefined) return missing;
        if (type === 'unassign' && address['droplet'] === null) {
          return problem(422, 'unprocessable_entity', 'The reserved IP is not assigned to a droplet.');
        }
        address['droplet'] = droplet;
        return { status: 201, body: begun(`${type}_ip`, Number(droplet?.['id'] ?? 0), 'reserved_ip') };
      },
    },
    deleted('reserved_ips', reservedIps, () => false),
    added('volumes', 'volume', volumes, (body) => {
      const request = v.parse(volumeRequest, body);
      if ([...volumes.values()].some((volume) => volume['name'] === request.name)) {
        return { refused: problem(409, 'already_exists', 'a volume already exists with that name') };
      }
      return { thing: volumeOf(next(), request) };
    }),
    {
      method: 'POST',
      path: /^\/v2\/volumes\/([^/]+)\/actions$/,
      answer([id = ''], body) {
        const volume = volumes.get(id);
        if (volume === undefined) return missing;
        const type = v.parse(v.picklist(['attach', 'detach']), body['type']);
        if (type === 'attach' && dropletsOf(volume).length > 0) {
          return problem(422, 'unprocessable_entity', 'volume is already attached to a droplet');
        }
        if (type === 'detach' && dropletsOf(volume).length === 0) {
          return problem(422, 'unprocessable_entity', 'volume is not attached to a droplet');
        }
        volume['droplet_ids'] = type === 'attach' ? [body['droplet_id']] : [];
        return { status: 202, body: begun(`${type}_volume`, 0, 'backend') };
      },
    },
    deleted('volumes', volumes, (id) => dropletsOf(volumes.get(id)).length > 0),
    added('firewalls', 'firewall', firewalls, (body) => {
      const request = v.parse(firewallRequest, body);
      const unknown = unknownTag(request.tags);
      return unknown === undefined ? { thing: firewallOf(next(), request) } : { refused: noTag(unknown) };
    }),
    deleted('firewalls', firewalls, () => false),
  ];
  return { ...(await serveCloud(token, routes, problem)), droplets, reservedIps, volumes, firewalls, tags };
}
