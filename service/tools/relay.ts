import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Direction } from './record-observer.ts';

/** What went through, in the order it did. Told before it is passed on, so that a picture is never behind. */
export interface RelayWatcher {
  data(direction: Direction, bytes: Uint8Array): void;
  /** The sending end is done (FIN); the other direction may go on. */
  end(direction: Direction): void;
  /** The sending end broke the connection off. */
  broken(direction: Direction, reason: string): void;
}

/** The two connections that are joined: named after the TLS role that the far end of each plays. */
export interface Ends {
  readonly server: Socket;
  readonly client: Socket;
}

/**
 * Passes bytes on, both ways, untouched, and no faster than they are taken. A half that ends is ended on the other side
 * alone (the piñata's close_notify has to arrive); a connection that breaks takes the other with it, as a wire would.
 * Both sockets need `allowHalfOpen`. Resolves when both directions are done or `signal` aborts.
 */
export async function relay({ server, client }: Ends, watcher: RelayWatcher, signal: AbortSignal): Promise<void> {
  const cut = (): void => {
    server.destroy();
    client.destroy();
  };
  signal.addEventListener('abort', cut, { once: true });
  if (signal.aborted) cut();
  try {
    await Promise.all([pass(client, server, 'to_server', watcher), pass(server, client, 'to_client', watcher)]);
  } finally {
    signal.removeEventListener('abort', cut);
    cut();
  }
}

async function pass(from: Socket, to: Socket, direction: Direction, watcher: RelayWatcher): Promise<void> {
  from.on('error', ({ message }) => {
    watcher.broken(direction, message);
    if (!to.destroyed) to.resetAndDestroy();
  });
  const closed = new AbortController();
  to.once('close', () => closed.abort());
  try {
    for await (const chunk of from.iterator({ destroyOnReturn: false })) {
      const bytes: Uint8Array = chunk;
      watcher.data(direction, bytes);
      if (!to.write(bytes)) await once(to, 'drain', closed);
    }
    watcher.end(direction);
    await new Promise<void>((resolve) => to.end(resolve)); // what was written has left before the FIN has
  } catch (error) {
    // Cut, or broken off: its own event told why.
    if (!from.destroyed && !to.destroyed) throw error;
  }
}
