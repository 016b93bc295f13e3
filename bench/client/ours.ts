import { connect } from 'node:net';
import { client, receive } from '../../service/tls/index.ts';
import { clientConfig, environment } from '../our-credentials.ts';
import type { Handshake, Target } from './run.ts';

export function prepare({ port, authority }: Target): Handshake {
  const config = clientConfig(authority);
  return () =>
    new Promise((resolve, reject) => {
      let step = client(config, environment());
      const socket = connect(port, '127.0.0.1', () => socket.write(step.out));
      socket.on('data', (data) => {
        step = receive(step.session, data);
        if (step.out.length > 0) {
          socket.write(step.out);
        }
        if (step.status === 'established') {
          socket.destroy();
        }
        if (step.status === 'failed') {
          socket.destroy(
            new Error(`our client failed: ${JSON.stringify(step.events.filter(({ type }) => type === 'fault'))}`),
          );
        }
      });
      socket.on('error', reject);
      socket.on('close', () => resolve());
    });
}
