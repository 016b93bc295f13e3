import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Both ends of one connection over the loopback, until the test is over: `socket` as the service has it, and whose it is. */
export async function socketPair({ paused }: { readonly paused: boolean }): Promise<{
  readonly socket: Socket;
  readonly visitor: Socket;
}> {
  const listener = createServer({ allowHalfOpen: true, pauseOnConnect: paused }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  const accepted = once(listener, 'connection');
  const visitor = connect({ host: '127.0.0.1', port: address.port, allowHalfOpen: true });
  visitor.on('error', () => undefined);
  const [socket]: Socket[] = await accepted;
  if (socket === undefined) throw new Error('no connection');
  onTestFinished(() => {
    visitor.destroy();
    socket.destroy();
    listener.close();
  });
  return { socket, visitor };
}
