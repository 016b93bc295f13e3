import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { accept, listen } from './connect.ts';

/** Listens where the piñata calls back to, from before it is asked to: the call comes at once. */
export class CallBack {
  /** The call; rejected with a ConnectFailure if none comes in time. */
  readonly arrived: Promise<Socket>;
  readonly #listener: Server;

  private constructor(listener: Server, arrived: Promise<Socket>) {
    this.#listener = listener;
    this.arrived = arrived;
    // Whoever never asks for the call need not hear that none came.
    arrived.catch(() => undefined);
  }

  /** Throws a ConnectFailure where `port` is not free. */
  static async expect(host: string, port: number, patience: AbortSignal): Promise<CallBack> {
    const { address, family } = await lookup(host);
    const listener = await listen(await ownAddressTowards(address, family), port);
    return new CallBack(listener, accept(listener, address, patience));
  }

  close(): void {
    this.#listener.close();
  }
}

/** The address that we would come from, by the routing table: a UDP socket that is connected has sent nothing. */
async function ownAddressTowards(address: string, family: number): Promise<string> {
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  socket.connect(9, address);
  await once(socket, 'connect');
  const own = socket.address().address;
  socket.close();
  return own;
}
