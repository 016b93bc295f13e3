import type { Correlator } from '../bounty/correlator.ts';
import { LocalCorrelator } from '../bounty/correlator.ts';
import type { PortKey } from '../bounty/endpoints.ts';
import type { HandedGeneration } from '../bounty/handed-generation.ts';
import { type AdmissionOptions, type BountyLimits, bountyBounds } from './admission.ts';
import { type Clock, clockOrigin } from './clock.ts';
import { type DoorMemory, doorMemory, inDoorMemory } from './door-memory.ts';
import { doorTaskFormat, type ThreadBait } from './door-messages.ts';
import { DoorThreads } from './door-threads.ts';
import type { Ledger } from './ledger.ts';
import { type Listeners, type ListenRequest, openListeners } from './listeners.ts';
import type { Log } from './log.ts';
import type { Configuration } from './settings.ts';
import { allowanceMemory } from './shared-allowance.ts';
import { openSharedListeners } from './shared-listeners.ts';
import { correlatorOptions } from './terms.ts';
import { burstSeconds } from './trace-queue.ts';

/* Where the bounty's connections are received: in the thread that has the page, or in others beside it (`--threads`). */

/** What other threads are made of. */
export interface ThreadProgram {
  /** The program's own file. */
  readonly file: string;
  readonly bait: ThreadBait;
}

/** What all who receive connections have in common. */
export interface Common {
  readonly correlator: Correlator;
  /** Undefined where one thread has its own. */
  readonly limits: BountyLimits | undefined;
  readonly memory: DoorMemory | undefined;
}

export function common(
  configuration: Configuration,
  admission: AdmissionOptions,
  entropy: (length: number) => Uint8Array,
): Common {
  const options = correlatorOptions(configuration);
  if (configuration.threads === 0) {
    return { correlator: new LocalCorrelator(options), limits: undefined, memory: undefined };
  }
  const memory = doorMemory(options, bountyBounds(admission), entropy);
  return { ...inDoorMemory(memory), memory };
}

export interface ThreadsRequest {
  readonly configuration: Configuration;
  readonly program: ThreadProgram | undefined;
  readonly memory: DoorMemory | undefined;
  readonly generation: HandedGeneration | undefined;
  readonly allowPrivateDialback: boolean;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly log: Log;
}

/** Undefined where none is asked for. */
export async function startThreads(request: ThreadsRequest): Promise<DoorThreads | undefined> {
  const { configuration, program, memory, generation, allowPrivateDialback, clock, ledger, log } = request;
  if (configuration.threads === 0) return undefined;
  if (program === undefined || memory === undefined || generation === undefined)
    throw new Error('threads were asked for, and there is nothing to make them of');
  return DoorThreads.start({
    count: configuration.threads,
    file: program.file,
    task: {
      format: doorTaskFormat,
      bait: program.bait,
      configuration,
      allowPrivateDialback,
      memory,
      recording: allowanceMemory({
        perSecond: configuration.tracesPerSecond,
        burst: configuration.tracesPerSecond * burstSeconds,
      }),
      clockOrigin: clockOrigin(clock.monotonic),
      generation,
    },
    ledger,
    log,
  });
}

export const openAllDoors = (
  request: ListenRequest,
  threads: DoorThreads | undefined,
  configuration: Configuration,
  log: Log,
): Promise<Listeners> =>
  threads === undefined
    ? openListeners(request)
    : openSharedListeners(request, threads, doorsOfThreads(configuration), log);

/** The parent hands connections to the thread that it has a channel to, and that is the one with the page. */
const doorsOfThreads = ({ dialler }: Configuration): readonly PortKey[] =>
  dialler === 'parent' ? ['server', 'reverse'] : ['server', 'dialback', 'reverse'];
