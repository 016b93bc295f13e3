import { createServer, type Server } from 'node:net';
import { endpoints } from '../../service/bounty/endpoints.ts';
import type { Configuration } from '../../service/host/settings.ts';
import { Unstartable } from '../../service/host/unstartable.ts';

/* The listening sockets, opened out here and handed in: inside, none can be made. */

export interface OpenSocket {
  /** As in LISTEN_FDNAMES. */
  readonly name: string;
  readonly descriptor: number;
  /** The one inside stays. */
  close(): void;
}

const backlog = 1024;

/** Each port on each address. All or none: the reason is thrown as an Unstartable. */
export async function openSockets(configuration: Configuration): Promise<readonly OpenSocket[]> {
  const open: OpenSocket[] = [];
  try {
    for (const { key, serves, dialsBack } of endpoints) {
      const opened = await openEverywhere(key, configuration.listen, configuration[`${key}Port`]);
      // What is called back comes by the channel, and that is of one thread.
      const threads = serves === 'bait' && !dialsBack ? configuration.threads : 1;
      open.push(...opened.flatMap((socket) => copies(socket, threads)));
    }
    const { managementPort, managementListen } = configuration;
    if (managementPort !== undefined)
      open.push(...(await openEverywhere('management', [managementListen], managementPort)));
    return open;
  } catch (error) {
    for (const socket of open) socket.close();
    throw error;
  }
}

/** One for each thread that is to accept on it: inside they are descriptors of their own for the one socket. */
const copies = (socket: OpenSocket, threads: number): readonly OpenSocket[] => [
  socket,
  ...Array.from({ length: Math.max(0, threads - 1) }, () => ({ ...socket, close: () => undefined })),
];

/** Where the port is any free one, the first address chooses, and the others may find it taken. */
async function openEverywhere(
  name: string,
  addresses: readonly string[],
  wanted: number,
): Promise<readonly OpenSocket[]> {
  const attempts = wanted === 0 && addresses.length > 1 ? 20 : 1;
  const ipv6Only = addresses.some((address) => !address.includes(':'));
  for (let attempt = 1; ; attempt += 1) {
    const open: Server[] = [];
    try {
      for (const host of addresses) {
        const port = portOf(open[0]) ?? wanted;
        open.push(await listen(name, { host, port, ipv6Only, backlog }));
      }
      return open.map((server) => ({ name, descriptor: descriptorOf(server), close: () => void server.close() }));
    } catch (error) {
      for (const server of open) server.close();
      if (attempt === attempts) throw error;
    }
  }
}

interface Where {
  readonly host: string;
  readonly port: number;
  readonly ipv6Only: boolean;
  readonly backlog: number;
}

function listen(name: string, where: Where): Promise<Server> {
  return new Promise((resolve, reject) => {
    // Whoever comes before the service runs comes too early.
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new Unstartable(
          `${name}: cannot listen on ${where.host} port ${where.port} (${error.code ?? error.message}): choose another with --${name}-port`,
        ),
      );
    });
    server.listen(where, () => resolve(server));
  });
}

function portOf(server: Server | undefined): number | undefined {
  const bound = server?.address();
  return typeof bound === 'object' && bound !== null ? bound.port : undefined;
}

/** Node hands descriptors to a child by number alone, and has no public way to learn one. */
function descriptorOf(server: Server): number {
  const handle: unknown = Reflect.get(server, '_handle');
  const descriptor: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
  if (typeof descriptor === 'number' && descriptor >= 0) return descriptor;
  throw new Unstartable(`--sandbox: this Node (${process.version}) does not say the descriptor of a socket`);
}
