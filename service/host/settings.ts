import { isIP } from 'node:net';
import * as v from 'valibot';
import { defaultDialbackTargetPort, endpoints, type PortKey } from '../bounty/endpoints.ts';
import { baitSettings } from './bait-settings.ts';
import { absent, path, setting } from './setting.ts';

/*
 * Every setting there is. Flags, environment variables, keys of the configuration file, `--help` and
 * docs/configuration.md all derive from this table, and so does the type of a configuration.
 */

const port = (summary: string, preset: number) =>
  setting({
    kind: 'number',
    schema: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)), preset),
    allowed: 'a port from 0 to 65535; 0 takes any free one',
    placeholder: 'PORT',
    summary,
    group: 'Where it listens',
  });

const listeningPort = (key: PortKey) => {
  const endpoint = endpoints.find((candidate) => candidate.key === key);
  if (endpoint === undefined) throw new RangeError(`no endpoint ${key}`);
  return port(endpoint.summary, endpoint.defaultPort);
};

const count = (options: {
  group: string;
  summary: string;
  preset: number;
  least: number;
  most: number;
  placeholder?: string;
}) =>
  setting({
    kind: 'number',
    schema: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(options.least), v.maxValue(options.most)),
      options.preset,
    ),
    allowed: `a whole number from ${options.least} to ${options.most}`,
    placeholder: options.placeholder ?? 'N',
    summary: options.summary,
    group: options.group,
  });

const ipAddress = v.pipe(
  v.string(),
  v.check((text) => isIP(text) !== 0),
);
/** RFC 1035 §2.3.1 labels in lower case, or an IP address. */
const hostName = v.pipe(
  v.string(),
  v.maxLength(253),
  v.check(
    (text) =>
      isIP(text) !== 0 ||
      /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?))*$/.test(text),
  ),
);
const httpsUrl = v.pipe(
  v.string(),
  v.maxLength(2048),
  v.check((text) => URL.canParse(text) && new URL(text).protocol === 'https:'),
);
const chainUrl = v.pipe(
  v.string(),
  v.maxLength(2048),
  v.check((text) => URL.canParse(text) && ['http:', 'https:', 'ws:', 'wss:'].includes(new URL(text).protocol)),
  // The page shows it.
  v.check((text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === '')),
);
const contact = v.pipe(
  v.string(),
  v.maxLength(2048),
  v.check((text) => URL.canParse(text) && ['https:', 'mailto:'].includes(new URL(text).protocol)),
);

const versions = v.pipe(
  v.array(v.picklist(['1.2', '1.3'])),
  v.minLength(1),
  v.check((list) => new Set(list).size === list.length),
);
const allowedVersions = '1.2, 1.3 or both, each once';

/** What `--tls` says for all, said for one of the roles. */
const versionsOf = (who: string) =>
  setting({
    kind: 'list',
    schema: absent(versions),
    allowed: allowedVersions,
    placeholder: 'VERSION',
    summary: `versions of TLS ${who}, where they are not those of \`--tls\``,
    group: 'TLS',
  });

export const settings = {
  listen: setting({
    kind: 'list',
    schema: v.optional(v.pipe(v.array(ipAddress), v.minLength(1), v.maxLength(16)), ['127.0.0.1']),
    allowed: 'IPv4 or IPv6 addresses; `0.0.0.0` and `::` are all of them',
    placeholder: 'ADDRESS',
    summary: 'addresses to listen on',
    group: 'Where it listens',
  }),
  httpPort: listeningPort('http'),
  httpsPort: listeningPort('https'),
  serverPort: listeningPort('server'),
  dialbackPort: listeningPort('dialback'),
  reversePort: listeningPort('reverse'),
  dialbackTargetPort: setting({
    ...port('the port on the caller that a dial-back connects to', defaultDialbackTargetPort),
    schema: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)), defaultDialbackTargetPort),
    allowed: 'a port from 1 to 65535',
  }),
  managementListen: setting({
    kind: 'text',
    schema: v.optional(ipAddress, '127.0.0.1'),
    allowed: 'an address of this machine or of a private network; any other with `--allow-public-management`',
    placeholder: 'ADDRESS',
    summary: 'where `--management-port` listens: numbers and a log for the operator, which need no secret to be read',
    group: 'Management',
  }),
  managementPort: setting({
    kind: 'number',
    schema: absent(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535))),
    allowed: 'a port from 0 to 65535; 0 takes any free one',
    placeholder: 'PORT',
    summary: 'has /metrics (OpenMetrics), /log.json and /healthz, over HTTP; without it there is no such listener',
    group: 'Management',
  }),
  allowPublicManagement: setting({
    kind: 'switch',
    schema: v.optional(v.boolean(), false),
    allowed: 'true or false',
    summary: 'lets `--management-listen` be an address that strangers reach, or all addresses',
    group: 'Management',
  }),
  name: setting({
    kind: 'list',
    schema: v.optional(v.pipe(v.array(hostName), v.maxLength(32)), []),
    allowed: 'DNS names in lower case, or IP addresses',
    placeholder: 'NAME',
    summary:
      "names under which the page is reached: the first is the one it prints, all are in the website's certificate",
    group: 'Where it listens',
  }),
  tls: setting({
    kind: 'list',
    schema: v.optional(versions, ['1.2', '1.3']),
    allowed: allowedVersions,
    placeholder: 'VERSION',
    summary: 'versions of TLS that it speaks, on every port and in both roles; with both, 1.3 is preferred',
    group: 'TLS',
  }),
  tlsWebsite: versionsOf('of the page over HTTPS'),
  tlsServer: versionsOf('where the bounty plays the server'),
  tlsClient: versionsOf('where the bounty plays the client, dialling back or not'),
  crypto: setting({
    kind: 'text',
    schema: v.optional(v.picklist(['noble', 'fast']), 'fast'),
    allowed: '`fast` or `noble`',
    placeholder: 'PROVIDER',
    summary:
      'who computes X25519, P-256, key agreement on P-384, Ed25519 and the ciphers: `fast` is the arithmetic of this project itself, under bounty like the rest, `noble` the library of that name. Without a compiler (`--sandbox --jitless`) it is noble whatever this says',
    group: 'TLS',
  }),
  ...baitSettings,
  data: setting({
    kind: 'text',
    schema: absent(path),
    allowed: 'the path of a directory',
    placeholder: 'DIR',
    summary:
      'keeps there what should outlive the process: the certificates of former generations, the traces, and the key of the wallet where it is sealed. No other key of the bounty is ever in it',
    group: 'Operation',
  }),
  traceMebibytes: count({
    group: 'Operation',
    summary:
      'of traces in `--data`: beyond it what was said in the oldest attempts is dropped, and that they were stays. Without `--data` the newest are kept in memory',
    preset: 1024,
    least: 64,
    most: 16_777_216,
    placeholder: 'MIB',
  }),
  tracesPerSecond: count({
    group: 'Operation',
    summary:
      'attempts that are written down in the long run; of a flood that is more all are counted, and some recorded',
    preset: 500,
    least: 1,
    most: 1_000_000,
  }),
  breachDelayHours: count({
    group: 'Operation',
    summary: 'from a breach to the publication of its trace; that there was one is said at once',
    preset: 72,
    least: 0,
    most: 8760,
    placeholder: 'HOURS',
  }),
  certificateDays: count({
    group: 'Operation',
    summary: 'life of a generation of certificates; the next takes over when a third of it is left',
    preset: 90,
    least: 1,
    most: 825,
    placeholder: 'DAYS',
  }),
  allowPrivateDialback: setting({
    kind: 'switch',
    schema: absent(v.boolean()),
    allowed: 'true or false',
    summary:
      'lets a dial-back go to loopback and private addresses; on where it listens on loopback alone, off everywhere else',
    group: 'Limits',
  }),
  connections: count({
    group: 'Limits',
    summary:
      'open at once on the bounty ports; the website has as many of its own. Where all are taken, a newcomer has the place of one of those who have most. Fewer where descriptors or memory are few',
    preset: 12_000,
    least: 1,
    most: 1_000_000,
  }),
  connectionsPerPrefix: count({
    group: 'Limits',
    summary:
      'of those from one /24 or /56. A whole /16 or /32 has a quarter of all, or as many as this if that is more',
    preset: 1024,
    least: 1,
    most: 1_000_000,
  }),
  handshakesPerSecond: count({
    group: 'Limits',
    summary:
      'from one /24 or /56, in the long run; ten times as many at once; from a whole /16 or /32 four times that. HTTPS has as many of its own',
    preset: 100,
    least: 1,
    most: 1_000_000,
  }),
  dialbacksPerMinute: count({
    group: 'Limits',
    summary: 'to one /24 or /56, in the long run and at once; to a whole /16 or /32 four times that',
    preset: 20,
    least: 1,
    most: 1_000_000,
  }),
  dialbackSeconds: count({
    group: 'Limits',
    summary: 'that a dial-back waits for the caller to answer its SYN',
    preset: 10,
    least: 1,
    most: 60,
    placeholder: 'SECONDS',
  }),
  rememberedHandshakes: count({
    group: 'Limits',
    summary:
      'of the bounty, for twice `--handshake-seconds`: they tell a bridge from a breach. Never fewer than two for each of `--connections`',
    preset: 65_536,
    least: 1,
    most: 1_000_000,
  }),
  handshakeSeconds: count({
    group: 'Limits',
    summary: 'from accepting a connection of the bounty to the end of its handshake',
    preset: 30,
    least: 1,
    most: 600,
    placeholder: 'SECONDS',
  }),
  threads: count({
    group: 'Operation',
    summary:
      'that receive the connections of the bounty beside the one that has the page, so that the page waits for none of them: one for each processor, where it is to stand under load. 0 is one thread for all',
    preset: 0,
    least: 0,
    most: 64,
  }),
  shutdownSeconds: count({
    group: 'Operation',
    summary: 'that handshakes may still take once the process was told to stop',
    preset: 5,
    least: 0,
    most: 60,
    placeholder: 'SECONDS',
  }),
  dialler: setting({
    kind: 'text',
    schema: absent(v.union([v.literal('parent'), v.pipe(path, v.startsWith('/'))])),
    allowed: '`parent`, or the absolute path of a Unix socket',
    placeholder: 'WHO',
    summary:
      'makes the connections of a dial-back where this process may make none: `parent`, which started it (`run --sandbox` says so itself), or `btc-pinata dialler` behind a Unix socket',
    group: 'Operation',
  }),
  sandboxManifest: setting({
    kind: 'text',
    schema: absent(path),
    allowed: 'the path of a file',
    placeholder: 'FILE',
    summary:
      'says what this process is confined to: its SHA-256 stands in what the key signs (`run --sandbox` gives it itself)',
    group: 'Operation',
  }),
  operator: setting({
    kind: 'text',
    schema: absent(v.pipe(v.string(), v.minLength(1), v.maxLength(200))),
    allowed: 'text of up to 200 characters',
    placeholder: 'TEXT',
    summary: 'whose machine this is, for the page',
    group: 'Operation',
  }),
  contact: setting({
    kind: 'text',
    schema: absent(contact),
    allowed: 'a mailto: or https: URI',
    placeholder: 'URI',
    summary: 'for the page and security.txt',
    group: 'Operation',
  }),
  statusPage: setting({
    kind: 'text',
    schema: absent(httpsUrl),
    allowed: 'an https: URL',
    placeholder: 'URL',
    summary: 'the page that watches the chain',
    group: 'Operation',
  }),
  chain: setting({
    kind: 'list',
    schema: v.optional(v.pipe(v.array(chainUrl), v.maxLength(8)), []),
    allowed:
      'http: and https: URLs of Esplora APIs, and ws: and wss: URLs of a mempool websocket, none with a password; at most 8',
    placeholder: 'URL',
    summary:
      'block explorers that this machine asks what became of the coins, for its page; without one it asks nobody',
    group: 'Operation',
  }),
  tpm: setting({
    kind: 'text',
    schema: absent(path),
    allowed: 'the path of a device, which this user may read and write; on Linux /dev/tpm0',
    placeholder: 'DEVICE',
    summary:
      'a TPM 2.0 of this machine: it quotes each statement, and the page has its evidence (docs/attestation.md). It proves no more than its maker does',
    group: 'Operation',
  }),
  source: setting({
    kind: 'text',
    schema: absent(httpsUrl),
    allowed: 'an https: URL',
    placeholder: 'URL',
    summary: 'where the source of this program is published, for the page',
    group: 'Operation',
  }),
  json: setting({
    kind: 'switch',
    schema: v.optional(v.boolean(), false),
    allowed: 'true or false',
    summary: 'prints one line of JSON once everything listens, instead of the banner',
    group: 'Operation',
  }),
} as const;

export type SettingKey = keyof typeof settings;
export const settingKeys = Object.keys(settings) as SettingKey[];

const entries = Object.fromEntries(settingKeys.map((key) => [key, settings[key].schema])) as {
  readonly [Key in SettingKey]: (typeof settings)[Key]['schema'];
};

/** The one schema: what it lets through is a configuration. A key it does not know is refused. */
export const configurationSchema = v.strictObject(entries);
export type Configuration = v.InferOutput<typeof configurationSchema>;

/** `httpPort` is `--http-port`, `PINATA_HTTP_PORT`, and `httpPort` in the file. */
export const flagName = (key: SettingKey): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
export const environmentName = (key: SettingKey): string =>
  `PINATA_${flagName(key).toUpperCase().replaceAll('-', '_')}`;

export const presetOf = (key: SettingKey): unknown => {
  const { schema } = settings[key];
  return 'default' in schema ? schema.default : undefined;
};
