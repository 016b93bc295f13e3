import * as v from 'valibot';
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

const tagList = v.optional(v.array(v.string()), []);
const dropletRequest = v.strictObject({
  name: v.string(),
  region: v.string(),
  size: v.string(),
  image: v.string(),
  user_data: v.string(),
  ipv6: v.boolean(),
  monitoring: v.boolean(),
  with_droplet_agent: v.boolean(),
  tags: tagList,
});
const volumeRequest = v.strictObject({
  name: v.string(),
  region: v.string(),
  size_gigabytes: v.number(),
  description: v.string(),
  tags: tagList,
});
const side = v.strictObject({ addresses: v.array(v.string()) });
const firewallRequest = v.strictObject({
  name: v.string(),
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
  const missing = problem(404, 'not_found', 'The resource you were accessing could not be found.');
  const action = () => ({ action: { id: next(), status: 'completed', type: 'stand_in' } });
  const unknownTag = (wanted: readonly string[]) => wanted.find((tag) => !tags.has(tag));
  const noTag = (tag: string) => problem(422, 'unprocessable_entity', `tag ${tag} does not exist`);
  const hasTag = (one: Json, tag: string | null) =>
    tag === null || v.parse(v.array(v.string()), one['tags']).includes(tag);

  const listed = (path: string, all: Map<string, Json>): Route => ({
    method: 'GET',
    path: new RegExp(`^/v2/${path}$`),
    answer: (_groups, _body, query) => ({
      status: 200,
      body: {
        [path]: [...all.values()].filter(
          (one) => hasTag(one, query.get('tag_name')) && [null, one['name']].includes(query.get('name')),
        ),
      },
    }),
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
    {
      method: 'GET',
      path: /^\/v2\/account$/,
      answer: () => ({ status: 200, body: { account: { status: 'active' } } }),
    },
    {
      method: 'POST',
      path: /^\/v2\/tags$/,
      answer(_groups, body) {
        const name = v.parse(v.pipe(v.string(), v.regex(/^[a-zA-Z0-9:_-]{1,255}$/)), body['name']);
        tags.add(name);
        return { status: 201, body: { tag: { name } } };
      },
    },
    {
      method: 'DELETE',
      path: /^\/v2\/tags\/(.+)$/,
      answer([name = '']) {
        tags.delete(decodeURIComponent(name));
        return { status: 204 };
      },
    },
    listed('droplets', droplets),
    listed('volumes', volumes),
    listed('firewalls', firewalls),
    one('droplets', 'droplet', droplets),
    one('reserved_ips', 'reserved_ip', reservedIps),
    one('volumes', 'volume', volumes),
    one('firewalls', 'firewall', firewalls),
    added('droplets', 'droplet', droplets, (body) => {
      const request = v.parse(dropletRequest, body);
      const unknown = unknownTag(request.tags);
      return unknown === undefined
        ? { thing: { ...request, id: next(), status: 'active' } }
        : { refused: noTag(unknown) };
    }),
    {
      method: 'POST',
      path: /^\/v2\/droplets\/(\d+)\/actions$/,
      answer([id = ''], body) {
        const droplet = droplets.get(id);
        if (droplet === undefined) return missing;
        const type = v.parse(v.picklist(['shutdown', 'power_off', 'power_on']), body['type']);
        droplet['status'] = type === 'power_on' ? 'active' : 'off';
        return { status: 201, body: action() };
      },
    },
    deleted('droplets', droplets, (id) => {
      for (const address of reservedIps.values()) if (String(address['droplet']) === id) address['droplet'] = null;
      for (const volume of volumes.values()) if (String(volume['droplet_ids']) === id) volume['droplet_ids'] = [];
      return false;
    }),
    added('reserved_ips', 'reserved_ip', reservedIps, (body) => {
      const request = v.parse(v.strictObject({ region: v.string() }), body);
      return { thing: { ...request, ip: `198.51.100.${next() % 250}`, droplet: null } };
    }),
    {
      method: 'POST',
      path: /^\/v2\/reserved_ips\/([\d.]+)\/actions$/,
      answer([ip = ''], body) {
        const address = reservedIps.get(ip);
        if (address === undefined) return missing;
        address['droplet'] = body['type'] === 'assign' ? body['droplet_id'] : null;
        return { status: 201, body: action() };
      },
    },
    deleted('reserved_ips', reservedIps, () => false),
    added('volumes', 'volume', volumes, (body) => {
      const request = v.parse(volumeRequest, body);
      if ([...volumes.values()].some((volume) => volume['name'] === request.name)) {
        return { refused: problem(409, 'already_exists', 'a volume already exists with that name') };
      }
      return { thing: { ...request, id: `506f78a4-e098-11e5-ad9f-${next()}`, droplet_ids: [] } };
    }),
    {
      method: 'POST',
      path: /^\/v2\/volumes\/([^/]+)\/actions$/,
      answer([id = ''], body) {
        const volume = volumes.get(id);
        if (volume === undefined) return missing;
        if (body['type'] === 'attach' && v.parse(v.array(v.number()), volume['droplet_ids']).length > 0) {
          return problem(422, 'unprocessable_entity', 'volume is already attached to a droplet');
        }
        volume['droplet_ids'] = body['type'] === 'attach' ? [body['droplet_id']] : [];
        return { status: 202, body: action() };
      },
    },
    deleted('volumes', volumes, (id) => v.parse(v.array(v.number()), volumes.get(id)?.['droplet_ids']).length > 0),
    added('firewalls', 'firewall', firewalls, (body) => {
      const request = v.parse(firewallRequest, body);
      const unknown = unknownTag(request.tags);
      return unknown === undefined
        ? { thing: { ...request, id: `bb4b2611-3d72-467b-8602-${next()}` } }
        : { refused: noTag(unknown) };
    }),
    deleted('firewalls', firewalls, () => false),
  ];
  return { ...(await serveCloud(token, routes, problem)), droplets, reservedIps, volumes, firewalls, tags };
}
