import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { type Identity, protocol, serverName } from './credentials.ts';

/* The other end of a measured server. It runs in the parent, whose CPU time counts for nothing. */

/** A few at once, so that the server under measurement is not woken for each packet alone. */
const concurrency = 4;

/** Milliseconds of silence after which a server is taken for stuck. */
const patience = 10_000;

/** Runs `operation` `count` times. */
export async function repeat(count: number, operation: () => Promise<void>): Promise<void> {
  let started = 0;
  const worker = async () => {
    while (started++ < count) {
      await operation();
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, worker));
}

export interface Handshake {
  readonly port: number;
  readonly authority: string;
  readonly client?: Identity;
  readonly options?: ConnectionOptions;
}

/** A whole handshake and the server's answer: both ends agree that it succeeded, or this rejects. */
export function handshake({ port, authority, client, options }: Handshake): Promise<void> {
  return new Promise((resolve, reject) => {
    let answered = false;
    const socket = connectTls({
      port,
      host: '127.0.0.1',
      servername: serverName,
      ca: authority,
      ALPNProtocols: [protocol],
      ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
      ...options,
    });
    socket.on('data', () => {
      answered = true;
    });
    socket.setTimeout(patience, () => socket.destroy(new Error(`the server on port ${port} fell silent`)));
    socket.on('error', reject);
    socket.on('close', () =>
      answered ? resolve() : reject(new Error(`the server on port ${port} closed without its answer`)),
    );
  });
}

/** Sends `bytes`, and either hangs up at the first answer or reads on until the server has closed. */
export function provoke(port: number, bytes: Uint8Array, patient: 'hang up' | 'read on'): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(patience, () => reject(new Error(`the server on port ${port} neither answered nor closed`)));
    socket.on('data', () => {
      if (patient === 'hang up') {
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy()); // a reset is an answer too
    socket.on('close', () => resolve());
  });
}

/** Opens a connection and says nothing. */
export function idle(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', reject);
  });
}
