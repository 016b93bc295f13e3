import { type AddressInfo, createServer } from 'node:net';
import { connect } from 'node:tls';
import { protocol, serverName } from './credentials.ts';

/** The first flight of OpenSSL with this one group, as it leaves. */
export function captureClientHello(group: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const listener = createServer((socket) => {
      socket.once('data', (hello) => {
        resolve(hello);
        socket.destroy();
        listener.close();
      });
    });
    listener.on('error', reject);
    listener.listen(0, '127.0.0.1', () => {
      const { port } = listener.address() as AddressInfo;
      const client = connect({
        port,
        host: '127.0.0.1',
        servername: serverName,
        ecdhCurve: group,
        ALPNProtocols: [protocol],
        minVersion: 'TLSv1.3',
      });
      client.on('error', () => client.destroy()); // nobody answers it
    });
  });
}
