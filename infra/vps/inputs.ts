import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { deployedPorts, deploymentName } from '../deploy/deployment.ts';

/*
 * All that a VPS is made from, as one plain object. Nothing in it is secret: the token of the cloud is in the environment of
 * the engine (`tokenVariables`), and the key of the wallet is born on the host.
 */

export const vpsProviders = ['hetzner', 'digitalocean'] as const;
export type VpsProvider = (typeof vpsProviders)[number];

/** Where the providers' own tools look for the token of the cloud, and so do ours. */
export const tokenVariables = { hetzner: 'HCLOUD_TOKEN', digitalocean: 'DIGITALOCEAN_TOKEN' } as const satisfies Record<
  VpsProvider,
  string
>;

const slug = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{0,62}$/));
const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const bytesAtMost = (most: number) => (text: string) => Buffer.byteLength(text) <= most;

/** Hetzner has none that is smaller. */
export const usualVolumeGigabytes = 10;

const common = {
  /** Of the deployment: the label of everything that is made, and part of its name. */
  name: deploymentName,
  /** Of the cloud's own list: fsn1, nyc3. What is made keeps it: an address and a volume do not move between regions. */
  region: slug,
  /** cx23, s-1vcpu-1gb: of the cloud's own list. */
  serverType: slug,
  /** A plain Debian 12, which is what the user-data is written for. */
  image: v.optional(slug),
  /** What `renderUserData` made. It is public to every process of the machine. 32 KiB is Hetzner's limit; the other's is 64. */
  userData: v.pipe(v.string(), v.minLength(1), v.check(bytesAtMost(32 * 1024), 'is more than 32 KiB')),
  /** On which the piñata is reached. The firewall lets in these and no other. */
  ports: v.optional(
    v.strictObject({ http: port, https: port, server: port, dialback: port, reverse: port }),
    deployedPorts,
  ),
  /** Of the data volume, in the gigabytes of the cloud. It may grow, never shrink. */
  volumeGigabytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(10), v.maxValue(1000)), usualVolumeGigabytes),
  /** Another number makes another server of the same things. */
  replacement: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  /** Of the API; the cloud's own if absent. */
  endpoint: v.optional(v.pipe(v.string(), v.url())),
};

export const vpsInputsSchema = v.variant('provider', [
  v.strictObject({
    provider: v.literal('hetzner'),
    ...common,
    /** What the address resolves to (PTR). */
    reverseName: v.optional(v.pipe(v.string(), v.regex(/^(?=.{1,253}$)([a-z0-9-]{1,63}\.)+[a-z]{2,63}$/))),
  }),
  // A reserved address of DigitalOcean has no PTR record that one could set.
  v.strictObject({ provider: v.literal('digitalocean'), ...common }),
]);

/** As written, with what may be left out left out. */
export type VpsInputs = v.InferInput<typeof vpsInputsSchema>;
export type ParsedVpsInputs = v.InferOutput<typeof vpsInputsSchema>;
export type HetznerInputs = Extract<ParsedVpsInputs, { provider: 'hetzner' }>;
export type DigitalOceanInputs = Extract<ParsedVpsInputs, { provider: 'digitalocean' }>;

/** Throws a `v.ValiError`. */
export const parseVpsInputs = (inputs: VpsInputs): ParsedVpsInputs => v.parse(vpsInputsSchema, inputs);

const debian12 = { hetzner: 'debian-12', digitalocean: 'debian-12-x64' } as const satisfies Record<VpsProvider, string>;
export const imageOf = ({ provider, image }: Pick<ParsedVpsInputs, 'provider' | 'image'>): string =>
  image ?? debian12[provider];

/**
 * A server is named by what it is made of: whatever of this is another makes another server, beside the one that is there.
 * So no server is ever changed, nor replaced under its own name. Eight hex digits.
 */
export function serverMark(inputs: ParsedVpsInputs): string {
  const { region, serverType, userData, replacement } = inputs;
  return createHash('sha256')
    .update(JSON.stringify([imageOf(inputs), region, serverType, userData, replacement]))
    .digest('hex')
    .slice(0, 8);
}

export const serverName = (inputs: ParsedVpsInputs): string => `${inputs.name}-${serverMark(inputs)}`;
