import { createServer } from 'node:net';
import { close, receive, type Step, send, server } from '../../service/tls/index.ts';
import { readCredentials } from '../credentials.ts';
import { environment, serverConfig } from '../our-credentials.ts';
import { answerOf } from './answer.ts';
import { listen } from './listen.ts';

/* Our engine behind node:net and nothing else: what is compared with node:tls, which is OpenSSL behind the same sockets. */

const config = serverConfig(readCredentials(process.argv[2]));
const answer = answerOf(process.argv[3]);
const piece = 2 ** 16;

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
    /** The answer from there on, as fast as it is taken. */
    const say = (from: number): void => {
      for (let at = from; at < answer.length; at += piece) {
        if (socket.writableNeedDrain) {
          socket.once('drain', () => say(at));
          return;
        }
        write(send(session, answer.subarray(at, at + piece)));
      }
      write(close(session));
      socket.end();
    };
    socket.on('data', (data) => {
      socket.cork();
      const status = write(receive(session, data));
      if (status === 'established') {
        say(0);
      }
      if (status === 'failed') {
        socket.end();
      }
      socket.uncork();
    });
    // Ending twice makes an error of Node's, with its stack, that nobody hears of.
    socket.on('end', () => void (socket.writableEnded || socket.end()));
    socket.on('error', () => socket.destroy());
  }),
);
