import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Credentials } from '../bounty/credentials.ts';
import type { ManagementView } from '../site/index.ts';
import type { TraceArchive } from '../trace/index.ts';
import type { Ledger } from './ledger.ts';
import { memoryInUse } from './memory.ts';
import type { RecentLog } from './recent-log.ts';

/* What the operator's pages show, put together from where it is kept. */

export interface ManagementSources {
  readonly program: ManagementView['program'];
  readonly startedAt: number;
  readonly ledger: Ledger;
  readonly archive: Pick<TraceArchive, 'summary'>;
  readonly credentials: Credentials;
  readonly recent: RecentLog;
}

/** Measures the event loop from here on. */
export function managementView(sources: ManagementSources): () => ManagementView {
  const delay = monitorEventLoopDelay({ resolution: milliseconds });
  delay.enable();
  const { program, startedAt, ledger, archive, credentials, recent } = sources;
  return () => {
    const { user, system } = process.cpuUsage();
    const { number, notAfter } = credentials.current;
    return {
      program,
      startedAt,
      tally: ledger.snapshot(),
      handshakes: ledger.handshakes,
      bridges: ledger.bridges,
      discardedBytes: ledger.discardedBytes,
      archive: archive.summary(),
      generation: { number, notAfter },
      memory: memoryInUse(),
      cpu: { user: user / 1e6, system: system / 1e6 },
      eventLoopDelay: {
        quantiles: [0.5, 0.9, 0.99, 1].map((quantile) => [quantile, late(delay.percentile(quantile * 100))]),
        // Without a measurement yet the mean is no number.
        sum: delay.count === 0 ? 0 : late(delay.mean) * delay.count,
        count: delay.count,
      },
      log: recent.lines,
      forgottenLogLines: recent.forgotten,
    };
  };
}

/** A timer of so long is looked at: what is measured is how long it took. */
const milliseconds = 10;
/** In seconds, of nanoseconds from one look to the next. */
const late = (nanoseconds: number): number => Math.max(0, nanoseconds - milliseconds * 1e6) / 1e9;
