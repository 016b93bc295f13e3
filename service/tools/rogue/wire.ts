import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';
import { concatBytes } from '@noble/hashes/utils.js';

/** How the other side left: it ended its half, it broke off, or it says nothing any more. */
export type Departure = 'fin' | 'reset' | 'silence';

/** What a rogue speaks through: a socket, or the other side itself, in memory. */
export interface Transport {
  write(bytes: Uint8Array): void;
  /** Exactly so many bytes, or how the other side left before they were there. */
  read(length: number): Promise<Uint8Array | Departure>;
  /** FIN. */
  end(): void;
  /** RST. */
  reset(): void;
}

const PATIENCE_MILLISECONDS = 15_000;

/** A socket read on demand, so that a script decides when a key changes, and nothing is read ahead of it. */
export class Wire implements Transport {
  static readonly #open = new Set<() => unknown>();
  readonly socket: Socket;
  #bytes = new Uint8Array(0);
  #departure: Departure | undefined;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.#bytes = concatBytes(this.#bytes, chunk);
      this.#wake();
    });
    socket.on('error', () => this.#left('reset'));
    socket.on('end', () => this.#left('fin'));
    socket.on('close', () => this.#left('fin'));
    const close = (): unknown => socket.destroy();
    Wire.#open.add(close);
    socket.on('close', () => Wire.#open.delete(close));
  }

  /** Closes every wire and every listener there is: what a test does when it is done. */
  static closeAll(): void {
    for (const close of Wire.#open) close();
    Wire.#open.clear();
  }

  static async connect(port: number, host = '127.0.0.1', localAddress?: string): Promise<Wire> {
    const socket = dial({ port, host, allowHalfOpen: true, noDelay: true, ...(localAddress && { localAddress }) });
    await once(socket, 'connect');
    return new Wire(socket);
  }

  /** Listens on a free port of `host`; `next` is the next connection that comes. */
  static async listen(host = '127.0.0.1', port = 0): Promise<{ readonly port: number; next(): Promise<Wire> }> {
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    const waiting: Socket[] = [];
    server.on('connection', (socket) => waiting.push(socket));
    server.listen(port, host);
    await once(server, 'listening');
    Wire.#open.add(() => {
      for (const socket of waiting) socket.destroy();
      server.close();
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening on a port');
    return {
      port: address.port,
      async next() {
        if (waiting.length === 0) await once(server, 'connection');
        const socket = waiting.shift();
        if (socket === undefined) throw new Error('a connection came and was gone');
        return new Wire(socket);
      },
    };
  }

  write(bytes: Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  end(): void {
    this.socket.end();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  async read(length: number): Promise<Uint8Array | Departure> {
    const deadline = performance.now() + PATIENCE_MILLISECONDS;
    while (this.#bytes.length < length) {
      if (this.#departure !== undefined) return this.#departure;
      const left = deadline - performance.now();
      if (left <= 0) return 'silence';
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
        this.socket.resume();
      });
    }
    const taken = this.#bytes.slice(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  #left(how: Departure): void {
    this.#departure ??= how;
    this.#wake();
  }
}
