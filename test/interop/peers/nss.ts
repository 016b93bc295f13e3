import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverName } from '../../support/foreign-pki.ts';
import { startOnFreePort } from '../../support/free-port.ts';
import { startForTest } from '../../support/peer-process.ts';
import { required } from '../../support/required.ts';
import { nickname, nssDatabase } from './nss-database.ts';
import { type Abilities, type ClientPeer, exporterLabel, exporterLength, type ServerPeer, type Start } from './peer.ts';

const groupNames = { x25519: 'x25519', secp256r1: 'P256', secp384r1: 'P384', X25519MLKEM768: 'mlkem768x25519' };

const abilities: Omit<Abilities, 'name' | 'requires' | 'alpn'> = {
  groups: ['x25519', 'secp256r1', 'secp384r1'],
  keyTypes: ['rsa', 'p256', 'p384'], // NSS 3.87 has no Ed25519, and its database takes no RSA-PSS key
  ownKeyTypes: ['p256', 'p384'],
  exported: /Keying Material:\s*((?:[0-9a-f]{2}[:\s]*){32})/,
  exporterFails: /^TLS_ECDHE_.*_SHA384$/, // "couldn't export keying material: security library failure"
  keyUpdate: undefined,
};

const tools = [required.tool('openssl'), required.tool('certutil'), required.tool('pk12util')];
const database = ({ credential, authorities, folder }: Start): Promise<string> =>
  nssDatabase(mkdtempSync(join(folder, 'nss-')), readFileSync(authorities, 'utf8'), credential);

const common = (db: string, { version, groups }: Start): string[] => [
  ...['-d', db, '-n', nickname, '-V', `tls${version}:tls${version}`, '-v'],
  ...['-I', groups.map((group) => groupNames[group]).join(','), '-x', `${exporterLabel}:${exporterLength}`],
];

export const nssClient: ClientPeer = {
  name: 'NSS tstclnt',
  requires: [...tools, required.tool('tstclnt')],
  ...abilities,
  alpn: undefined,
  connect: async (port, start) => {
    const to = ['-h', '127.0.0.1', '-p', `${port}`, '-a', serverName];
    return startForTest('tstclnt', [...to, ...common(await database(start), start)]);
  },
  leaves: 'after us',
};

/** It listens on every address of the machine: it has no option for one. Its ALPN is http/1.1 and nothing else. */
export const nssServer: ServerPeer = {
  name: 'NSS selfserv',
  requires: [...tools, required.tool('selfserv')],
  ...abilities,
  alpn: 'http/1.1',
  listen: async (start) => {
    const [db, kind] = [
      await database(start),
      start.credential.certificate.publicKey.algorithm === 'rsa' ? '-n' : '-e',
    ];
    const args = common(db, start).map((arg) => (arg === '-n' ? kind : arg));
    return startOnFreePort(
      (port) => startForTest('selfserv', ['-p', `${port}`, '-rr', '-Q', ...args]),
      /selfserv: .*listening|About to call accept/i,
    );
  },
  sendsCookie: true,
  answers: { to: 'GET / HTTP/1.0\r\n\r\n', with: /HTTP\/1\.0 200 OK/ },
};
