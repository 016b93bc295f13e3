import { connect } from 'node:net';
import { loadX509FromPem, makeTLSClient, setCryptoImplementation } from '@reclaimprotocol/tls';
import { pureJsCrypto } from '@reclaimprotocol/tls/purejs-crypto';
import { protocol, serverName } from '../credentials.ts';
import type { Handshake, Target } from './run.ts';

/* @reclaimprotocol/tls with its pure-JavaScript cryptography (an older @noble), as it comes: it offers a share of every group. */

export function prepare({ port, authority }: Target): Handshake {
  setCryptoImplementation(pureJsCrypto);
  const rootCAs = [loadX509FromPem(authority)];
  return () =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => void tls.startHandshake());
      const tls = makeTLSClient({
        host: serverName,
        rootCAs,
        supportedProtocolVersions: ['TLS1_3'],
        applicationLayerProtocols: [protocol],
        write: ({ header, content }) => {
          socket.write(header);
          socket.write(content);
        },
        onHandshake: () => setImmediate(() => socket.destroy()),
        onTlsEnd: (problem) => {
          if (problem !== undefined) {
            socket.destroy(problem);
          }
        },
      });
      socket.on('data', (data) => void tls.handleReceivedBytes(data));
      socket.on('error', reject);
      socket.on('close', () => resolve());
    });
}
