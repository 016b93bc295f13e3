import { serverName } from '../../support/foreign-pki.ts';
import { startForTest } from '../../support/peer-process.ts';
import { required } from '../../support/required.ts';
import { type Abilities, type ClientPeer, exporterLabel, exporterLength, type ServerPeer, type Start } from './peer.ts';

const groupNames = { x25519: 'X25519', secp256r1: 'P-256', secp384r1: 'P-384', X25519MLKEM768: 'X25519MLKEM768' };

const abilities: Omit<Abilities, 'name'> = {
  requires: [required.tool('openssl')],
  groups: ['x25519', 'secp256r1', 'secp384r1'],
  keyTypes: ['rsa', 'rsa-pss', 'p256', 'p384', 'ed25519'],
  ownKeyTypes: ['p256', 'p384', 'ed25519'],
  alpn: 'pinata/1',
  exported: /Keying material: ([0-9A-F]+)\n/,
  keyUpdate: 'K\n',
};

const common = ({ version, credential, authorities, groups }: Start): string[] => [
  ...[
    version === '1.3' ? '-tls1_3' : '-tls1_2',
    '-cert',
    credential.certificatePath,
    '-key',
    credential.keyPath,
    '-verify_return_error',
  ],
  ...['-CAfile', authorities, '-groups', groups.map((group) => groupNames[group]).join(':'), '-alpn', 'pinata/1'],
  ...['-keymatexport', exporterLabel, '-keymatexportlen', `${exporterLength}`],
];

export const opensslClient: ClientPeer = {
  name: 'openssl s_client',
  ...abilities,
  connect: async (port, start) => {
    const to = ['-connect', `127.0.0.1:${port}`, '-servername', serverName, '-verify_hostname', serverName];
    return startForTest('openssl', ['s_client', ...to, '-verify', '1', ...common(start)]);
  },
  leaves: 'at the end of its input',
};

export const opensslServer: ServerPeer = {
  name: 'openssl s_server',
  ...abilities,
  listen: async (start) => {
    const peer = startForTest('openssl', ['s_server', '-accept', '127.0.0.1:0', '-Verify', '1', ...common(start)]);
    const [, port] = await peer.until(/ACCEPT 127\.0\.0\.1:(\d+)\n/);
    return { port: Number(port), peer };
  },
  sendsCookie: false,
  answers: 'typed',
};
