import { endpoints } from '../../service/bounty/endpoints.ts';
import type { Configuration } from '../../service/host/settings.ts';
import { places, type SandboxManifest } from './manifest.ts';

/*
 * The manifest as units for systemd(1): there the unit is the sandbox, and bubblewrap is not in it. Sockets are units of their
 * own, and so is the dialler, which has a network and no key.
 */

export interface Unit {
  readonly name: string;
  readonly text: string;
}

/** Where a deployment puts things on the machine. */
export interface Installed {
  readonly node: string;
  /** Has btc-pinata.cjs, configuration.json and sandbox.json: the manifest's /program. */
  readonly program: string;
  /** Has the verb `dialler`. */
  readonly command: string;
  readonly secrets: string;
  /** The dialler's socket. */
  readonly dialler: string;
}

export const installed: Installed = {
  node: '/usr/lib/btc-pinata/node',
  program: '/usr/lib/btc-pinata/program',
  command: '/usr/lib/btc-pinata/infra/btc-pinata.mjs',
  secrets: '/etc/btc-pinata',
  dialler: '/run/btc-pinata-dialler/socket',
};

const service = 'btc-pinata.service';
const user = 'btc-pinata';

export function systemdUnits(
  manifest: SandboxManifest,
  configuration: Configuration,
  where: Installed = installed,
): readonly Unit[] {
  return [
    { name: service, text: serviceUnit(manifest, configuration, where) },
    ...manifest.sockets.flatMap((name) =>
      socketsOf(name, configuration).map((socket) => ({
        name: socket.unit,
        text: socketUnit(socket, addressesOf(name, configuration)),
      })),
    ),
    { name: 'btc-pinata-dialler.service', text: diallerUnit(manifest, configuration, where) },
    { name: 'btc-pinata-dialler.socket', text: diallerSocketUnit(where) },
  ];
}

type Section = readonly (readonly [key: string, value: string])[];

const unit = (sections: Readonly<Record<string, Section>>): string =>
  Object.entries(sections)
    .map(([name, lines]) => [`[${name}]`, ...lines.map(([key, value]) => `${key}=${value}`), ''].join('\n'))
    .join('\n');

function serviceUnit(manifest: SandboxManifest, configuration: Configuration, where: Installed): string {
  const { files, flags, systemCalls, tasks, memoryMebibytes, sockets } = manifest;
  const has = (path: string): boolean => files.some((file) => file.path === path);
  const bound = [
    `${where.program}:/program`,
    ...[places.keyFile, places.passphrase].flatMap((path) =>
      has(path) ? [`${where.secrets}/${path.slice('/secrets/'.length)}:${path}`] : [],
    ),
  ];
  const written = [
    ...(has(places.data) ? [`%S/btc-pinata:${places.data}`] : []),
    ...(has(places.testCredentials) ? [`%S/btc-pinata-test:${places.testCredentials}`] : []),
  ];
  const states = written.map((path) => path.slice('%S/'.length, path.indexOf(':')));
  const words = `--config ${places.configuration} --sandbox-manifest ${places.manifest} --dialler ${where.dialler}`;
  return unit({
    Unit: [
      ['Description', 'btc-pinata: a TLS stack with a bitcoin key in it'],
      ['Documentation', 'file:/usr/share/doc/btc-pinata/sandbox.md'],
      ['Wants', 'btc-pinata-dialler.socket'],
      ['After', 'btc-pinata-dialler.socket'],
    ],
    Service: [
      ['ExecStart', `${where.node} ${[...flags, socketFlag(where)].join(' ')} ${places.program} ${words}`],
      ['Sockets', sockets.flatMap((name) => socketsOf(name, configuration).map((socket) => socket.unit)).join(' ')],
      ['User', user],
      ['Restart', 'on-failure'], // 75 is one that was resumed: another has to start
      ['RestartSec', '2'],
      ['KillSignal', 'SIGTERM'],
      ['TimeoutStopSec', '90'],
      ['LimitCORE', '0'],
      ['MemoryMax', `${memoryMebibytes}M`],
      ['MemorySwapMax', '0'], // no page of the key on a disk
      ['TasksMax', String(tasks)],
      ...states.map((name) => ['StateDirectory', name] as const),
      ['StateDirectoryMode', '0700'],
      ['BindReadOnlyPaths', bound.join(' ')],
      ...written.map((path) => ['BindPaths', path] as const),
      ['PrivateNetwork', 'yes'],
      ['RestrictAddressFamilies', 'AF_UNIX'], // the dialler's; the others were opened outside
      ...confined,
      // Not ProcSubset=pid: it would hide by what a resumed machine is told (service/host/instance.ts).
      ['MemoryDenyWriteExecute', systemCalls.compiler ? 'no' : 'yes'],
      // `socket` and `connect` are for the dialler, and of AF_UNIX alone; RestrictNamespaces makes clone3 an unknown call.
      ['SystemCallFilter', [...systemCalls.allowed, 'clone3', 'connect', 'socket'].join(' ')],
      ['SystemCallErrorNumber', 'EPERM'],
    ],
    Install: [['WantedBy', 'multi-user.target']],
  });
}

/** The socket of the dialler is a file, which Node looks for with its permission alone. */
const socketFlag = ({ dialler }: Installed): string => `--allow-fs-read=${dialler}`;

const confined: Section = [
  ['NoNewPrivileges', 'yes'],
  ['CapabilityBoundingSet', ''],
  ['AmbientCapabilities', ''],
  ['ProtectSystem', 'strict'],
  ['ProtectHome', 'yes'],
  ['PrivateTmp', 'yes'],
  ['PrivateDevices', 'yes'],
  ['PrivateUsers', 'yes'],
  ['PrivateIPC', 'yes'],
  ['ProtectHostname', 'yes'],
  ['ProtectClock', 'yes'],
  ['ProtectKernelTunables', 'yes'],
  ['ProtectKernelModules', 'yes'],
  ['ProtectKernelLogs', 'yes'],
  ['ProtectControlGroups', 'yes'],
  ['ProtectProc', 'invisible'],
  ['RestrictNamespaces', 'yes'],
  ['RestrictRealtime', 'yes'],
  ['RestrictSUIDSGID', 'yes'],
  ['RemoveIPC', 'yes'],
  ['LockPersonality', 'yes'],
  ['KeyringMode', 'private'],
  ['UMask', '0077'],
  ['SystemCallArchitectures', 'native'],
];

interface SocketOfThread {
  readonly unit: string;
  /** As in LISTEN_FDNAMES. */
  readonly name: string;
  /** The kernel shares connections out among all that are bound to the port. */
  readonly shared: boolean;
}

/** Of the bounty's ports one for each thread (docs/threads.md): systemd hands a socket in once. */
function socketsOf(name: string, { threads }: Configuration): readonly SocketOfThread[] {
  const isBounty = endpoints.some(({ key, serves }) => key === name && serves === 'bait');
  if (threads < 2 || !isBounty) return [{ unit: `btc-pinata-${name}.socket`, name, shared: false }];
  return Array.from({ length: threads }, (_, index) => ({
    unit: `btc-pinata-${name}-${index + 1}.socket`,
    name: `${name}@${index + 1}`,
    shared: true,
  }));
}

function socketUnit({ name, shared }: SocketOfThread, addresses: readonly string[]): string {
  return unit({
    Unit: [['Description', `btc-pinata: ${name}`]],
    Socket: [
      ...addresses.map((address) => ['ListenStream', address] as const),
      ['BindIPv6Only', 'ipv6-only'],
      ['FileDescriptorName', name],
      ...(shared ? ([['ReusePort', 'yes']] as const) : []),
      ['Service', service],
      ['Backlog', '1024'],
      ['NoDelay', 'no'],
    ],
    Install: [['WantedBy', 'sockets.target']],
  });
}

function addressesOf(name: string, configuration: Configuration): readonly string[] {
  if (name === 'management') return [addressed(configuration.managementListen, configuration.managementPort ?? 0)];
  const ports: Readonly<Record<string, number>> = {
    http: configuration.httpPort,
    https: configuration.httpsPort,
    server: configuration.serverPort,
    dialback: configuration.dialbackPort,
    reverse: configuration.reversePort,
  };
  return configuration.listen.map((host) => addressed(host, ports[name] ?? 0));
}

const addressed = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

function diallerUnit(
  { dialBack }: SandboxManifest,
  { dialbackSeconds }: Configuration,
  { node, command }: Installed,
): string {
  const words = [
    ...['dialler', '--port', String(dialBack.port), '--seconds', String(dialbackSeconds)],
    ...(dialBack.privateAddresses ? ['--allow-private'] : []),
  ];
  return unit({
    Unit: [['Description', 'btc-pinata: dials for the piñata, which has no network, and no key']],
    Service: [
      ['ExecStart', `${node} ${command} ${words.join(' ')}`],
      ['User', 'btc-pinata-dialler'],
      ['Restart', 'on-failure'],
      ['LimitCORE', '0'],
      ['MemoryMax', '256M'],
      ['TasksMax', '32'],
      ['RestrictAddressFamilies', 'AF_UNIX AF_INET AF_INET6 AF_NETLINK'], // the last to know the machine's own addresses
      // The kernel refuses them a third time; the dialler and the service do as well.
      ...(dialBack.privateAddresses
        ? []
        : ([
            [
              'IPAddressDeny',
              'localhost link-local multicast 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7',
            ],
          ] as const)),
      ...confined,
      ['SystemCallFilter', '@system-service'],
      ['SystemCallFilter', '~@privileged @resources'],
      ['SystemCallErrorNumber', 'EPERM'],
    ],
  });
}

function diallerSocketUnit({ dialler }: Installed): string {
  return unit({
    Unit: [['Description', 'btc-pinata: where the piñata asks its dialler']],
    Socket: [
      ['ListenStream', dialler],
      ['SocketUser', user],
      ['SocketMode', '0600'],
      ['DirectoryMode', '0755'],
      ['RemoveOnStop', 'yes'],
    ],
    Install: [['WantedBy', 'sockets.target']],
  });
}
