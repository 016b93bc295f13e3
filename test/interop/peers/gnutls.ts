import { clientName, serverName } from '../../support/foreign-pki.ts';
import { startOnFreePort } from '../../support/free-port.ts';
import { startForTest } from '../../support/peer-process.ts';
import { required } from '../../support/required.ts';
import { type Abilities, type ClientPeer, exporterLabel, exporterLength, type ServerPeer, type Start } from './peer.ts';

const groupNames = {
  x25519: 'X25519',
  secp256r1: 'SECP256R1',
  secp384r1: 'SECP384R1',
  X25519MLKEM768: 'X25519-MLKEM768',
};

const abilities: Omit<Abilities, 'name' | 'requires' | 'keyUpdate'> = {
  groups: ['x25519', 'secp256r1', 'secp384r1'],
  keyTypes: ['rsa', 'rsa-pss', 'p256', 'p384', 'ed25519'],
  ownKeyTypes: ['p256', 'p384', 'ed25519'],
  alpn: 'pinata/1',
  exported: /Key material: ([0-9a-f]+)\n/,
};

const common = ({ version, credential, authorities, groups }: Start): string[] => [
  `--priority=NORMAL:-VERS-ALL:+VERS-TLS${version}:-GROUP-ALL${groups.map((group) => `:+GROUP-${groupNames[group]}`).join('')}`,
  `--x509cafile=${authorities}`,
  `--x509certfile=${credential.certificatePath}`,
  `--x509keyfile=${credential.keyPath}`,
  '--alpn=pinata/1',
  `--keymatexport=${exporterLabel}`,
  `--keymatexportsize=${exporterLength}`,
];

export const gnutlsClient: ClientPeer = {
  name: 'gnutls-cli',
  requires: [required.tool('openssl'), required.tool('gnutls-cli')],
  ...abilities,
  keyUpdate: '^rekey^\n',
  connect: async (port, start) => {
    const names = [`--port=${port}`, `--sni-hostname=${serverName}`, `--verify-hostname=${serverName}`];
    const manners = ['--single-key-share', '--inline-commands'];
    return startForTest('gnutls-cli', [...names, ...manners, ...common(start), '127.0.0.1']);
  },
  leaves: 'at the end of its input',
};

/** It listens on every address of the machine: it has no option for one. */
export const gnutlsServer: ServerPeer = {
  name: 'gnutls-serv',
  requires: [required.tool('openssl'), required.tool('gnutls-serv')],
  ...abilities,
  keyUpdate: undefined,
  listen: (start) => {
    const demands = ['--require-client-cert', '--verify-client-cert', '--alpn-fatal'];
    return startOnFreePort(
      (port) => startForTest('gnutls-serv', [`--port=${port}`, '--echo', ...demands, ...common(start)]),
      /listening on IPv4.*done/,
    );
  },
  sendsCookie: false,
  answers: { to: `echo for ${clientName}\n`, with: new RegExp(`echo for ${clientName}`) },
};
