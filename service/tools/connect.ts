import { createServer, connect as netConnect, type Server, type Socket } from 'node:net';
import { bytesToHex } from '@noble/hashes/utils.js';
import { addressBytes } from './address-bytes.ts';

/** What could not be done, and what to do about it. */
export class ConnectFailure extends Error {}

/** Opens a connection whose halves end one by one. `what` is said of the port where it fails. */
export function connect(host: string, port: number, what: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = netConnect({ host, port, allowHalfOpen: true, noDelay: true });
    const aborted = (): void => {
      socket.destroy();
      reject(new ConnectFailure(`cannot connect to port ${port} of ${host} (${what}): no answer in time`));
    };
    const failed = (error: NodeJS.ErrnoException): void => {
      signal.removeEventListener('abort', aborted);
      reject(new ConnectFailure(`cannot connect to port ${port} of ${host} (${what}): ${explain(error)}`));
    };
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.off('error', failed);
      signal.removeEventListener('abort', aborted);
      resolve(socket);
    });
  });
}

function explain(error: NodeJS.ErrnoException): string {
  const fault = connectionFault(error) ?? (error.message === '' ? (error.code ?? 'it fails') : error.message);
  switch (error.code) {
    case 'ECONNREFUSED':
      return `${fault}. Is a piñata running there, and on this port? \`btc-pinata run\` starts one on this machine, and its first lines name the ports`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${fault}. Is it spelled right? An IP address will do as well`;
    default:
      return fault;
  }
}

/** Why nothing came of a connection, in words; undefined of what there are none for. `fetch` has it in the cause of its error. */
export function connectionFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, name, message }: NodeJS.ErrnoException = error;
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return 'it closed the connection';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'this name has no address';
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return 'no route to it from here';
    default:
      if (name === 'HTTPParserError' || code?.startsWith('HPE_') === true) return 'what it says is no HTTP';
      return message === 'bad port' ? '`fetch` connects to no such port' : undefined;
  }
}

/** Listens on one address, so that nothing but the way to the host is opened. */
export function listen(address: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program listens on it' : error.message;
      reject(
        new ConnectFailure(`cannot listen on port ${port} of ${address}, where the piñata would call back: ${why}.
The piñata's --dialback-target-port and this command's must be the same, and free`),
      );
    });
    server.listen(port, address, () => resolve(server));
  });
}

/** The first connection that `address` opens to us; others are closed. */
export function accept(server: Server, address: string, signal: AbortSignal): Promise<Socket> {
  const expected = bytesToHex(addressBytes(address));
  return new Promise((resolve, reject) => {
    signal.addEventListener(
      'abort',
      () =>
        reject(
          new ConnectFailure(`${address} did not call back in time. It calls nobody twice within moments, and a private
or loopback address only if it was started with --allow-private-dialback; between you and it a firewall or NAT must let
the connection through`),
        ),
      { once: true },
    );
    server.on('connection', (socket) => {
      if (socket.remoteAddress === undefined || bytesToHex(addressBytes(socket.remoteAddress)) !== expected) {
        socket.destroy();
      } else {
        resolve(socket);
      }
    });
  });
}
