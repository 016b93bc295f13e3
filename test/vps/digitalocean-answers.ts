import type { Json } from './fake-cloud.ts';

/*
 * What DigitalOcean answers, in the shapes of https://docs.digitalocean.com/reference/api: every field that its own client and
 * plugin read. test/vps/clients holds them against the former.
 */

const created = '2026-11-01T12:00:00Z';

export const region = {
  slug: 'nyc3',
  name: 'New York 3',
  sizes: ['s-1vcpu-1gb'],
  available: true,
  features: ['storage', 'metadata'],
} as const;

export const size = {
  slug: 's-1vcpu-1gb',
  memory: 1024,
  vcpus: 1,
  disk: 25,
  transfer: 1,
  price_monthly: 6,
  price_hourly: 0.00893,
  regions: ['nyc3'],
  available: true,
  description: 'Basic',
} as const;

const image = {
  id: 203000001,
  name: '12 x64',
  type: 'base',
  distribution: 'Debian',
  slug: 'debian-12-x64',
  public: true,
  regions: ['nyc3'],
  min_disk_size: 7,
  size_gigabytes: 0.5,
  created_at: created,
  description: 'Debian 12 x64',
  tags: [],
  status: 'available',
} as const;

export const actionOf = (id: number, type: string, resource: number, resourceType: string) => ({
  id,
  type,
  // It takes its time: whoever asked looks again.
  status: 'in-progress',
  started_at: created,
  completed_at: null,
  resource_id: resource,
  resource_type: resourceType,
  region,
  region_slug: region.slug,
});

export const dropletOf = (id: number, { name, tags }: Json): Json => ({
  id,
  name,
  tags,
  status: 'active',
  memory: size.memory,
  vcpus: size.vcpus,
  disk: size.disk,
  locked: false,
  kernel: null,
  region,
  image,
  size,
  size_slug: size.slug,
  backup_ids: [],
  next_backup_window: null,
  snapshot_ids: [],
  features: ['private_networking'],
  networks: {
    v4: [{ ip_address: `203.0.113.${id % 250}`, netmask: '255.255.255.0', gateway: '203.0.113.1', type: 'public' }],
    v6: [],
  },
  created_at: created,
  volume_ids: [],
  vpc_uuid: '760e09ef-dc84-11e8-981e-3cfdfeaae000',
});

export const reservedIpOf = (id: number): Json => ({
  ip: `198.51.100.${id % 250}`,
  region,
  droplet: null,
  project_id: '4e1bfbc3-dc3e-41f2-a18f-1b4d7ba71679',
  locked: false,
});

export const volumeOf = (id: number, { name, size_gigabytes, description, tags }: Json): Json => ({
  id: `506f78a4-e098-11e5-ad9f-${String(id).padStart(12, '0')}`,
  name,
  size_gigabytes,
  description,
  tags,
  region,
  droplet_ids: [],
  created_at: created,
  filesystem_type: '',
  filesystem_label: '',
});

export const firewallOf = (id: number, { name, tags, inbound_rules, outbound_rules }: Json): Json => ({
  id: `bb4b2611-3d72-467b-8602-${String(id).padStart(12, '0')}`,
  name,
  tags,
  inbound_rules,
  outbound_rules,
  status: 'succeeded',
  droplet_ids: [],
  created_at: created,
  pending_changes: [],
});

export const tagOf = (name: string): Json => {
  const none = { count: 0 };
  const resources = { count: 0, droplets: none, images: none, volumes: none, volume_snapshots: none, databases: none };
  return { name, resources };
};

export const account = {
  droplet_limit: 25,
  floating_ip_limit: 5,
  reserved_ip_limit: 5,
  volume_limit: 100,
  email: 'somebody@example.org',
  name: 'Somebody',
  uuid: 'b6fr89dbf6d9156cace5f3c78dc9851d957381ef',
  email_verified: true,
  status: 'active',
  status_message: ' ',
} as const;

export const lists = (total: number) => ({ links: {}, meta: { total } });
