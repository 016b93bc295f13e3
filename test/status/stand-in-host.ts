import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createTcp, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTls } from 'node:tls';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { onTestFinished } from 'vitest';
import { challengeLeaf } from '../../service/attest/challenge-tree.ts';
import { encodeProof, type Proof } from '../../service/attest/index.ts';
import type { StatementFields } from '../../service/bitcoin/index.ts';
import { bountyProtocol, probeProtocol, roleNames } from '../../service/bounty/endpoints.ts';
import type { SiteView } from '../../service/site/index.ts';
import { RogueAuthority } from '../../service/tools/rogue/identity.ts';
import { encodePem, exportPkcs8 } from '../../service/x509/index.ts';
import { fieldsOf, proofOf } from '../attest/sample-statement.ts';
import { asker } from '../site/ask.ts';
import { emptyArchive } from '../site/sample-archive.ts';
import { sampleView } from '../site/sample-view.ts';
import { type Misbehaving, misbehaving, type Reply } from './misbehaving.ts';
import { portOf } from './port-of.ts';

/*
 * All that a poller asks of a host, by stand-ins on the loopback that live as long as the test: the page is that of the site's
 * own code, statements are signed as they are asked for, and every answer can be made another.
 */

export interface StandInHost {
  readonly page: Misbehaving;
  readonly ports: Readonly<Record<'http' | 'https' | 'server' | 'dialback' | 'reverse', number>>;
  readonly fields: StatementFields;
  /** By the host's clock. */
  now: number;
  archive: SiteView['archive'];
  /** What is signed, of what would be. */
  signs: (fields: StatementFields) => StatementFields;
  /** What is answered in the place of an answer: of its path, and its text. */
  says: (path: string, text: string) => string;
  /** What is given for a ticket. */
  proves: (proof: Proof) => Proof;
}

export async function startStandIn(now: number): Promise<StandInHost> {
  const bounty = new RogueAuthority('bounty', [roleNames.server]);
  const site = new RogueAuthority('website', ['localhost']);
  const pems: Readonly<Record<string, string>> = {
    '/ca.pem': bounty.certificate.pem,
    '/site-ca.pem': site.certificate.pem,
  };
  const digest = (authority: RogueAuthority): string => bytesToHex(sha256(authority.certificate.der));
  const fields = { ...fieldsOf('classic', 'mainnet'), caSha256: digest(bounty), siteCaSha256: digest(site) };
  const tickets = new Map<string, Proof>();
  const prove = (challenge: Uint8Array): Reply => {
    const path = `/challenge/${'ab'.repeat(8)}-${tickets.size + 1}`;
    const root = bytesToHex(challengeLeaf(challenge));
    const signed = host.signs({ ...fields, time: host.now, challengeRoot: root });
    tickets.set(path, host.proves(proofOf(signed, bytesToHex(challenge))));
    return { status: 202, body: host.says('/challenge', JSON.stringify({ ready: false, url: path })) };
  };
  const page = await misbehaving((request, body): Reply => {
    const { url = '', method } = request;
    const [path = ''] = url.split('?');
    if (method === 'POST' && path === '/challenge') return prove(body);
    const ticket = tickets.get(path);
    if (ticket !== undefined) return { status: 200, body: host.says(path, encodeProof(ticket)) };
    const pem = pems[path];
    if (pem !== undefined) return { status: 200, body: host.says(path, pem) };
    const answer = asker({ ...sampleView, archive: host.archive })(url);
    return { status: answer.status, body: host.says(path, answer.content) };
  });
  const shows = (authority: RogueAuthority, name: string): Promise<number> => {
    const { certifiedKey, chain } = authority.issue({ purpose: 'serverAuth', dnsNames: [name] });
    const cert = chain.map(encodePem).join('');
    const pkcs8 = Buffer.from(exportPkcs8(certifiedKey.key));
    const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' });
    return listening(createTls({ cert, key, ALPNProtocols: [probeProtocol] }, (socket) => socket.resume().end()));
  };
  const ports = {
    http: page.port,
    https: await shows(site, 'localhost'),
    server: await shows(bounty, roleNames.server),
    dialback: await listening(createTcp((socket) => socket.end())),
    reverse: await listening(
      createTcp((socket) => {
        const offer = { servername: roleNames.server, ALPNProtocols: [bountyProtocol], rejectUnauthorized: false };
        connectTls({ socket, ...offer }).on('error', () => socket.destroy());
      }),
    ),
  };
  const host: StandInHost = {
    page,
    ports,
    fields,
    now,
    archive: emptyArchive,
    signs: (signed) => signed,
    says: (_, text) => text,
    proves: (proof) => proof,
  };
  return host;
}

/** A port of the loopback; closed with its connections when the test has ended. */
export async function listening(server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket.on('error', () => undefined));
    socket.once('close', () => open.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return portOf(server);
}
