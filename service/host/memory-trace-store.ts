import { createHash } from 'node:crypto';
import {
  type ArchivedAttempt,
  type ArchiveSummary,
  type AttemptBody,
  type AttemptHead,
  type AttemptQuery,
  type DayTally,
  type FailureKey,
  type GenerationLine,
  type Greeting,
  type PortKey,
  type RejectedCertificate,
  traceFormat,
} from '../trace/index.ts';
import type { RecordedAttempt } from './recorder.ts';
import type { CountedConnection, TraceStore } from './trace-store.ts';

/** For hosts without a disk: the newest attempts, and counts of all. */
export class MemoryTraceStore implements TraceStore {
  readonly #attempts: { readonly head: AttemptHead; readonly body: AttemptBody }[] = [];
  readonly #byCategory = new Map<FailureKey, number>();
  readonly #byPort: Record<PortKey, number> = { http: 0, https: 0, server: 0, dialback: 0, reverse: 0 };
  readonly #generations: GenerationLine[] = [];
  readonly #capacity: number;
  #number = 0;
  #connections = 0;
  #first: number | undefined;
  #last: number | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  count({ at, port, category }: CountedConnection): void {
    this.#connections += 1;
    this.#byPort[port] += 1;
    this.#byCategory.set(category, (this.#byCategory.get(category) ?? 0) + 1);
    this.#first ??= at;
    this.#last = at;
  }

  append({ head, steps, omitted }: RecordedAttempt): void {
    this.#number += 1;
    const body: AttemptBody = { format: traceFormat, number: this.#number, steps, omitted };
    const bodySha256 = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    this.#attempts.push({ head: { number: this.#number, ...head, bodySha256 }, body });
    if (this.#attempts.length > this.#capacity) this.#attempts.shift();
  }

  generation(line: GenerationLine): void {
    this.#generations.push(line);
  }

  summary(): ArchiveSummary {
    const { http, https, server, dialback, reverse } = this.#byPort;
    return {
      first: this.#first,
      last: this.#last,
      connections: this.#connections,
      attempts: this.#number,
      droppedBodies: this.#number - this.#attempts.length,
      sampledAway: 0,
      byCategory: Object.fromEntries(this.#byCategory),
      byPort: { http, https, server, dialback, reverse },
      visitors: { all: 0, website: 0, bounty: 0, http: 0, https: 0, server: 0, dialback: 0, reverse: 0 },
      bytes: 0,
      where: 'memory',
    };
  }

  newest({ before, limit, port, category }: AttemptQuery): readonly AttemptHead[] {
    return this.#attempts
      .map(({ head }) => head)
      .filter((head) => before === undefined || head.number < before)
      .filter((head) => port === undefined || head.port === port)
      .filter((head) => category === undefined || head.category === category)
      .slice(-limit)
      .toReversed();
  }

  attempt(number: number): ArchivedAttempt | undefined {
    return this.#attempts.find(({ head }) => head.number === number);
  }

  days(): readonly DayTally[] {
    return [];
  }

  guestBook(): readonly Greeting[] {
    return [];
  }

  rejectedCertificates(): readonly RejectedCertificate[] {
    return [];
  }

  rejectedCertificate(): undefined {
    return undefined;
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
