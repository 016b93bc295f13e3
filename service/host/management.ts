import { createServer, type Server, type Socket } from 'node:net';
import type { ManagementSite } from '../site/index.ts';
import { type Log, originOf } from './log.ts';
import { Unstartable } from './unstartable.ts';

/*
 * The operator's listener. It shares no port, no place and no counter with those that strangers come to: a flood there
 * leaves it reachable, and who asks here is in no statistics.
 */

export interface Management {
  /** As bound: never 0. */
  readonly port: number;
  readonly address: string;
  close(): void;
}

export interface ManagementRequest {
  readonly address: string;
  readonly port: number;
  /** Instead of both: a socket that was handed in. */
  readonly descriptor?: number | undefined;
  readonly site: ManagementSite;
  readonly log: Log;
}

/** A scraper, a person, and a few that forgot to go. */
const connectionsAtOnce = 16;
/** In milliseconds, for anything: whoever asks is near, and asks for little. */
const patience = 15_000;

export function openManagement({ address, port, descriptor, site, log }: ManagementRequest): Promise<Management> {
  const open = new Set<Socket>();
  return new Promise((resolve, reject) => {
    const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      serve(socket, site, log);
    });
    server.maxConnections = connectionsAtOnce;
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code ?? error.message;
      reject(
        new Unstartable(
          `management: cannot listen on ${address} port ${port} (${reason}): choose another with --management-port or --management-listen`,
        ),
      );
    });
    server.listen(descriptor === undefined ? { host: address, port } : { fd: descriptor }, () => {
      server.removeAllListeners('error');
      server.on('error', (error) => log('accept_failed', { port: 'management', ...originOf(error) }));
      const bound = server.address();
      resolve({
        port: typeof bound === 'object' && bound !== null ? bound.port : port,
        address,
        close: () => {
          server.close();
          for (const socket of open) socket.destroy();
        },
      });
    });
  });
}

/** One connection, from its first byte to its last. What it does wrong ends it, and nothing else. */
function serve(socket: Socket, site: ManagementSite, log: Log): void {
  let http = site.open();
  const deadline = setTimeout(() => socket.destroy(), patience);
  const take = (input: Parameters<ManagementSite['step']>[1]): void => {
    try {
      const step = site.step(http, input);
      http = step.connection;
      for (const piece of step.out) socket.write(piece);
      if (step.close) socket.end();
      // What was held back waits until this was handed over.
      else if (step.more) setImmediate(() => take('drained'));
    } catch (error) {
      log('exception', { port: 'management', ...originOf(error) });
      socket.destroy();
    }
  };
  // A buffer of our own: Node's may be a part of one that others use too (threats.md J3).
  socket.on('data', (chunk) => take(new Uint8Array(chunk)));
  socket.on('end', () => take('eof'));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => clearTimeout(deadline));
}
