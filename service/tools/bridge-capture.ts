import { closeSync, openSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { Misuse } from './command-words.ts';
import { CapturedConnection, pcapHeader, type Sender, type TcpEndpoint, type Time } from './pcap.ts';
import type { Direction } from './record-observer.ts';
import type { Ends } from './relay.ts';

interface Leg {
  readonly connection: CapturedConnection;
  /** Which end of it we are. */
  readonly we: Sender;
}

/** Both connections of a bridge in one capture file, each with its own addresses. Written as it happens: a cut bridge leaves a whole file. */
export class BridgeCapture {
  readonly #file: number;
  #legs: Readonly<Record<'server' | 'client', Leg>> | undefined;

  constructor(path: string) {
    this.#file = create(path);
    writeSync(this.#file, pcapHeader());
  }

  /** `clientCalled`: the piñata opened that connection (a dial-back). */
  joined({ server, client }: Ends, clientCalled: boolean): void {
    this.#legs = { server: leg(server, false), client: leg(client, clientCalled) };
    for (const { connection } of Object.values(this.#legs)) this.#write(connection.open(now()));
  }

  data(direction: Direction, bytes: Uint8Array): void {
    this.#each(direction, (connection, at, sender) => connection.data(at, sender, bytes));
  }

  end(direction: Direction): void {
    this.#each(direction, (connection, at, sender) => connection.end(at, sender));
  }

  broken(direction: Direction): void {
    this.#each(direction, (connection, at, sender) => connection.reset(at, sender));
  }

  close(): void {
    closeSync(this.#file);
  }

  /** What arrives on one leg from afar leaves on the other from us. */
  #each(direction: Direction, packets: (connection: CapturedConnection, at: Time, sender: Sender) => Uint8Array): void {
    if (this.#legs === undefined) return;
    const { server, client } = this.#legs;
    const [from, to] = direction === 'to_server' ? [client, server] : [server, client];
    const at = now();
    this.#write(packets(from.connection, at, from.we === 'opener' ? 'accepter' : 'opener'));
    this.#write(packets(to.connection, at, to.we));
  }

  #write(bytes: Uint8Array): void {
    writeSync(this.#file, bytes);
  }
}

function create(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unwritable';
    throw new Misuse(
      `--capture is ${JSON.stringify(path)}, which cannot be written (${code}); allowed is a file in a folder that exists and that you may write to`,
    );
  }
}

function leg(socket: Socket, weWereCalled: boolean): Leg {
  const local = endpoint(socket.localAddress, socket.localPort);
  const remote = endpoint(socket.remoteAddress, socket.remotePort);
  return weWereCalled
    ? { connection: new CapturedConnection(remote, local), we: 'accepter' }
    : { connection: new CapturedConnection(local, remote), we: 'opener' };
}

/** A socket that is gone already has forgotten its addresses: the capture is made all the same. */
const endpoint = (address = '::', port = 0): TcpEndpoint => ({ address, port });

const now = (): Time => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
