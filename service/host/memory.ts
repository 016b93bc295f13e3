import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { noMoreThan, type Places } from './descriptors.ts';

/*
 * Whoever is in the middle of something holds memory of ours, and nobody knows them yet. A full house of such guests has
 * to fit into the machine: what the kernel ends for want of memory is the whole bounty (design §4.6).
 */

/**
 * The most that one place can come to without work of ours: what was read in one go and waits for its turn (64 KiB), or a
 * ClientHello and a record behind it (48 KiB, test/tls/held-memory.test.ts) and what is recorded of them (68 KiB,
 * test/host/held-recording.test.ts), beside the socket and the session.
 */
const bytesPerPlace = 128 * 1024;
/** The program with nobody in it, its garbage, and the system's own buffers for the sockets. */
const reserved = 256 * 1024 * 1024;

/** Each thread of `--threads` has the program once more, and a heap of its own. */
const bytesPerThread = 64 * 1024 * 1024;

/** No more places than `bytes` of memory can serve; the bounty has as many as the website. */
export function withinMemory<Options extends Places>(options: Options, bytes: number, threads = 0): Options {
  return noMoreThan(options, Math.floor((bytes - reserved - threads * bytesPerThread) / (2 * bytesPerPlace)));
}

/** What this process may use: the machine's memory, or its control group's part of it (memory.max). */
export function memoryLimit(total = totalmem(), constrained = process.constrainedMemory()): number {
  return constrained > 0 ? Math.min(total, constrained) : total;
}

export interface MemoryInUse {
  readonly resident: number;
  readonly heapUsed: number;
  readonly heapTotal: number;
  readonly external: number;
}

/** In bytes. Without /proc nobody tells what is resident now: then it is the most that ever was. */
export function memoryInUse(usage: () => NodeJS.MemoryUsage = () => process.memoryUsage()): MemoryInUse {
  try {
    const { rss, heapUsed, heapTotal, external } = usage();
    return { resident: rss, heapUsed, heapTotal, external };
  } catch {
    const heap = getHeapStatistics();
    return {
      resident: process.resourceUsage().maxRSS * 1024,
      heapUsed: heap.used_heap_size,
      heapTotal: heap.total_heap_size,
      external: heap.external_memory,
    };
  }
}
