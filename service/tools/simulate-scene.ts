import { createServer, connect as netConnect, type Server, type Socket } from 'node:net';
import { type AttackKit, attackKit } from './attack-kit.ts';
import { ConnectFailure } from './connect.ts';
import { RogueClient } from './rogue/client.ts';
import { RogueServer } from './rogue/server.ts';
import { Wire } from './rogue/wire.ts';
import type { Door, Scene } from './simulate-visit.ts';

/* One visit: the sockets of one visitor, which are all gone when it is over. */

export interface Place {
  readonly host: string;
  readonly ports: Readonly<Record<Door, number>>;
  readonly calledPort: number;
  readonly siteAuthority: string;
  /** DER of what the piñata publishes, by title: asked for once, for a crowd. */
  published: AttackKit['published'];
  /** Their own authority: making one for each visitor would be most of the work. */
  authority: AttackKit['authority'];
}

export class OpenScene implements Scene {
  readonly from: string;
  readonly calledPort: number;
  readonly siteAuthority: string;
  readonly kit: AttackKit;
  readonly random: () => number;
  readonly #place: Place;
  readonly #sockets = new Set<Socket>();
  readonly #listeners = new Set<Server>();
  readonly #cut = new AbortController();
  #connections = 0;

  constructor(place: Place, from: string, random: () => number) {
    this.#place = place;
    this.from = from;
    this.calledPort = place.calledPort;
    this.siteAuthority = place.siteAuthority;
    this.random = random;
    this.kit = this.#kit();
  }

  /** That stood, calls included. */
  get connections(): number {
    return this.#connections;
  }

  get wasCut(): boolean {
    return this.#cut.signal.aborted;
  }

  connect(door: Door): Promise<Socket> {
    const { host, ports } = this.#place;
    return new Promise((resolve, reject) => {
      if (this.wasCut) {
        reject(sentHome());
        return;
      }
      const options = { host, port: ports[door], localAddress: this.from, allowHalfOpen: true, noDelay: true };
      const socket = netConnect(options);
      this.#keep(socket);
      const failed = (error: NodeJS.ErrnoException): void =>
        reject(new ConnectFailure(explain(error, door, this.from)));
      socket.once('error', failed);
      socket.once('close', () => reject(sentHome()));
      socket.once('connect', () => {
        socket.off('error', failed);
        this.#connections += 1;
        resolve(socket);
      });
    });
  }

  async called(trigger: () => Promise<void>): Promise<Socket> {
    const listener = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    this.#listeners.add(listener);
    const call = new Promise<Socket>((resolve, reject) => {
      listener.once('error', reject);
      listener.once('close', () => reject(sentHome()));
      listener.once('connection', (socket) => {
        this.#keep(socket);
        this.#connections += 1;
        resolve(socket);
      });
    });
    call.catch(() => undefined); // it is awaited below, unless the trigger fails first
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(this.calledPort, this.from, resolve);
    });
    await trigger();
    const socket = await call;
    listener.close();
    return socket;
  }

  left(socket: Socket): Promise<void> {
    return new Promise((resolve) => {
      if (socket.readableEnded || socket.destroyed) resolve();
      for (const event of ['end', 'close', 'error']) socket.once(event, () => resolve());
      socket.resume();
    });
  }

  wait(milliseconds: number): Promise<void> {
    const { signal } = this.#cut;
    return new Promise((resolve, reject) => {
      const home = (): void => {
        clearTimeout(timer);
        reject(sentHome());
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', home);
        resolve();
      }, milliseconds);
      signal.addEventListener('abort', home, { once: true });
      if (this.wasCut) home();
    });
  }

  /** Before it is over: what the piñata makes of that, nobody can know. */
  cut(): void {
    this.#cut.abort();
    this.close();
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    for (const listener of this.#listeners) listener.close();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined); // whoever waits for something of it is told by 'close'
  }

  #kit(): AttackKit {
    const { published, authority } = this.#place;
    const sources = {
      site: new URL(`http://${this.#place.host}:${this.#place.ports.http}`),
      credentials: undefined,
      connect: async (port?: 'server' | 'client') =>
        new RogueClient(new Wire(await this.connect(port === 'client' ? 'reverse' : 'server'))),
      called: async () =>
        new RogueServer(new Wire(await this.called(async () => void (await this.connect('dialback'))))),
      note: () => undefined,
    };
    return { ...attackKit(sources), published, authority, wait: (milliseconds) => this.wait(milliseconds) };
  }
}

/** For who was on the way, or waited, when the crowd was sent home. */
const sentHome = (): Error => new ConnectFailure('sent home');

function explain(error: NodeJS.ErrnoException, door: Door, from: string): string {
  switch (error.code) {
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
      return `this machine has no address ${from}: only Linux gives out all of 127.0.0.0/8, so that a crowd can come from there`;
    case 'ECONNREFUSED':
      return `the ${door} port refuses the connection: is the piñata still there?`;
    case 'EMFILE':
      return 'too few descriptors for so many at once; raise `ulimit -n`, or lower --concurrency';
    default:
      return `the ${door} port: ${error.message === '' ? (error.code ?? 'it fails') : error.message}`;
  }
}
