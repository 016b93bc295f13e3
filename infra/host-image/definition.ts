import * as v from 'valibot';
import { networkNames } from '../../service/bitcoin/index.ts';
import { configure } from '../../service/host/configuration.ts';
import type { Configuration } from '../../service/host/settings.ts';
import { UnusableSetting } from '../../service/host/unstartable.ts';

/*
 * What one VPS is told when it boots for the first time. All of it stands in the user-data, which every process of the machine
 * and the provider can read: nothing here is secret, and no key ever is.
 */

const hex = (bytes: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`)));

/** Goes into a shell's single quotes and a systemd unit: no quote, space, `%` or control character. */
const releaseUrl = v.pipe(v.string(), v.maxLength(1024), v.regex(/^https?:\/\/[A-Za-z0-9.:[\]-]+\/[A-Za-z0-9._~/-]*$/));

/** A pattern of the shell below /dev, as `/dev/disk/by-id/scsi-0HC_Volume_*`. */
const devicePattern = v.pipe(v.string(), v.maxLength(200), v.regex(/^\/dev\/[A-Za-z0-9._/*-]+$/));

/** Where the volumes of Hetzner and DigitalOcean show. A server has one volume of ours; more than one that fits is refused. */
export const volumePatterns = ['/dev/disk/by-id/scsi-0HC_Volume_*', '/dev/disk/by-id/scsi-0DO_Volume_*'] as const;

/** The state folder of its unit (infra/sandbox/systemd.ts). */
export const testCredentialsFolder = '/var/lib/btc-pinata-test';

export const hostDefinitionSchema = v.strictObject({
  /** Of the deployment; also the host name of the machine. */
  name: v.pipe(v.string(), v.regex(/^[a-z](?:[a-z0-9-]{0,22}[a-z0-9])?$/)),
  /** DNS names and addresses under which the page is reached; the first is the one that it prints. */
  hostNames: v.optional(v.array(v.string()), []),
  network: v.picklist(networkNames),
  wallet: v.picklist(['vault', 'classic']),
  /** Of a vault: compressed or x-only, in hex. */
  refundKey: v.optional(v.string()),
  /** Of a vault: no block up to this one can hold a refund. */
  lockHeight: v.optional(v.number()),
  /** Of the archive that `hostArchive` makes. */
  release: v.strictObject({ url: releaseUrl, sha256: hex(32) }),
  /** https: of the page that watches the chain. */
  statusUrl: v.optional(v.string()),
  operator: v.optional(v.string()),
  /** mailto: or https:. */
  contact: v.optional(v.string()),
  /** https: of the source. */
  source: v.optional(v.string()),
  /** On regtest alone: what opens it, in `testCredentialsFolder`, for root to read. */
  testCredentials: v.optional(v.boolean(), false),
  /** Where the data volume is looked for while it has no label yet. */
  volumes: v.optional(v.pipe(v.array(devicePattern), v.minLength(1)), [...volumePatterns]),
});

/** As it is written; `parseHostDefinition` fills in what may be left out. */
export type HostDefinition = v.InferInput<typeof hostDefinitionSchema>;
export type ParsedHostDefinition = v.InferOutput<typeof hostDefinitionSchema>;

/** Throws a `v.ValiError`. */
export const parseHostDefinition = (definition: HostDefinition): ParsedHostDefinition =>
  v.parse(hostDefinitionSchema, definition);

export interface HostSettings {
  /** What the configuration file has: paths are those of the machine. */
  readonly given: Readonly<Record<string, unknown>>;
  /** The same, with every preset. */
  readonly configuration: Configuration;
}

/** Throws an UnusableSetting for what the service would refuse, so that it is refused before a server is paid for. */
export function hostSettings(definition: ParsedHostDefinition): HostSettings {
  const { hostNames, network, wallet, refundKey, lockHeight, statusUrl, operator, contact, source, testCredentials } =
    definition;
  const given = {
    listen: ['0.0.0.0', '::'],
    httpPort: 80,
    httpsPort: 443,
    name: hostNames,
    network,
    wallet,
    ...(refundKey === undefined ? {} : { refundKey }),
    ...(lockHeight === undefined ? {} : { refundHeight: lockHeight }),
    ...(statusUrl === undefined ? {} : { statusPage: statusUrl }),
    ...(operator === undefined ? {} : { operator }),
    ...(contact === undefined ? {} : { contact }),
    ...(source === undefined ? {} : { source }),
    ...(testCredentials ? { testCredentials: testCredentialsFolder } : {}),
    allowPrivateDialback: false,
    data: '/var/lib/btc-pinata',
    sealPassphraseFile: '/run/btc-pinata-secrets/passphrase',
  };
  const configured = configure({
    argv: ['--config', 'definition'],
    environment: {},
    readFile: () => JSON.stringify(given),
  });
  if (configured.type !== 'run') {
    const problems = configured.type === 'problems' ? configured.problems : ['it asks for no service'];
    throw new UnusableSetting('the definition of the host', problems.join('; '), 'see docs/configuration.md');
  }
  return { given, configuration: configured.configuration };
}
