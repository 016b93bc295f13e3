import * as v from 'valibot';
import type { Json } from './fake-cloud.ts';

/*
 * What Hetzner answers, in the shapes of https://docs.hetzner.cloud/reference/cloud: every field that its own client and plugin
 * read. test/vps/clients holds them against the former.
 */

const created = '2026-11-01T12:00:00+00:00';
export const labels = v.optional(v.record(v.string(), v.string()), {});

export const location = {
  id: 1,
  name: 'fsn1',
  description: 'Falkenstein DC Park 1',
  country: 'DE',
  city: 'Falkenstein',
  latitude: 50.47612,
  longitude: 12.370071,
  network_zone: 'eu-central',
} as const;

export const serverType = {
  id: 114,
  name: 'cx23',
  description: 'CX23',
  category: 'Shared vCPU',
  cores: 2,
  memory: 4,
  disk: 40,
  storage_type: 'local',
  cpu_type: 'shared',
  architecture: 'x86',
  included_traffic: 0,
  prices: [],
  deprecated: false,
  deprecation: null,
  locations: [{ id: 1, name: 'fsn1', recommended: true, available: true, deprecation: null }],
} as const;

export const image = {
  id: 114690387,
  status: 'available',
  type: 'system',
  name: 'debian-12',
  description: 'Debian 12',
  image_size: null,
  disk_size: 5,
  created,
  created_from: null,
  bound_to: null,
  os_flavor: 'debian',
  os_version: '12',
  architecture: 'x86',
  rapid_deploy: true,
  protection: { delete: false },
  deprecated: null,
  deleted: null,
  labels: {},
} as const;

export const actionOf = (id: number, command: string, resources: readonly Json[]) => ({
  id,
  command,
  // It takes its time: whoever asked looks again.
  status: 'running',
  progress: 0,
  started: created,
  finished: null,
  error: null,
  resources,
});

/** Of the request that makes one. */
export const primaryIpOf = (id: number, { name, type, labels: own }: Json): Json => ({
  id,
  name,
  type,
  labels: own,
  ip: `203.0.113.${id % 250}`,
  assignee_id: null,
  assignee_type: 'server',
  auto_delete: false,
  blocked: false,
  protection: { delete: false },
  dns_ptr: [{ ip: `203.0.113.${id % 250}`, dns_ptr: `static.${id}.clients.your-server.de` }],
  location,
  created,
});

export const volumeOf = (id: number, { name, size, labels: own }: Json): Json => ({
  id,
  name,
  size,
  labels: own,
  server: null,
  status: 'available',
  location,
  format: null,
  protection: { delete: false },
  linux_device: `/dev/disk/by-id/scsi-0HC_Volume_${id}`,
  created,
});

export const firewallOf = (id: number, { name, rules, labels: own }: Json): Json => ({
  id,
  name,
  labels: own,
  rules: v
    .parse(v.array(v.record(v.string(), v.unknown())), rules)
    .map((rule) => ({ port: null, description: null, source_ips: [], destination_ips: [], ...rule })),
  applied_to: [],
  created,
});

/** `firewalls` are ids; `address` is its primary IP, if it has one. */
export const serverOf = (
  id: number,
  { name, labels: own }: Json,
  firewalls: readonly number[],
  address: Json | undefined,
): Json => ({
  id,
  name,
  labels: own,
  status: 'running',
  created,
  public_net: {
    ipv4:
      address === undefined
        ? null
        : { id: address['id'], ip: address['ip'], blocked: false, dns_ptr: `static.${id}.clients.your-server.de` },
    ipv6: null,
    floating_ips: [],
    firewalls: firewalls.map((firewall) => ({ id: firewall, status: 'applied' })),
  },
  private_net: [],
  server_type: serverType,
  included_traffic: 0,
  outgoing_traffic: null,
  ingoing_traffic: null,
  backup_window: null,
  rescue_enabled: false,
  iso: null,
  locked: false,
  location,
  image,
  protection: { delete: false, rebuild: false },
  volumes: [],
  primary_disk_size: 40,
  placement_group: null,
  load_balancers: [],
});

export const pages = (count: number) => ({
  pagination: { page: 1, per_page: 50, previous_page: null, next_page: null, last_page: 1, total_entries: count },
});
