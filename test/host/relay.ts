import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/* The two sockets of a bridge, for tests that stop in the middle. */

export async function dial(
  port: number,
  options: { readonly host?: string; readonly localAddress?: string } = {},
): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, ...options });
  // A test that cares listens itself.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Forwards everything both ways, from now on until both have ended. */
export async function join(a: Socket, b: Socket): Promise<void> {
  const ended = Promise.all([once(a, 'end'), once(b, 'end')]);
  a.pipe(b);
  b.pipe(a);
  await ended;
}

/** The first bytes that come; those behind them wait. */
export const firstBytes = (socket: Socket): Promise<Buffer> =>
  new Promise((resolve) =>
    socket.once('data', (bytes) => {
      socket.pause();
      resolve(bytes);
    }),
  );

/**
 * Waits until a service has read what others were sent before: a loop takes what came first first, and it answers two visitors
 * who come one after the other.
 */
export async function readBy(httpPort: number): Promise<void> {
  for (let visitor = 0; visitor < 2; visitor += 1) {
    const url = `http://127.0.0.1:${httpPort}/healthz`;
    await (await fetch(url, { headers: { connection: 'close' } })).text();
  }
}

/** All that comes until the other side ends or breaks off. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await new Promise<void>((resolve) => {
    socket.on('end', resolve);
    socket.on('close', () => resolve());
  });
  return Buffer.concat(chunks);
}

/** Asks again and again until `holds`, and fails with the last answer: only who fails waits as long as that. */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  holds: (answer: T) => boolean,
  milliseconds = 60_000,
): Promise<T> {
  const until = performance.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (performance.now() > until)
      throw new Error(`it never came about; the last answer was ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
