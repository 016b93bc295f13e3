import type { FailureKey, GenerationLine, PortKey, TraceArchive } from '../trace/index.ts';
import type { KeptAttempt } from './attempt-text.ts';

/* Where attempts go. Nobody waits for it: what cannot be written in time is sampled, counted, and the count is published. */

/** A connection that ended, recorded or not: what the statistics are made of. */
export interface CountedConnection {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly port: PortKey;
  /** The address prefix. It is counted under a key of the store's own, and kept nowhere. */
  readonly visitor: string;
  readonly category: FailureKey;
}

export interface TraceStore extends TraceArchive {
  count(connection: CountedConnection): void;
  append(attempt: KeptAttempt): void;
  /** There was one more, which whoever received it did not write down: of a flood not all are. */
  sampledAway(): void;
  /** Before any session begins in it. */
  generation(line: GenerationLine): void;
  /** Resolves when all that was given before is written. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
