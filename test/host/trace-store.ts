import type { Clock } from '../../service/host/clock.ts';
import { entropy } from '../../service/host/entropy.ts';
import { memoryTraceStore } from '../../service/host/open-trace-store.ts';
import type { TraceStore } from '../../service/host/trace-store.ts';

/* Stores for tests, as a service opens them. */

export const storeConfiguration = {
  data: undefined,
  traceMebibytes: 1024,
  tracesPerSecond: 1_000_000,
  breachDelayHours: 72,
};

const clock: Clock = { seconds: () => 1_800_000_000, monotonic: () => 0 };

export const memoryStore = (): TraceStore =>
  memoryTraceStore({ configuration: storeConfiguration, clock, entropy, log: () => undefined });
