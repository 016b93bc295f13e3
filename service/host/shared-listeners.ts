import type { PortKey } from '../bounty/endpoints.ts';
import type { DoorThreads } from './door-threads.ts';
import {
  type DoorsRequest,
  type Listeners,
  type ListenRequest,
  listenersOf,
  type OpenDoors,
  openDoors,
  portKeys,
} from './listeners.ts';
import type { Log } from './log.ts';
import { Unstartable } from './unstartable.ts';

/*
 * Doors in several threads. Each has sockets of its own on one port, among which the kernel shares connections out. A port that
 * may be shared is free to anybody of the same user: it is opened unshared first, which is refused where somebody has it already,
 * and says which it is where any will do.
 */

/** Somebody may take a port that was any free one before the threads have it. */
const attempts = 5;

/** All or none, as `openListeners`. `inThreads`: the doors that the threads have. */
export async function openSharedListeners(
  request: ListenRequest,
  threads: DoorThreads,
  inThreads: readonly PortKey[],
  log: Log,
): Promise<Listeners> {
  const own = portKeys.filter((key) => !inThreads.includes(key));
  const ours = await openDoors({ ...request, doors: own, shared: false });
  try {
    const theirs =
      request.inherited.length > 0
        ? await threads.listen(inherited(request, inThreads))
        : await listenInThreads({ ...request, doors: inThreads, shared: false }, threads, log);
    return listenersOf([ours, theirs]);
  } catch (error) {
    await ours.close();
    throw error;
  }
}

const inherited = ({ addresses, ports, inherited: sockets }: ListenRequest, doors: readonly PortKey[]) => ({
  doors,
  addresses,
  ports,
  inherited: sockets.filter(({ key }) => doors.some((door) => door === key)),
});

async function listenInThreads(request: DoorsRequest, threads: DoorThreads, log: Log): Promise<OpenDoors> {
  const { doors, addresses } = request;
  for (let attempt = 1; ; attempt += 1) {
    // Whoever comes before the service runs comes too early.
    const found = await openDoors({ ...request, accept: () => (socket) => socket.destroy() });
    const ports = { ...request.ports };
    for (const { key, port } of found.open) ports[key] = port;
    await found.close();
    try {
      return await threads.listen({ doors, addresses, ports, inherited: [] });
    } catch (error) {
      const chosen = doors.every((key) => request.ports[key] !== 0);
      if (!(error instanceof Unstartable) || chosen || attempt === attempts) throw error;
      log('port_taken', { problem: error.message });
    }
  }
}
