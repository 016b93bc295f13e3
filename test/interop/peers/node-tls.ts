import { join } from 'node:path';
import { serverName } from '../../support/foreign-pki.ts';
import { type PeerProcess, startForTest } from '../../support/peer-process.ts';
import { required } from '../../support/required.ts';
import type { NodePeerOptions } from './node-peer.ts';
import { type Abilities, type ClientPeer, exporterLabel, exporterLength, type ServerPeer, type Start } from './peer.ts';

const groupNames = { x25519: 'X25519', secp256r1: 'P-256', secp384r1: 'P-384', X25519MLKEM768: 'X25519MLKEM768' };

const abilities: Omit<Abilities, 'name'> = {
  requires: [required.tool('openssl')],
  groups: ['x25519', 'secp256r1', 'secp384r1', 'X25519MLKEM768'],
  keyTypes: ['rsa', 'rsa-pss', 'p256', 'p384', 'ed25519'],
  ownKeyTypes: ['p256', 'p384', 'ed25519'],
  alpn: 'pinata/1',
  exported: /exported ([0-9a-f]+)\n/,
  inBrief: true,
  keyUpdate: undefined,
};

function start(
  role: 'client' | 'server',
  port: number,
  { version, credential, authorities, groups }: Start,
): PeerProcess {
  const options: NodePeerOptions = {
    role,
    port,
    version,
    certificate: credential.certificatePath,
    key: credential.keyPath,
    authorities,
    groups: groups.map((group) => groupNames[group]).join(':'),
    alpn: 'pinata/1',
    serverName,
    exporter: { label: exporterLabel, length: exporterLength },
  };
  return startForTest(process.execPath, [join(import.meta.dirname, 'node-peer.ts'), JSON.stringify(options)]);
}

export const nodeClient: ClientPeer = {
  name: 'node:tls client',
  ...abilities,
  connect: async (port, options) => start('client', port, options),
  leaves: 'at the end of its input',
};

export const nodeServer: ServerPeer = {
  name: 'node:tls server',
  ...abilities,
  listen: async (options) => {
    const peer = start('server', 0, options);
    const [, port] = await peer.until(/listening on (\d+)\n/);
    return { port: Number(port), peer };
  },
  sendsCookie: false,
  answers: 'typed',
};
