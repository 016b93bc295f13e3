import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/*
 * A port that neither answers a SYN nor refuses it, as behind a firewall that drops packets. A process of its own listens
 * there with the shortest of backlogs and then never accepts; once its queue is full, Linux drops what else comes
 * (tcp(7), tcp_abort_on_overflow).
 */

const program = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: process.argv[1], backlog: 1 }, () => {
    require('node:fs').writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300_000);
    process.exit();
  });
`;
/** listen(2): a queue is full when it holds one more than the backlog. */
const places = 2;

/** Listens on `address` until it is stopped, five minutes at most, and hears nobody. */
export async function listenDeaf(address: string): Promise<{ readonly port: number; stop(): void }> {
  const child = spawn(process.execPath, ['-e', program, address], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = await once(child.stdout, 'data');
  const port = Number(text);
  // One after the other: of two at once, the later could be told yes before the queue is full.
  const waiting: Socket[] = [];
  for (let place = 0; place < places; place++) {
    const socket = connect({ port, host: address });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    waiting.push(socket);
  }
  return {
    port,
    stop: () => {
      for (const socket of waiting) socket.destroy();
      child.kill('SIGKILL');
    },
  };
}
