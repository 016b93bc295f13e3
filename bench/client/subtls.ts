import { connect } from 'node:net';
import { SocketReadQueue, startTls, TrustedCert } from 'subtls';
import { serverName } from '../credentials.ts';
import type { Handshake, Target } from './run.ts';

/* subtls: TLS 1.3 on WebCrypto, that is, on OpenSSL; P-256 and AES-128-GCM are all it has. */

export async function prepare({ port, authority }: Target): Promise<Handshake> {
  const roots = await TrustedCert.databaseFromPEM(authority);
  return () =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        const queue = new SocketReadQueue(socket);
        startTls(
          serverName,
          roots,
          queue.read.bind(queue), // it passes a second argument that its type does not show
          (data) => void socket.write(data),
        ).then(
          () => socket.destroy(),
          (problem: unknown) => socket.destroy(problem instanceof Error ? problem : new Error(String(problem))),
        );
      });
      socket.on('error', reject);
      socket.on('close', () => resolve());
    });
}
