import type { VpsInputs } from '../../infra/vps/inputs.ts';
import { dropletOf, reservedIpOf } from './digitalocean-answers.ts';
import type { FakeCloud } from './fake-cloud.ts';
import { fakeDigitalOcean } from './fake-digitalocean.ts';
import { fakeHetzner } from './fake-hetzner.ts';
import { serverOf as hetznerServer } from './hetzner-answers.ts';
import { testToken } from './place.ts';
import { digitalOceanSample, hetznerSample } from './sample-inputs.ts';

/* Each cloud for the tests that run the same on both: its stand-in, what is asked of it, and in which words it refuses. */

export interface Opened {
  readonly cloud: FakeCloud;
  /** How many of each there are. */
  readonly left: () => Record<'servers' | 'addresses' | 'volumes' | 'firewalls', number>;
  /** Tags that there are, where a tag is a thing of its own. */
  readonly tags: () => number;
  /** An address of somebody else is made meanwhile, where an address can be nobody's. */
  readonly addStrangeAddress: () => string | undefined;
  /** What a person does by hand who was asked which address is whose. */
  readonly dropAddressesBut: (ip: string) => void;
  /** A server that runs, as if it had been made. */
  readonly add: (serverId: string) => void;
  /** Whether this server runs, and has the address and the volume. */
  readonly whole: (serverId: string) => Record<'runs' | 'hasAddress' | 'hasVolume', boolean>;
}

export interface Case {
  readonly provider: VpsInputs['provider'];
  readonly open: () => Promise<Opened>;
  readonly inputs: (endpoint: string) => VpsInputs;
  /** The request that makes a server, what deletes one, and what stops one. */
  readonly makesServer: RegExp;
  readonly deletesServer: RegExp;
  readonly stops: RegExp;
  readonly makesVolume: RegExp;
  readonly makesAddress: RegExp;
  /** Whether nobody can tell by an address whose it is. */
  readonly hasStrangeAddresses: boolean;
  /** As the cloud says it: [status, body]. */
  readonly words: Readonly<Record<Refused, readonly [status: number, body: unknown]>>;
}

/** Why a cloud refuses what it is asked for. */
export type Refused = 'permission' | 'throttled' | 'limit' | 'noServer' | 'taken' | 'volumeLimit' | 'fault';

const hetznerSays = (code: string, message: string) => ({ error: { code, message, details: null } });
const digitalOceanSays = (id: string, message: string) => ({ id, message, request_id: '4d9d8375-3c56-4925' });

export const cases: readonly Case[] = [
  {
    provider: 'hetzner',
    async open() {
      const cloud = await fakeHetzner(testToken);
      const { servers, primaryIps, volumes, firewalls } = cloud;
      return {
        cloud,
        left: () => ({
          servers: servers.size,
          addresses: primaryIps.size,
          volumes: volumes.size,
          firewalls: firewalls.size,
        }),
        tags: () => 0,
        addStrangeAddress: () => undefined,
        dropAddressesBut: () => undefined,
        add: (serverId) => {
          const id = Number(serverId);
          servers.set(id, hetznerServer(id, { name: 'demo', labels: {} }, [], undefined));
        },
        whole: (serverId) => ({
          runs: servers.get(Number(serverId))?.['status'] === 'running',
          hasAddress: [...primaryIps.values()].every(({ assignee_id }) => assignee_id === Number(serverId)),
          hasVolume: [...volumes.values()].every(({ server }) => server === Number(serverId)),
        }),
      };
    },
    inputs: (endpoint) => ({ ...hetznerSample, endpoint }),
    makesServer: /^POST \/servers$/,
    deletesServer: /^DELETE \/servers\//,
    stops: /\/actions\/shutdown$/,
    makesVolume: /^POST \/volumes$/,
    makesAddress: /^POST \/primary_ips$/,
    hasStrangeAddresses: false,
    words: {
      taken: [409, hetznerSays('uniqueness_error', 'server name is already used')],
      volumeLimit: [403, hetznerSays('resource_limit_exceeded', 'volume size limit exceeded')],
      permission: [403, hetznerSays('forbidden', 'insufficient permissions for this request')],
      throttled: [429, hetznerSays('rate_limit_exceeded', 'limit of 3600 requests per hour reached')],
      limit: [403, hetznerSays('resource_limit_exceeded', 'server limit exceeded')],
      noServer: [412, hetznerSays('resource_unavailable', 'error during placement')],
      fault: [503, hetznerSays('service_error', 'error within a service')],
    },
  },
  {
    provider: 'digitalocean',
    async open() {
      const cloud = await fakeDigitalOcean(testToken);
      const { droplets, reservedIps, volumes, firewalls, tags } = cloud;
      return {
        cloud,
        left: () => ({
          servers: droplets.size,
          addresses: reservedIps.size,
          volumes: volumes.size,
          firewalls: firewalls.size,
        }),
        tags: () => tags.size,
        addStrangeAddress: () => {
          const ip = '192.0.2.7';
          reservedIps.set(ip, { ...reservedIpOf(0), ip });
          return ip;
        },
        dropAddressesBut: (ip) => {
          for (const one of reservedIps.keys()) if (one !== ip) reservedIps.delete(one);
        },
        add: (serverId) => {
          droplets.set(serverId, dropletOf(Number(serverId), { name: 'demo', tags: [] }));
        },
        whole: (serverId) => ({
          runs: droplets.get(serverId)?.['status'] === 'active',
          hasAddress: [...reservedIps.values()].every(({ droplet }) => droplet === droplets.get(serverId)),
          hasVolume: [...volumes.values()].every(({ droplet_ids }) => String(droplet_ids) === serverId),
        }),
      };
    },
    inputs: (endpoint) => ({ ...digitalOceanSample, endpoint }),
    makesServer: /^POST \/v2\/droplets$/,
    deletesServer: /^DELETE \/v2\/droplets\//,
    stops: /^POST \/v2\/droplets\/\d+\/actions$/,
    makesVolume: /^POST \/v2\/volumes$/,
    makesAddress: /^POST \/v2\/reserved_ips$/,
    hasStrangeAddresses: true,
    words: {
      taken: [409, digitalOceanSays('conflict', 'a volume with this name already exists')],
      volumeLimit: [403, digitalOceanSays('forbidden', 'failed to create volume: volume limit exceeded')],
      permission: [403, digitalOceanSays('forbidden', 'You are not authorized to perform this operation')],
      throttled: [429, digitalOceanSays('too_many_requests', 'API Rate limit exceeded.')],
      limit: [
        422,
        digitalOceanSays('unprocessable_entity', 'creating this/these droplet(s) will exceed your droplet limit'),
      ],
      noServer: [422, digitalOceanSays('unprocessable_entity', 'Size is not available in this region.')],
      fault: [503, digitalOceanSays('service_unavailable', 'Server Error')],
    },
  },
];

export const otherUserData = '#cloud-config\n{"hostname":"demo","upgraded":true}\n';

export function caseOf(provider: Case['provider']): Case {
  const found = cases.find((one) => one.provider === provider);
  if (found === undefined) throw new Error(`there is no stand-in of ${provider}`);
  return found;
}
