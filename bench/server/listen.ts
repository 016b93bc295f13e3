import type { Server } from 'node:net';

/** Listens on any free port of the loopback and tells the parent which (see child.ts). */
export function listen(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address === null || typeof address === 'string') {
      throw new Error(`a TCP address was expected, and the server has ${address}`);
    }
    process.send?.(address.port);
  });
}
