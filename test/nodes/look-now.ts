import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** RFC 6455 §1.3. */
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A websocket of a mempool backend, as far as it says that a block came: to all who are connected, when told. */
export class LookNow implements AsyncDisposable {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets: Set<Duplex>;

  private constructor(server: Server, sockets: Set<Duplex>, port: number) {
    this.#server = server;
    this.#sockets = sockets;
    this.url = `ws://127.0.0.1:${port}/api/v1/ws`;
  }

  static async start(): Promise<LookNow> {
    const sockets = new Set<Duplex>();
    const server = createServer();
    server.on('upgrade', (request, socket) => {
      const key = request.headers['sec-websocket-key'] ?? '';
      const accept = createHash('sha1').update(`${key}${guid}`).digest('base64');
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      socket.resume(); // what it is asked to track is its own affair
      sockets.add(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return new LookNow(server, sockets, typeof address === 'object' && address !== null ? address.port : 0);
  }

  say(): void {
    const text = Buffer.from(JSON.stringify({ block: {} }));
    // One frame of text, unmasked, shorter than 126 bytes (RFC 6455 §5.2).
    for (const socket of this.#sockets) socket.write(Buffer.concat([Buffer.of(0x81, text.length), text]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
