import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { isRefundHeight, networkNames, readRefundKey } from '../../service/bitcoin/index.ts';
import { Misuse, parseWords } from '../../service/tools/command-words.ts';
import { availabilityZone, deploymentName, hostedZoneId, providers } from './deployment.ts';

/* What `deploy` was told, by flags or by a file, and what it is left to ask for. */

const url = v.pipe(v.string(), v.url(), v.regex(/^https?:/));

export const wishSchema = v.strictObject({
  name: v.optional(deploymentName),
  host: v.optional(v.picklist(providers)),
  region: v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9-]{2,30}$/))),
  zone: v.optional(availabilityZone),
  network: v.optional(v.picklist(networkNames)),
  hostName: v.optional(v.pipe(v.string(), v.regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/))),
  refundKey: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => typeof readRefundKey(text) !== 'string', 'a public key of secp256k1 in hex is wanted'),
    ),
  ),
  refundHeight: v.optional(
    v.pipe(
      v.number(),
      v.check((height) => isRefundHeight(height), 'a height of a block is wanted'),
    ),
  ),
  type: v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{1,40}$/))),
  statusPage: v.optional(v.boolean()),
  pageDomain: v.optional(v.pipe(v.string(), v.regex(/^(?:[a-z0-9-]+\.)+[a-z]{2,63}$/))),
  hostedZone: v.optional(hostedZoneId),
  email: v.optional(v.pipe(v.string(), v.email())),
  sources: v.optional(v.array(url)),
  release: v.optional(v.string()),
  releaseUrl: v.optional(url),
});

/** Of a flag or of the file of `--config`, which has these keys. */
export type Wish = v.InferOutput<typeof wishSchema>;

export interface DeployOptions {
  readonly wish: Wish;
  /** The folder of all deployments. */
  readonly folder: string;
  readonly yes: boolean;
  readonly dryRun: boolean;
  /** Take stacks of this name that are there already, and of which no document is here. */
  readonly adopt: boolean;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

/** Throws a Misuse that names flag, value and what is allowed. */
export function parseDeployOptions(argv: readonly string[]): DeployOptions {
  const { values } = parseWords({
    args: [...argv],
    options: {
      config: text,
      name: text,
      host: text,
      region: text,
      zone: text,
      network: text,
      'host-name': text,
      'refund-key': text,
      'refund-height': text,
      type: text,
      'no-status': flag,
      'page-domain': text,
      'hosted-zone': text,
      email: text,
      chain: { type: 'string', multiple: true },
      release: text,
      'release-url': text,
      folder: { type: 'string', default: 'deployments' },
      yes: flag,
      'dry-run': flag,
      adopt: flag,
    },
  });
  const flags = {
    name: values.name,
    host: values.host,
    region: values.region,
    zone: values.zone,
    network: values.network,
    hostName: values['host-name'],
    refundKey: values['refund-key'],
    refundHeight: numberOf(values['refund-height']),
    type: values.type,
    statusPage: values['no-status'] ? false : undefined,
    pageDomain: values['page-domain'],
    hostedZone: values['hosted-zone'],
    email: values.email,
    sources: values.chain,
    release: values.release,
    releaseUrl: values['release-url'],
  };
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  const wish = {
    ...(values.config === undefined ? {} : wishOf(fileAt(values.config), values.config)),
    ...wishOf(given),
  };
  return { wish, folder: values.folder, yes: values.yes, dryRun: values['dry-run'], adopt: values.adopt };
}

/** As people call them: the flag of a key of the wish. */
const flagOf = (key: string): string =>
  key === 'sources' ? '--chain' : `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function wishOf(value: unknown, file?: string): Wish {
  const result = v.safeParse(wishSchema, value);
  if (result.success) return result.output;
  const [first] = result.issues;
  const key = v.getDotPath(first) ?? '';
  const what = file === undefined ? flagOf(key.split('.')[0] ?? key) : `${file}: ${key === '' ? 'the document' : key}`;
  throw new Misuse(`${what} is ${JSON.stringify(first.input) ?? 'missing'}; ${allowedFor(key, first.message)}`);
}

function allowedFor(key: string, message: string): string {
  switch (key) {
    case 'name':
      return 'allowed are up to 24 lower-case letters, digits and -, a letter first';
    case 'host':
      return `allowed are ${providers.join(', ')}`;
    case 'network':
      return `allowed are ${networkNames.join(', ')}`;
    case 'hostName':
    case 'pageDomain':
      return 'a DNS name in lower case is wanted';
    case 'zone':
      return 'an availability zone of EC2 is wanted, as eu-west-1b';
    case 'hostedZone':
      return 'the id of a zone in Route 53 is wanted, as Z0123456789ABCDEFGHIJ';
    default:
      return message.toLowerCase();
  }
}

function numberOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (/^\d{1,9}$/.test(given)) return Number(given);
  throw new Misuse(`--refund-height is ${JSON.stringify(given)}; a whole number is wanted`);
}

function fileAt(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Misuse(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
