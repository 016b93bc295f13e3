import { createServer } from 'node:net';
import { close, receive, type Step, send, server } from '../../service/tls/index.ts';
import { readCredentials } from '../credentials.ts';
import { environment, serverConfig } from '../our-credentials.ts';
import { listen } from './listen.ts';

/* Our engine behind node:net and nothing else: what is compared with node:tls, which is OpenSSL behind the same sockets. */

const config = serverConfig(readCredentials(process.argv[2]));
const secret = new TextEncoder().encode('secret');

listen(
  createServer({ allowHalfOpen: true }, (socket) => {
    let session = server(config, environment());
    const write = (step: Step) => {
      session = step.session;
      if (step.out.length > 0) {
        socket.write(step.out);
      }
      return step.status;
    };
    socket.on('data', (data) => {
      socket.cork();
      const status = write(receive(session, data));
      if (status === 'established') {
        write(send(session, secret));
        write(close(session));
        socket.end();
      }
      if (status === 'failed') {
        socket.end();
      }
      socket.uncork();
    });
    socket.on('end', () => socket.end());
    socket.on('error', () => socket.destroy());
  }),
);
