import type { Configuration } from '../../service/host/settings.ts';
import type { SandboxManifest } from '../sandbox/manifest.ts';
import { type Installed, systemdUnits, type Unit } from '../sandbox/systemd.ts';

/* The units of the host: those of the sandbox, as everywhere, and what has to be done before them. */

/** Where the release is unpacked, and where the passphrase is while the machine runs. */
export const places: Installed = {
  node: '/usr/lib/btc-pinata/node',
  program: '/usr/lib/btc-pinata/program',
  command: '/usr/lib/btc-pinata/btc-pinata-host.cjs',
  secrets: '/run/btc-pinata-secrets',
  dialler: '/run/btc-pinata-dialler/socket',
};

/** Without what they do to the file system: these have to mount, install and format. */
const rootOnce = `Type=oneshot
RemainAfterExit=yes
StandardOutput=journal+console
StandardError=journal+console
`;

const install = `[Unit]
Description=btc-pinata: make this machine the host
Wants=network-online.target
After=network-online.target cloud-init.service
ConditionPathExists=!/usr/lib/btc-pinata/installed

[Service]
${rootOnce}EnvironmentFile=/etc/btc-pinata/host.env
ExecStart=/bin/sh /etc/btc-pinata/install.sh
Restart=on-failure
RestartSec=15
RestartPreventExitStatus=3

[Install]
WantedBy=multi-user.target
`;

const volume = `[Unit]
Description=btc-pinata: the data volume
ConditionPathExists=/usr/lib/btc-pinata/installed

[Service]
${rootOnce}EnvironmentFile=/etc/btc-pinata/host.env
ExecStart=/bin/sh /etc/btc-pinata/volume.sh
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
`;

/** What a unit of root's can do without, whose only work is with files. */
const narrow = `PrivateNetwork=yes
RestrictAddressFamilies=AF_UNIX
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectHostname=yes
ProtectClock=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
UMask=0077
LimitCORE=0
`;

const unseal = `[Unit]
Description=btc-pinata: the passphrase of the wallet
Requires=btc-pinata-volume.service
After=btc-pinata-volume.service

[Service]
${rootOnce}ExecStart=/bin/sh /etc/btc-pinata/unseal.sh
RuntimeDirectory=btc-pinata-secrets
RuntimeDirectoryMode=0711
RuntimeDirectoryPreserve=yes
CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_LINUX_IMMUTABLE
ReadWritePaths=/var/lib/btc-pinata-volume/seal
# The volume's own id in the place of the machine's: systemd-creds ties its secret to it.
BindReadOnlyPaths=/var/lib/btc-pinata-volume/seal/machine-id:/etc/machine-id
${narrow}Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
`;

/** The words of `btc-pinata wallet new`: what an address depends on. */
function walletWords({ network, wallet, refundKey, refundHeight }: Configuration): string {
  return [
    `--network ${network}`,
    `--wallet ${wallet ?? 'classic'}`,
    ...(refundKey === undefined ? [] : [`--refund-key ${refundKey}`]),
    ...(refundHeight === undefined ? [] : [`--refund-height ${refundHeight}`]),
  ].join(' ');
}

const wallet = (configuration: Configuration): string => `[Unit]
Description=btc-pinata: the wallet is made here, once
Requires=btc-pinata-unseal.service
After=btc-pinata-unseal.service
ConditionPathExists=!/var/lib/btc-pinata/wallet.sealed

[Service]
${rootOnce}User=btc-pinata
ExecStart=${places.node} --no-addons --disable-sigusr1 ${places.command} wallet new --data /var/lib/btc-pinata --seal-passphrase-file ${places.secrets}/passphrase ${walletWords(configuration)}
ReadWritePaths=/var/lib/btc-pinata
CapabilityBoundingSet=
${narrow.replace('MemoryDenyWriteExecute=yes\n', '')}Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
`;

/** Beside the unit of the sandbox, not instead: what is only so on this host. */
const serviceOnThisHost = `[Unit]
Requires=btc-pinata-unseal.service
Wants=btc-pinata-wallet.service
After=btc-pinata-volume.service btc-pinata-unseal.service btc-pinata-wallet.service
ConditionPathExists=/var/lib/btc-pinata/wallet.sealed
StartLimitIntervalSec=0

[Service]
# Whatever ends it, 75 of a machine that was resumed among it, another is started.
Restart=always
# No program but Node, and the libraries that it has.
NoExecPaths=/
ExecPaths=${places.node} /usr/lib/x86_64-linux-gnu /usr/lib64
# Of /run the dialler's socket, and the word of a resumed machine: not the bus, nor systemd's sockets.
TemporaryFileSystem=/run:ro
BindReadOnlyPaths=/run/btc-pinata-dialler /run/btc-pinata
InaccessiblePaths=-/etc/btc-pinata -/var/log -/var/lib/cloud -/var/lib/btc-pinata-volume -/boot
`;

const diallerOnThisHost = `[Service]
Restart=always
NoExecPaths=/
ExecPaths=${places.node} /usr/lib/x86_64-linux-gnu /usr/lib64
`;

const report = `[Unit]
Description=btc-pinata: says on the console that it serves
Wants=btc-pinata.service
After=btc-pinata.service

[Service]
${rootOnce}ExecStart=/bin/sh /etc/btc-pinata/report.sh
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
`;

/** Each with its path below /etc/systemd/system. */
export const hostUnits = (manifest: SandboxManifest, configuration: Configuration): readonly Unit[] => [
  { name: 'btc-pinata-install.service', text: install },
  { name: 'btc-pinata-volume.service', text: volume },
  { name: 'btc-pinata-unseal.service', text: unseal },
  { name: 'btc-pinata-wallet.service', text: wallet(configuration) },
  ...systemdUnits(manifest, configuration, places),
  { name: 'btc-pinata.service.d/host.conf', text: serviceOnThisHost },
  { name: 'btc-pinata-dialler.service.d/host.conf', text: diallerOnThisHost },
  { name: 'btc-pinata-report.service', text: report },
];
