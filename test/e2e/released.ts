import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';

/** A real client with the credentials that were handed out, and what it was given. */
export function released(port: number, credentials: string): Promise<string> {
  const read = (name: string): Buffer => readFileSync(join(credentials, name));
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connectTls({
      ...{ port, host: '127.0.0.1', servername: 'server.btc-pinata.invalid', ca: read('authority.pem') },
      ...{ cert: read('client.pem'), key: read('client-key.pem'), ALPNProtocols: ['pinata/1'] },
    });
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}
