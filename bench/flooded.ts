import { setTimeout } from 'node:timers/promises';
import { type Child, start } from './child.ts';
import { cpuTimeOf } from './cpu-time.ts';
import { confine } from './processors.ts';
import { type Service, source, startService } from './service.ts';

/* The whole service, under a flood of one ClientHello. */

const flood = new URL('./tasks/flood.ts', import.meta.url);

const threaded = (threads: number, preload?: URL): Promise<Service> =>
  startService(source, {
    crypto: 'fast',
    more: ['--threads', String(threads)],
    ...(preload === undefined ? {} : { preload }),
  });

const floodOf = (hello: string, { ports }: Service): Child => start(flood, [hello, String(ports.server)]);

const warmUp = 3000;

/** `act`, while a service of two threads is flooded that is warm by then. */
export async function withFlood<T>(hello: string, preload: URL, act: (service: Service) => Promise<T>): Promise<T> {
  const service = await threaded(2, preload);
  const waves = floodOf(hello, service);
  try {
    await setTimeout(warmUp);
    return await act(service);
  } finally {
    await waves.stop();
    await service.child.stop();
  }
}

export interface Flood {
  readonly perSecond: number;
  /** Microseconds of the whole process for one hello. */
  readonly cpu: number;
}

/** The service and its flood together. */
export interface Confined {
  readonly threads: number;
  /** Numbers of processors. */
  readonly on: readonly number[];
}

export interface Flooded {
  readonly answer: (milliseconds: number) => Promise<Flood>;
  readonly stop: () => Promise<void>;
}

/** A service that is flooded while it is asked, and at no other time: its threads sleep while it is another's turn. */
export async function flooded(hello: string, { threads, on }: Confined): Promise<Flooded> {
  const service = await threaded(threads);
  const { pid } = service.child.process;
  const answer = async (milliseconds: number): Promise<Flood> => {
    const waves = floodOf(hello, service);
    const spent = async () => ({ answered: await waves.ask('answered'), at: performance.now(), cpu: cpuOf(pid) });
    try {
      confine(pid, on);
      confine(waves.process.pid, on);
      await setTimeout(milliseconds * 0.75); // who slept has given memory back, and has it again by then
      const before = await spent();
      await setTimeout(milliseconds);
      const after = await spent();
      const count = after.answered - before.answered;
      return { perSecond: (count * 1000) / (after.at - before.at), cpu: (after.cpu - before.cpu) / count };
    } finally {
      await waves.stop();
    }
  };
  return { answer, stop: () => service.child.stop() };
}

function cpuOf(pid: number | undefined): number {
  const spent = pid === undefined ? undefined : cpuTimeOf(pid);
  if (spent === undefined)
    throw new Error('the CPU time of another process is read in /proc, and this system has none');
  return spent;
}
