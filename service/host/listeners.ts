import { createServer, type Server, type Socket } from 'node:net';
import { endpoints, type PortKey } from '../bounty/endpoints.ts';
import { Unstartable } from './unstartable.ts';

/* The sockets that the process accepts on: opened here, or handed in as open descriptors (sd_listen_fds(3)). */

export type Accept = (socket: Socket) => void;
export type PortNumbers = Readonly<Record<PortKey, number>>;

export interface Listeners {
  /** As bound: never 0. */
  readonly ports: PortNumbers;
  readonly addresses: readonly string[];
  /** No connection is accepted from here on; those that are open stay open. */
  close(): void;
}

/** A descriptor that was handed in, and what it is for. */
export interface InheritedSocket {
  readonly key: PortKey | 'management';
  readonly descriptor: number;
  /** The one that is to accept on it, from 1; undefined where they take turns. */
  readonly thread: number | undefined;
}

export interface ListenRequest {
  readonly addresses: readonly string[];
  readonly ports: PortNumbers;
  /** Instead of `addresses` and `ports`, where there are any. */
  readonly inherited: readonly InheritedSocket[];
  readonly accept: (key: PortKey) => Accept;
  /** The kernel refused something on a listener that was open, such as a descriptor for the next connection. */
  readonly onError: (key: PortKey, error: Error) => void;
}

/** Of some of the doors, as one of several threads opens them. */
export interface DoorsRequest extends ListenRequest {
  readonly doors: readonly PortKey[];
  /** SO_REUSEPORT of socket(7): other threads listen there as well, and the kernel shares connections out among all. */
  readonly shared: boolean;
}

/** As bound. */
export interface OpenDoor {
  readonly key: PortKey;
  readonly address: string;
  readonly port: number;
}

export interface OpenDoors {
  readonly open: readonly OpenDoor[];
  /** Resolves when the ports are free. */
  close(): Promise<void>;
}

/** sd_listen_fds(3): the first descriptor that is handed in. */
const firstDescriptor = 3;
/**
 * Who comes while we are busy waits with the kernel, and of those beyond it never hears: they ask again a second later. As many
 * as Linux allows by itself (net.core.somaxconn), for twenty thousand may come at once.
 */
const backlog = 4096;
export const portKeys: readonly PortKey[] = endpoints.map(({ key }) => key);
const inheritable = [...portKeys, 'management'] as const;

/** All or none: if one cannot be opened, those opened before are closed again, and the reason is thrown. */
export async function openListeners(request: ListenRequest): Promise<Listeners> {
  const doors = await openDoors({ ...request, doors: portKeys, shared: false });
  return listenersOf([doors]);
}

/** One from several, which are closed if a door is missing. */
export function listenersOf(parts: readonly OpenDoors[]): Listeners {
  const open = parts.flatMap((part) => part.open);
  const close = (): void => parts.forEach((part) => void part.close());
  try {
    return { ports: portsOf(open), addresses: [...new Set(open.map(({ address }) => address))], close };
  } catch (error) {
    close();
    throw error;
  }
}

/** All or none, as `openListeners`. */
export async function openDoors(request: DoorsRequest): Promise<OpenDoors> {
  const open: Listening[] = [];
  try {
    if (request.inherited.length > 0) {
      for (const { key, descriptor } of request.inherited) {
        if (key === 'management' || !request.doors.includes(key)) continue;
        open.push(await listen(key, { fd: descriptor, backlog }, request));
      }
    } else {
      const refused: ListenError[] = [];
      for (const key of request.doors) {
        try {
          open.push(...(await listenEverywhere(key, request)));
        } catch (error) {
          if (!(error instanceof ListenError)) throw error;
          refused.push(error);
        }
      }
      // Who has one piñata running already is told of all five ports at once.
      if (refused.length > 0) throw new Unstartable(refused.map(({ message }) => message).join('\n'));
    }
  } catch (error) {
    for (const { server } of open) server.close();
    throw error;
  }
  return {
    open: open.map(({ key, address, port }) => ({ key, address, port })),
    close: async () => {
      await Promise.all(open.map(({ server }) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

interface Listening extends OpenDoor {
  readonly server: Server;
}

/** On one port of all addresses, also where the port is any free one: then the first address chooses. */
async function listenEverywhere(key: PortKey, request: DoorsRequest): Promise<readonly Listening[]> {
  const attempts = request.ports[key] === 0 && request.addresses.length > 1 ? 20 : 1;
  for (let attempt = 1; ; attempt += 1) {
    const open: Listening[] = [];
    try {
      for (const host of request.addresses) {
        const port = open[0]?.port ?? request.ports[key];
        // With both families named, `::` must leave IPv4 to the other listener.
        const ipv6Only = request.addresses.some((address) => !address.includes(':'));
        open.push(await listen(key, { host, port, ipv6Only, backlog, reusePort: request.shared }, request));
      }
      return open;
    } catch (error) {
      for (const { server } of open) server.close();
      if (attempt === attempts) throw error;
    }
  }
}

function listen(key: PortKey, options: Parameters<Server['listen']>[0], request: DoorsRequest): Promise<Listening> {
  return new Promise((resolve, reject) => {
    // Half-open: a peer that has said all may still be told why it failed (design §4.7).
    const server = createServer({ allowHalfOpen: true }, request.accept(key));
    server.once('error', (error: NodeJS.ErrnoException) => reject(new ListenError(key, options, error)));
    server.listen(options, () => {
      const bound = server.address();
      if (bound === null || typeof bound === 'string') {
        server.close();
        reject(new Unstartable(`${key}: the descriptor that was handed in is not a TCP socket`));
        return;
      }
      server.removeAllListeners('error');
      server.on('error', (error) => request.onError(key, error));
      resolve({ key, server, address: bound.address, port: bound.port });
    });
  });
}

/** Says which port could not be opened, and what to do. */
class ListenError extends Unstartable {
  constructor(key: PortKey, options: Parameters<Server['listen']>[0], cause: NodeJS.ErrnoException) {
    const where =
      typeof options === 'object' && 'host' in options
        ? `${String(options.host)} port ${String(options.port)}`
        : 'the descriptor that was handed in';
    const advice: Record<string, string> = {
      EADDRINUSE: `another process has it: stop that, or choose another with --${key}-port`,
      EACCES: `this process may not: choose a port above 1023 with --${key}-port, or hand the socket in (LISTEN_FDS)`,
      EADDRNOTAVAIL: 'this machine has no such address: choose another with --listen',
      ENOTSUP: 'this system does not share a port among threads: leave --threads out',
    };
    super(
      `${key}: cannot listen on ${where} (${cause.code ?? cause.message}): ${advice[cause.code ?? ''] ?? 'see the error'}`,
    );
  }
}

function portsOf(open: readonly OpenDoor[]): PortNumbers {
  const port = (key: PortKey): number => {
    const found = open.find((listening) => listening.key === key);
    if (found === undefined)
      throw new Unstartable(`${key}: no socket was handed in for it; all of ${portKeys.join(', ')} are needed`);
    return found.port;
  };
  return {
    http: port('http'),
    https: port('https'),
    server: port('server'),
    dialback: port('dialback'),
    reverse: port('reverse'),
  };
}

/**
 * sd_listen_fds_with_names(3): a port, or a port and the thread it is for, as in `server@2`. Empty where nothing was handed in,
 * or to another process. Throws on names we do not know.
 */
export function inheritedSockets(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
): readonly InheritedSocket[] {
  const count = environment['LISTEN_FDS'];
  if (count === undefined) return [];
  const meant = environment['LISTEN_PID'];
  if (meant !== undefined && meant !== String(pid)) return [];
  if (!/^[1-9][0-9]{0,2}$/.test(count)) throw new Unstartable(`LISTEN_FDS: "${count}" is not a number of descriptors`);
  const names = (environment['LISTEN_FDNAMES'] ?? '').split(':');
  if (names.length !== Number(count)) {
    throw new Unstartable(
      `LISTEN_FDNAMES: ${names.length} names for ${count} descriptors; allowed: one of ${portKeys.join(', ')} for each`,
    );
  }
  return names.map((name, index) => {
    const [, port, thread] = /^([a-z]+)(?:@([1-9][0-9]{0,2}))?$/.exec(name) ?? [];
    const key = inheritable.find((candidate) => candidate === port);
    if (key === undefined)
      throw new Unstartable(`LISTEN_FDNAMES: "${name}" is no port of ours; allowed: ${inheritable.join(', ')}`);
    return { key, descriptor: firstDescriptor + index, thread: thread === undefined ? undefined : Number(thread) };
  });
}
