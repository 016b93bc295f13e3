import { connect } from 'node:tls';
import { protocol, serverName } from '../credentials.ts';
import type { Handshake, Target } from './run.ts';

export const prepare =
  ({ port, authority }: Target): Handshake =>
  () =>
    new Promise((resolve, reject) => {
      const socket = connect({
        port,
        host: '127.0.0.1',
        servername: serverName,
        ca: authority,
        ALPNProtocols: [protocol],
        minVersion: 'TLSv1.3',
      });
      socket.on('secureConnect', () => socket.destroy());
      socket.on('error', reject);
      socket.on('close', () => resolve());
    });
