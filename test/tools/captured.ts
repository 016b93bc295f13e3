import { constants } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import tls from 'node:tls';
import { concatBytes } from '@noble/hashes/utils.js';
import { CapturedConnection, pcapHeader } from '../../service/tools/pcap.ts';
import type { ForeignCredential } from '../support/foreign-pki.ts';

/* A session between two ends of OpenSSL, as Node has it, with the key log that one of them wrote and a capture of it. */

export interface CapturedPair {
  readonly capture: Uint8Array;
  readonly keyLog: string;
}

export interface PairOptions {
  readonly authority: ForeignCredential;
  readonly server: ForeignCredential;
  /** Asked for where there is one. */
  readonly client?: ForeignCredential;
  readonly version: 'TLSv1.2' | 'TLSv1.3';
  readonly serverName: string;
  readonly ciphers?: string;
  readonly groups?: string;
  /** The client's, where they are others. */
  readonly clientGroups?: string;
  readonly alpn?: readonly string[];
  readonly tickets?: boolean;
}

export async function capturedPair(options: PairOptions): Promise<CapturedPair> {
  const {
    authority,
    server,
    client,
    version,
    serverName,
    ciphers,
    groups,
    clientGroups,
    alpn,
    tickets = true,
  } = options;
  const ca = readFileSync(authority.certificatePath);
  const own = ({ certificatePath, keyPath }: ForeignCredential) => ({
    cert: readFileSync(certificatePath),
    key: readFileSync(keyPath),
  });
  const common = {
    ca,
    minVersion: version,
    maxVersion: version,
    ...(tickets ? {} : { secureOptions: constants.SSL_OP_NO_TICKET }),
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(groups === undefined ? {} : { ecdhCurve: groups }),
  };
  const listener = tls.createServer(
    { ...common, ...own(server), requestCert: client !== undefined, rejectUnauthorized: client !== undefined },
    (socket) => {
      socket.on('error', () => undefined);
      socket.end('hello');
    },
  );
  const serverPort = await listening(listener);
  const relayed: { readonly from: 'opener' | 'accepter'; readonly bytes: Uint8Array }[] = [];
  const relay = createServer((opener) => {
    const accepter = connect(serverPort, '127.0.0.1');
    pass(opener, accepter, (bytes) => relayed.push({ from: 'opener', bytes }));
    pass(accepter, opener, (bytes) => relayed.push({ from: 'accepter', bytes }));
  });
  const relayPort = await listening(relay);
  const keyLog: string[] = [];
  const socket = tls.connect({
    ...common,
    ...(client === undefined ? {} : own(client)),
    host: '127.0.0.1',
    port: relayPort,
    ...(clientGroups === undefined ? {} : { ecdhCurve: clientGroups }),
    servername: serverName,
  });
  socket.on('keylog', (line: Buffer) => keyLog.push(line.toString()));
  socket.resume();
  await once(socket, 'close');
  await Promise.all([closed(relay), closed(listener)]);
  const connection = new CapturedConnection(
    { address: '192.0.2.7', port: 40_000 },
    { address: '198.51.100.9', port: 443 },
  );
  const at = BigInt(Date.now()) * 1_000_000n;
  return {
    capture: concatBytes(
      pcapHeader(),
      connection.open(at),
      ...relayed.map(({ from, bytes }) => connection.data(at, from, bytes)),
      connection.end(at, 'opener'),
    ),
    keyLog: keyLog.join(''),
  };
}

async function listening(server: ReturnType<typeof createServer> | tls.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const closed = (server: ReturnType<typeof createServer> | tls.Server): Promise<void> =>
  new Promise((resolve) => server.close(() => resolve()));

function pass(from: Socket, to: Socket, heard: (bytes: Uint8Array) => void): void {
  from.on('data', (chunk) => {
    heard(new Uint8Array(chunk));
    to.write(chunk);
  });
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}
