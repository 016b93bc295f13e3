import type { SiteView } from '../site/index.ts';
import type { PortNumbers } from './listeners.ts';
import type { Service } from './service.ts';

/* What is said once everything listens: to a program one line of JSON, to a person a banner. */

export interface Announcement {
  readonly service: Pick<Service, 'ports' | 'host' | 'caSha256' | 'siteCaSha256' | 'management'>;
  readonly wallet: SiteView['wallet'];
  readonly build: string;
  readonly version: string;
  /** That receive the bounty's connections beside the first. */
  readonly threads: number;
  readonly testCredentials: string | undefined;
  /** Then the folder has another name outside, and nobody tells it in here. */
  readonly sandboxed: boolean;
}

export function announcementLine({ service, wallet, build, threads, testCredentials }: Announcement): string {
  return `${JSON.stringify({
    ports: service.ports,
    address: wallet.address,
    network: wallet.network,
    wallet: wallet.kind,
    descriptor: wallet.descriptor,
    keyOrigin: wallet.keyOrigin,
    recovery: wallet.recovery,
    ephemeral: wallet.ephemeral,
    caSha256: service.caSha256,
    siteCaSha256: service.siteCaSha256,
    build,
    ...(threads === 0 ? {} : { threads }),
    ...(service.management === undefined ? {} : { managementPort: service.management.port }),
    ...(testCredentials === undefined ? {} : { test: true }),
  })}\n`;
}

export function banner(announcement: Announcement): string {
  const { service, wallet, build, version, testCredentials, sandboxed } = announcement;
  const { ports } = service;
  const host = bracketed(service.host);
  const rows: (readonly [string, string])[] = [
    [`http://${host}:${ports.http}/`, 'the page'],
    [`https://${host}:${ports.https}/`, 'the page, by the same TLS stack (its authority: /certificates.pem)'],
    [`${host}:${ports.server}`, 'TLS server: authenticate, and it sends the key'],
    [`${host}:${ports.dialback}`, 'closes at once, and connects back to you as TLS client'],
    [`${host}:${ports.reverse}`, 'plays the TLS client on the connection you open'],
  ];
  const { management } = service;
  if (management !== undefined)
    rows.push([`http://${bracketed(management.address)}:${management.port}/metrics`, 'for you alone; also /log.json']);
  const width = Math.max(...rows.map(([where]) => where.length)) + 3;
  return [
    '',
    `  btc-pinata ${version}   break this TLS stack, take the bitcoin`,
    '',
    ...rows.map(([where, what]) => `  ${where.padEnd(width)}${what}`),
    '',
    ...walletLines(wallet).map((line, index) => `  ${index === 0 ? 'wallet' : ''}`.padEnd(13) + line),
    `  authority  SHA-256 ${service.caSha256}`,
    `  website's  SHA-256 ${service.siteCaSha256}`,
    `  build      ${build}`,
    ...(testCredentials === undefined
      ? []
      : ['  test       true: credentials that open the bait were written; no success proves anything']),
    '',
    '  Try, in another terminal:',
    ...thingsToTry(host, service.host, ports, testCredentials, sandboxed).map((command) => `    ${command}`),
    '',
    '',
  ].join('\n');
}

/** What an operator should know before anything is paid to it. */
function walletLines(wallet: SiteView['wallet']): readonly string[] {
  const { address, network, kind, keyOrigin, recovery } = wallet;
  return [
    `${address} (${network}, ${kind})`,
    ...(wallet.kind === 'vault'
      ? [`refund to ${wallet.refund.publicKey} in blocks above ${wallet.refund.height}`]
      : []),
    ...(keyOrigin === 'imported' ? ['its key was handed in, and everybody is told so'] : []),
    ...(recovery === 'none' ? [] : [`a copy of its key is encrypted to ${recovery}, and everybody is told so`]),
    ...(wallet.ephemeral ? [ephemeralLine(wallet)] : []),
  ];
}

function ephemeralLine(wallet: SiteView['wallet']): string {
  if (wallet.network === 'regtest') return 'made in memory: worth nothing, and gone when this process ends';
  return wallet.kind === 'vault'
    ? `EPHEMERAL: when this process ends, what was paid to it is locked until block ${wallet.refund.height}`
    : 'EPHEMERAL: when this process ends, what was paid to it is lost for good';
}

/** Each works as it stands when pasted; in the folder that it names where that is known outside alone. */
function thingsToTry(
  host: string,
  bare: string,
  ports: PortNumbers,
  testCredentials: string | undefined,
  sandboxed: boolean,
): readonly string[] {
  const bridge = [
    `npx btc-pinata bridge ${bare}`,
    ...(ports.server === 10_000 ? [] : [`--server-port ${ports.server}`]),
    ...(ports.reverse === 10_002 ? [] : [`--reverse-port ${ports.reverse}`]),
    ...(ports.http === 8080 ? [] : [`--http-port ${ports.http}`]),
  ].join(' ');
  const within = sandboxed ? '' : `${testCredentials}/`;
  const where = sandboxed ? '   # in the folder that --test-credentials names' : '';
  const connect = `openssl s_client -connect ${host}:${ports.server} -alpn pinata/1`;
  return [
    testCredentials === undefined
      ? `${connect} -ign_eof </dev/null`
      : `${connect} -cert ${quoted(`${within}client.pem`)} -key ${quoted(`${within}client-key.pem`)} -quiet${where}`,
    bridge,
    `curl -g http://${host}:${ports.http}/status.json`,
  ];
}

/** As it stands in a URL. */
const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** For a shell of POSIX. */
const quoted = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
