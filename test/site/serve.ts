import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { HttpInput, Site } from '../../service/site/index.ts';

/** The site on a socket, by the contract of HttpStep and nothing more. The product's own host is host/. */
export async function serve(
  site: Site,
): Promise<{ readonly port: number; readonly server: Server; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let connection = site.open();
    sockets.add(socket);
    const take = (input: HttpInput): void => {
      const step = site.step(connection, input);
      connection = step.connection;
      socket.cork();
      for (const piece of step.out) socket.write(piece);
      socket.uncork();
      if (step.close) socket.end();
      if (step.more) {
        socket.pause();
        socket.write('', () => {
          socket.resume();
          take('drained');
        });
      }
    };
    socket.on('data', take);
    socket.on('end', () => take('eof'));
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { port: (server.address() as AddressInfo).port, server, close };
}
