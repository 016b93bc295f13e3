import { readFileSync, readlinkSync } from 'node:fs';

/*
 * Whether this process is still the one that began (threats.md K3, V6). A machine that is resumed from a snapshot, or cloned,
 * goes on with the memory of another: the same keys, the same random numbers to come. A program sees little of it; what can
 * be seen is looked at here, and docs/wallet.md says what cannot.
 */

/** Each is undefined where this system has no such thing, or does not show it. Times are in milliseconds. */
export interface InstanceReaders {
  /** Another one after each boot. */
  readonly bootId: () => string | undefined;
  /** Written anew by a rule of the operator's whenever the hypervisor gives the machine another generation. */
  readonly generation: () => string | undefined;
  readonly processId: () => string | undefined;
  /** Stands still while the machine is suspended (CLOCK_MONOTONIC). */
  readonly monotonic: () => number;
  /** As monotonic, and goes on while it is suspended (CLOCK_BOOTTIME). */
  readonly boottime: () => number | undefined;
  /** The time of day, which somebody may set (CLOCK_REALTIME). */
  readonly realtime: () => number;
}

/** By what it shows. `clock`: the time of day went on without this process. */
export type Resumption = 'boot_id' | 'generation' | 'process_id' | 'suspended' | 'clock';

export const generationFile = '/run/btc-pinata/vm-generation';

export const systemInstance: InstanceReaders = {
  bootId: () => textOf('/proc/sys/kernel/random/boot_id'),
  generation: () => textOf(generationFile),
  // Node asks for its own id once, at start; the kernel knows who asks now.
  processId: () => unlessMissing(() => readlinkSync('/proc/self')),
  monotonic: () => performance.now(),
  boottime: () => {
    const seconds = Number.parseFloat(textOf('/proc/uptime') ?? '');
    return Number.isNaN(seconds) ? undefined : seconds * 1000;
  },
  realtime: () => Date.now(),
};

/** /proc/uptime counts hundredths of seconds. */
const suspendedFor = 1000;
/** A clock that is set forward by as much is taken for a resume: after one, that is all that shows. */
const jumpedBy = 60_000;

export class Instance {
  readonly #readers: InstanceReaders;
  readonly #bootId: string | undefined;
  readonly #processId: string | undefined;
  readonly #generation: string | undefined;
  #clocks: Clocks;

  constructor(readers: InstanceReaders = systemInstance) {
    this.#readers = readers;
    this.#bootId = readers.bootId();
    this.#processId = readers.processId();
    this.#generation = readers.generation();
    this.#clocks = clocksOf(readers);
  }

  /** By what this process shows to have been resumed or cloned since it was asked last; undefined if by nothing. */
  look(): Resumption | undefined {
    const { bootId, processId, generation } = this.#readers;
    if (changed(this.#bootId, bootId())) return 'boot_id';
    if (changed(this.#processId, processId())) return 'process_id';
    // It may be written for the first time while we run: that is a change as well.
    const now = generation();
    if (now !== undefined && now !== this.#generation) return 'generation';
    const before = this.#clocks;
    this.#clocks = clocksOf(this.#readers);
    return jump(before, this.#clocks);
  }
}

/** What cannot be read for once, in want of a descriptor, tells nothing. */
const changed = (before: string | undefined, now: string | undefined): boolean =>
  before !== undefined && now !== undefined && before !== now;

interface Clocks {
  /** Read before and after the others: a busy machine may stop us in between, and that is time which we have seen. */
  readonly first: number;
  readonly last: number;
  readonly boottime: number | undefined;
  readonly realtime: number;
}

function clocksOf({ monotonic, boottime, realtime }: InstanceReaders): Clocks {
  const first = monotonic();
  return { first, boottime: boottime(), realtime: realtime(), last: monotonic() };
}

function jump(before: Clocks, now: Clocks): Resumption | undefined {
  const seen = now.last - before.first; // at most
  if (before.boottime !== undefined && now.boottime !== undefined) {
    if (now.boottime - before.boottime - seen > suspendedFor) return 'suspended';
  }
  return now.realtime - before.realtime - seen > jumpedBy ? 'clock' : undefined;
}

/** Of a process that refuses to go on: EX_TEMPFAIL of sysexits(3), so that whoever supervises it starts another. */
export const resumedStatus = 75;

export interface Watch {
  stop(): void;
}

/** Looks every second, which is how long a resumed process can go on; says so once. */
export function watchInstance(
  instance: Instance,
  onResumed: (sign: Resumption) => void,
  everyMilliseconds = 1000,
): Watch {
  const timer = setInterval(() => {
    const sign = instance.look();
    if (sign === undefined) return;
    clearInterval(timer);
    onResumed(sign);
  }, everyMilliseconds);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

const textOf = (path: string): string | undefined => unlessMissing(() => readFileSync(path, 'latin1').trim());

function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
