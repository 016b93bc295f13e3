import { createServer } from 'node:tls';
import { protocol, readCredentials } from '../credentials.ts';
import { answerOf } from './answer.ts';
import { listen } from './listen.ts';

/* node:tls as it comes. `mutual` asks for a client certificate, as ours does. */

const [path, mode, mebibytes] = process.argv.slice(2);
const answer = answerOf(mebibytes);
const { p256 } = readCredentials(path);
const server = createServer(
  {
    cert: p256.server.certificate,
    key: p256.server.key,
    ca: p256.authority,
    requestCert: mode === 'mutual',
    rejectUnauthorized: mode === 'mutual',
    minVersion: 'TLSv1.3',
    ALPNProtocols: [protocol],
  },
  (socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(answer);
  },
);
server.on('tlsClientError', (_, socket) => socket.destroy());
listen(server);
