import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import type { Version } from '../../../service/tls/index.ts';

/* node:tls as a program of its own, in the manner of openssl's: what is typed is sent, what comes is printed. */

export interface NodePeerOptions {
  readonly role: 'client' | 'server';
  readonly port: number;
  readonly version: Version;
  readonly certificate: string;
  readonly key: string;
  readonly authorities: string;
  readonly groups: string;
  readonly alpn: string;
  readonly serverName: string;
  readonly exporter: { readonly label: string; readonly length: number };
}

const options: NodePeerOptions = JSON.parse(process.argv[2] ?? '');
const context = {
  cert: readFileSync(options.certificate),
  key: readFileSync(options.key),
  ca: readFileSync(options.authorities),
  minVersion: `TLSv${options.version}`,
  maxVersion: `TLSv${options.version}`,
  ecdhCurve: options.groups,
  ALPNProtocols: [options.alpn],
} as const;

/** Without a context: Node's types demand one, which TLS 1.2 tells from none (RFC 5705 §4). */
const exported = (socket: TLSSocket): Buffer =>
  Reflect.apply(socket.exportKeyingMaterial, socket, [options.exporter.length, options.exporter.label]);

function serve(socket: TLSSocket): void {
  console.log(`exported ${exported(socket).toString('hex')}`);
  console.log(`authorized ${socket.authorized}`);
  socket.pipe(process.stdout, { end: false });
  process.stdin.removeAllListeners('data');
  process.stdin.on('data', (typed) => socket.write(typed));
  process.stdin.once('end', () => socket.end());
  socket.on('error', (error) => console.log(`error ${error.message}`));
  socket.on('end', () => socket.end());
}

if (options.role === 'client') {
  const socket = connect({ ...context, host: '127.0.0.1', port: options.port, servername: options.serverName });
  socket.once('secureConnect', () => serve(socket));
  socket.once('error', (error) => console.log(`error ${error.message}`));
  socket.once('close', () => process.exit(socket.authorized ? 0 : 1));
} else {
  const server = createServer({ ...context, requestCert: true, rejectUnauthorized: true }, serve);
  server.on('tlsClientError', (error) => console.log(`error ${error.message}`));
  server.listen(options.port, '127.0.0.1', () => {
    console.log(`listening on ${(server.address() as AddressInfo).port}`);
  });
}
