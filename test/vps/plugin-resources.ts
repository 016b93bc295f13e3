import * as v from 'valibot';

/* What the resources of the program are at the clouds, as the plugins have it: types by their Pulumi names. */

export type Properties = Record<string, unknown>;
export type Call = (method: string, path: string, body?: Properties) => Promise<Properties>;

interface Resource {
  /** Inputs that are changed in place; whatever else changes makes another. */
  readonly updates: readonly string[];
  create(inputs: Properties, call: Call): Promise<{ readonly id: string; readonly outputs: Properties }>;
  update?(id: string, inputs: Properties, call: Call): Promise<void>;
  remove(id: string, state: Properties, call: Call): Promise<void>;
}

const thing = v.looseObject({ id: v.optional(v.union([v.string(), v.number()])), ip: v.optional(v.string()) });
const part = (answer: Properties, key: string) => v.parse(thing, answer[key]);
const list = (value: unknown) => v.parse(v.array(v.record(v.string(), v.unknown())), value ?? []);
const side = (addresses: unknown) => ({ addresses });

/** Made by one request, deleted by another. */
function plain(
  path: string,
  key: string,
  body: (inputs: Properties) => Properties,
  more: Partial<Pick<Resource, 'updates' | 'update'>> = {},
): Resource {
  return {
    updates: [],
    async create(inputs, call) {
      const made = part(await call('POST', path, body(inputs)), key);
      const outputs = made.ip === undefined ? {} : { ipAddress: made.ip };
      return { id: String(made.id ?? made.ip), outputs };
    },
    async remove(id, _state, call) {
      await call('DELETE', `${path}/${id}`);
    },
    ...more,
  };
}

const hetznerRules = (inputs: Properties) =>
  list(inputs['rules']).map(({ direction, protocol, port, description, sourceIps, destinationIps }) => {
    return { direction, protocol, port, description, source_ips: sourceIps, destination_ips: destinationIps };
  });

const hetzner: Record<string, Resource> = {
  'hcloud:index/primaryIp:PrimaryIp': plain(
    '/primary_ips',
    'primary_ip',
    ({ name, type, location, assigneeType, autoDelete, labels }) => {
      return { name, type, location, assignee_type: assigneeType, auto_delete: autoDelete, labels };
    },
  ),
  'hcloud:index/firewall:Firewall': plain(
    '/firewalls',
    'firewall',
    (inputs) => ({ name: inputs['name'], labels: inputs['labels'], rules: hetznerRules(inputs) }),
    {
      updates: ['rules'],
      async update(id, inputs, call) {
        await call('POST', `/firewalls/${id}/actions/set_rules`, { rules: hetznerRules(inputs) });
      },
    },
  ),
  'hcloud:index/volume:Volume': plain(
    '/volumes',
    'volume',
    ({ name, size, location, labels }) => ({ name, size, location, labels }),
    {
      updates: ['size'],
      async update(id, { size }, call) {
        await call('POST', `/volumes/${id}/actions/resize`, { size });
      },
    },
  ),
  'hcloud:index/server:Server': plain(
    '/servers',
    'server',
    ({ name, serverType, image, location, userData, labels, firewallIds, publicNets }) => {
      const [net] = list(publicNets);
      return {
        name,
        server_type: serverType,
        image,
        location,
        user_data: userData,
        labels,
        firewalls: v.parse(v.array(v.number()), firewallIds).map((firewall) => ({ firewall })),
        public_net: { enable_ipv4: net?.['ipv4Enabled'], enable_ipv6: net?.['ipv6Enabled'], ipv4: net?.['ipv4'] },
      };
    },
  ),
  'hcloud:index/rdns:Rdns': {
    updates: [],
    async create({ primaryIpId, ipAddress, dnsPtr }, call) {
      await call('POST', `/primary_ips/${primaryIpId}/actions/change_dns_ptr`, { ip: ipAddress, dns_ptr: dnsPtr });
      return { id: `p-${primaryIpId}-${ipAddress}`, outputs: {} };
    },
    async remove(_id, { primaryIpId, ipAddress }, call) {
      await call('POST', `/primary_ips/${primaryIpId}/actions/change_dns_ptr`, { ip: ipAddress, dns_ptr: null });
    },
  },
  'hcloud:index/volumeAttachment:VolumeAttachment': {
    updates: [],
    async create({ volumeId, serverId, automount }, call) {
      await call('POST', `/volumes/${volumeId}/actions/attach`, { server: serverId, automount });
      return { id: String(volumeId), outputs: {} };
    },
    async remove(_id, { volumeId }, call) {
      await call('POST', `/volumes/${volumeId}/actions/detach`);
    },
  },
};

const digitalocean: Record<string, Resource> = {
  'digitalocean:index/tag:Tag': {
    updates: [],
    async create({ name }, call) {
      await call('POST', '/v2/tags', { name });
      return { id: String(name), outputs: {} };
    },
    async remove(id, _state, call) {
      await call('DELETE', `/v2/tags/${encodeURIComponent(id)}`);
    },
  },
  'digitalocean:index/firewall:Firewall': plain('/v2/firewalls', 'firewall', (inputs) => ({
    name: inputs['name'],
    tags: inputs['tags'],
    inbound_rules: list(inputs['inboundRules']).map(({ protocol, portRange, sourceAddresses }) => {
      return { protocol, ports: portRange, sources: side(sourceAddresses) };
    }),
    outbound_rules: list(inputs['outboundRules']).map(({ protocol, portRange, destinationAddresses }) => {
      return { protocol, ports: portRange, destinations: side(destinationAddresses) };
    }),
  })),
  'digitalocean:index/reservedIp:ReservedIp': plain('/v2/reserved_ips', 'reserved_ip', ({ region }) => ({ region })),
  'digitalocean:index/volume:Volume': plain('/v2/volumes', 'volume', ({ name, region, size, description, tags }) => ({
    name,
    region,
    size_gigabytes: size,
    description,
    tags,
  })),
  'digitalocean:index/droplet:Droplet': plain(
    '/v2/droplets',
    'droplet',
    ({ name, region, size, image, userData, ipv6, monitoring, dropletAgent, tags }) => {
      return {
        name,
        region,
        size,
        image,
        user_data: userData,
        ipv6,
        monitoring,
        with_droplet_agent: dropletAgent,
        tags,
      };
    },
  ),
  'digitalocean:index/volumeAttachment:VolumeAttachment': {
    updates: [],
    async create({ volumeId, dropletId }, call) {
      await call('POST', `/v2/volumes/${volumeId}/actions`, { type: 'attach', droplet_id: dropletId });
      return { id: `${dropletId}-${volumeId}`, outputs: {} };
    },
    async remove(_id, { volumeId, dropletId }, call) {
      await call('POST', `/v2/volumes/${volumeId}/actions`, { type: 'detach', droplet_id: dropletId });
    },
  },
  'digitalocean:index/reservedIpAssignment:ReservedIpAssignment': {
    updates: [],
    async create({ ipAddress, dropletId }, call) {
      await call('POST', `/v2/reserved_ips/${ipAddress}/actions`, { type: 'assign', droplet_id: dropletId });
      return { id: `${dropletId}-${ipAddress}`, outputs: {} };
    },
    async remove(_id, { ipAddress }, call) {
      await call('POST', `/v2/reserved_ips/${ipAddress}/actions`, { type: 'unassign' });
    },
  },
};

export const resources: Readonly<Record<string, Resource>> = { ...hetzner, ...digitalocean };
