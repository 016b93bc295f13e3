import * as v from 'valibot';
import { networkNames } from '../../service/bitcoin/index.ts';

/*
 * deployment.json: what of one deployment is known to whoever runs it, and where CDK and Pulumi meet. Everything in it may be
 * shown to anybody: the key of the wallet is on the host alone, tokens are in the environment, and the refund key is a file
 * beside it, of which this document has the public half.
 */

export const deploymentFormat = 'btc-pinata/deployment/v1';

export const providers = ['ec2', 'hetzner', 'digitalocean'] as const;
export type Provider = (typeof providers)[number];

const hex = (bytes: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`)));
const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const seconds = v.pipe(v.number(), v.integer(), v.minValue(0));
const height = v.pipe(v.number(), v.integer(), v.minValue(1));

/** Part of the names of buckets and stacks: lower case, a letter first, no dot. */
export const deploymentName = v.pipe(v.string(), v.regex(/^[a-z](?:[a-z0-9-]{0,22}[a-z0-9])?$/));

/** Defaults are what a host listens on: not 8080 and 8443, which are for a service without privileges. */
export const deployedPorts = { http: 80, https: 443, server: 10_000, dialback: 10_001, reverse: 10_002 } as const;

const ports = v.strictObject({ http: port, https: port, server: port, dialback: port, reverse: port });

/** `eu-west-1b`, and of a local zone `us-west-2-lax-1a`. */
export const availabilityZone = v.pipe(v.string(), v.regex(/^[a-z]{2}(?:-[a-z]+)+-\d(?:-[a-z]+-\d)?[a-z]$/));

/** The id of a zone in Route 53. */
export const hostedZoneId = v.pipe(v.string(), v.regex(/^Z[0-9A-Z]{1,31}$/));

const host = v.strictObject({
  /** The reserved IPv4 address, which outlives the server; null until there is one. */
  address: v.nullable(v.pipe(v.string(), v.ipv4())),
  ports,
  /** The availability zone of EC2 that was chosen for it: one of another zone is another machine. Null: EC2 chooses. */
  zone: v.optional(v.nullable(availabilityZone), null),
  /** An instance of EC2 or a server of the VPS. */
  serverId: v.nullable(v.string()),
  /** The AMI of a measured host, and the snapshot that it was registered from. */
  imageId: v.nullable(v.pipe(v.string(), v.regex(/^ami-[0-9a-f]{8,17}$/))),
  snapshotId: v.nullable(v.pipe(v.string(), v.regex(/^snap-[0-9a-f]{8,17}$/))),
});

const wallet = v.strictObject({
  network: v.picklist(networkNames),
  address: v.string(),
  kind: v.picklist(['vault', 'classic']),
  refundHeight: v.nullable(height),
});

const status = v.strictObject({
  /** The output `BucketName` of the status stack. */
  bucket: v.string(),
  /** `DistributionId`. */
  distribution: v.string(),
  /** `StatusUrl`. */
  url: v.pipe(v.string(), v.url()),
  /** `PollerName`. */
  poller: v.string(),
});

/** What the operator chose; nothing of it is found out by a step. */
const chosen = v.strictObject({
  network: v.picklist(networkNames),
  /** Under which the host is reached, where it has a name besides its address. */
  hostName: v.nullable(v.string()),
  /** The public half, x-only; null until it is made. From `lockHeight` on it may spend. */
  refundKey: v.nullable(hex(32)),
  lockHeight: height,
  /** Of EC2, or of the VPS's own list. */
  serverType: v.string(),
  statusPage: v.boolean(),
  /** A domain of one's own for the page; null: that of CloudFront. */
  pageDomain: v.nullable(v.string()),
  /** In which that is. */
  hostedZone: v.optional(v.nullable(hostedZoneId), null),
  /** Who is written to when something fails or costs more than it should. */
  email: v.nullable(v.string()),
  /** Explorers that the poller asks; empty: the public ones of the network. */
  sources: v.array(v.pipe(v.string(), v.url())),
});

const release = v.strictObject({
  version: v.string(),
  /** Of release.json. */
  sha256: hex(32),
  /** Of the program, which every piñata says of itself. */
  build: hex(32),
  /** What a measured host boots, by its name in the release; null on a VPS. */
  image: v.nullable(v.strictObject({ output: v.string(), sha256: hex(32) })),
  /** Where a VPS gets the program from, where that is not the bucket of its status page. */
  url: v.nullable(v.pipe(v.string(), v.url())),
});

const entry = v.strictObject({
  step: v.string(),
  /** Seconds since 1970. */
  at: seconds,
  outcome: v.picklist(['begun', 'done', 'failed', 'interrupted']),
});

export const deploymentState = v.union([
  v.picklist(['planned', 'live', 'retired', 'destroyed']),
  v.custom<`deploying:${string}`>((text) => typeof text === 'string' && /^deploying:[a-z-]+$/.test(text)),
  v.custom<`destroying:${string}`>((text) => typeof text === 'string' && /^destroying:[a-z-]+$/.test(text)),
]);

export const deploymentSchema = v.strictObject({
  format: v.literal(deploymentFormat),
  name: deploymentName,
  provider: v.picklist(providers),
  region: v.string(),
  /** The AWS account that all of this is in; null where nothing of it is on AWS. */
  account: v.nullable(v.pipe(v.string(), v.regex(/^\d{12}$/))),
  chosen,
  release,
  host,
  /** As the host said, and proved; null until it has answered. */
  wallet: v.nullable(wallet),
  status: v.nullable(status),
  /** Names of the stacks that were begun, in the order in which they were. */
  stacks: v.array(v.string()),
  state: deploymentState,
  journal: v.array(entry),
});

export type Deployment = v.InferOutput<typeof deploymentSchema>;
export type DeploymentState = Deployment['state'];
export type JournalEntry = v.InferOutput<typeof entry>;
export type Chosen = v.InferOutput<typeof chosen>;

/** Of the text of a file; throws a `v.ValiError` or a `SyntaxError`. */
export const decodeDeployment = (text: string): Deployment => v.parse(deploymentSchema, JSON.parse(text));

export const encodeDeployment = (deployment: Deployment): string => `${JSON.stringify(deployment, undefined, 2)}\n`;
