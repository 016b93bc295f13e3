import type { ArchiveSummary, HandshakeCounts, TallySnapshot } from '../trace/index.ts';
import type { NetworkName, PortName } from './view.ts';

/* What the operator's own listener shows, as plain data: numbers, and lines of a log that holds no secret. */

export interface ManagementView {
  readonly program: {
    readonly version: string;
    /** As statements say it. */
    readonly build: string;
    /** Of Node. */
    readonly node: string;
    readonly network: NetworkName;
  };
  /** Seconds since 1970. */
  readonly startedAt: number;
  readonly tally: TallySnapshot;
  readonly handshakes: readonly (readonly [PortName, HandshakeCounts])[];
  readonly bridges: number;
  /** Bytes that came after all was said, and were thrown away. */
  readonly discardedBytes: number;
  readonly archive: ArchiveSummary;
  readonly generation: { readonly number: number; readonly notAfter: number };
  /** Bytes. */
  readonly memory: Readonly<Record<'resident' | 'heapUsed' | 'heapTotal' | 'external', number>>;
  /** Seconds of processor time. */
  readonly cpu: Readonly<Record<'user' | 'system', number>>;
  /** How much later than it should a timer is called: seconds. */
  readonly eventLoopDelay: {
    readonly quantiles: readonly (readonly [quantile: number, seconds: number])[];
    readonly sum: number;
    readonly count: number;
  };
  /** The newest first. */
  readonly log: readonly LogLineView[];
  /** Lines that were written and are not among them any more. */
  readonly forgottenLogLines: number;
}

export interface LogLineView {
  /** RFC 3339. */
  readonly at: string;
  readonly event: string;
  readonly values: Readonly<Record<string, string | number | boolean>>;
}
