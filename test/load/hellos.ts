import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { connect } from 'node:tls';

/** The ClientHello (RFC 9846 §4.1.2) of another's TLS 1.3 stack, with a key share of this group alone; as one record. */
export async function clientHello(group: string): Promise<Uint8Array> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const arriving = once(listener, 'connection');
  const asking = connect({
    host: '127.0.0.1',
    port,
    ecdhCurve: group,
    minVersion: 'TLSv1.3',
    ALPNProtocols: ['pinata/1'],
  });
  asking.on('error', () => undefined);
  const [socket] = await arriving;
  const [bytes] = await once(socket, 'data');
  asking.destroy();
  socket.destroy();
  listener.close();
  return new Uint8Array(bytes);
}
