import { createServer } from 'node:net';
import forge from 'node-forge';
import { readCredentials } from '../credentials.ts';
import { answerOf } from './answer.ts';
import { listen } from './listen.ts';

/* node-forge: TLS 1.1 at most, RSA key transport, client certificate asked for and checked by its own default rules. */

const { rsa } = readCredentials(process.argv[2]);
const answer = answerOf(process.argv[3]).toString('binary');

const authority = forge.pki.certificateFromPem(rsa.authority);
const suite = forge.tls.CipherSuites['TLS_RSA_WITH_AES_128_CBC_SHA'];
if (suite === undefined) {
  throw new Error('node-forge has lost its cipher suite TLS_RSA_WITH_AES_128_CBC_SHA');
}

const server = createServer((socket) => {
  let closed = false;
  const connection = forge.tls.createConnection({
    server: true,
    caStore: [authority],
    sessionCache: {},
    cipherSuites: [suite],
    verifyClient: true,
    verify: (_connection, verified) => verified,
    getCertificate: () => rsa.server.certificate,
    getPrivateKey: () => rsa.server.key,
    connected: (established) => {
      established.prepare(answer);
      established.close();
    },
    tlsDataReady: (ready) => void socket.write(ready.tlsData.getBytes(), 'binary'),
    dataReady: (ready) => void ready.data.getBytes(),
    closed: () => {
      closed = true;
      socket.end();
    },
    error: (_connection, error) => {
      console.error(`forge: ${error.message}`);
      socket.destroy();
    },
  });
  // What the peer says after our close_notify is not for forge: it has let go of its keys and would misread it.
  socket.on('data', (data) => {
    if (!closed) {
      connection.process(data.toString('binary'));
    }
  });
  socket.on('error', () => socket.destroy());
});
listen(server);
