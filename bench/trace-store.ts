import { randomBytes } from 'node:crypto';
import { openTraceStore } from '../service/host/open-trace-store.ts';
import type { TraceStore } from '../service/host/trace-store.ts';

/** The store of `--data` as the service opens it, but that it takes as many attempts a second as there are. */
export const openStore = (
  data: string,
  seconds: () => number = () => Math.floor(Date.now() / 1000),
): Promise<TraceStore> =>
  openTraceStore({
    configuration: { data, traceMebibytes: 1024, tracesPerSecond: 1_000_000_000, breachDelayHours: 72 },
    clock: { seconds, monotonic: () => performance.now() },
    entropy: (length) => new Uint8Array(randomBytes(length)),
    log: (event) => console.error(event),
  });
