import { describe, expect, it } from 'vitest';
import { entropy } from '../../service/host/entropy.ts';
import { type QueueBounds, TraceQueue } from '../../service/host/trace-queue.ts';
import { VisitorFootprints } from '../../service/host/visitor-footprints.ts';
import type { AttemptHead } from '../../service/trace/index.ts';
import { recorded } from './trace-store.ts';

/* What a flood may take away from what is recorded, and what it may not. */

const bounds: QueueBounds = {
  attemptsPerSecond: 50,
  attempts: 4096,
  bytes: 16 * 1024 * 1024,
  attemptsPerVisitor: 1_000_000,
};

class Waiting {
  readonly #queue: TraceQueue;
  #today = '2027-01-15';

  constructor(of: Partial<QueueBounds> = {}) {
    this.#queue = new TraceQueue({ ...bounds, ...of }, new VisitorFootprints(entropy(32), entropy));
  }

  /** At once. */
  come(count: number, head: Partial<AttemptHead>): void {
    for (let i = 0; i < count; i += 1) this.#queue.append(this.#today, recorded(head), 0);
  }

  tomorrow(): void {
    this.#today = '2027-01-16';
  }

  /** All that waits to be written, and of each category how many. */
  recorded(): Readonly<Record<string, number>> {
    const found: Record<string, number> = {};
    for (let batch = this.#queue.take(() => false); batch !== undefined; batch = this.#queue.take(() => false)) {
      for (const { head } of batch.attempts) found[head.category] = (found[head.category] ?? 0) + 1;
    }
    return found;
  }
}

const turnedAway = { category: 'rate_limited', bytesReceived: 0 } as const;
const silent = { category: 'empty', bytesReceived: 0 } as const;
const spoke = { category: 'record.not_tls', bytesReceived: 20 } as const;

describe('of a flood', () => {
  it('four seconds’ worth is recorded at once', () => {
    const waiting = new Waiting();
    waiting.come(5000, spoke);
    expect(waiting.recorded()).toEqual({ 'record.not_tls': 200 });
  });

  it.each([turnedAway, silent])('that says nothing ($category) half is left to those who do', (flood) => {
    const waiting = new Waiting();
    waiting.come(5000, flood);
    waiting.come(5000, spoke);
    expect(waiting.recorded()).toEqual({ [flood.category]: 100, 'record.not_tls': 100 });
  });

  it.each([
    ['beyond the rate', {}],
    ['where there is no room', { attempts: 10, attemptsPerSecond: 1_000_000 }],
    ['where there are no bytes', { bytes: 10_000, attemptsPerSecond: 1_000_000 }],
  ])('none hides how a breach was done, %s', (_, of) => {
    const waiting = new Waiting(of);
    waiting.come(5000, spoke);
    waiting.come(3, { category: 'breach' });
    expect(waiting.recorded()).toMatchObject({ breach: 3 });
  });

  it('from one visitor a number is recorded on a day, and the others have theirs', () => {
    const waiting = new Waiting({ attemptsPerVisitor: 30 });
    waiting.come(100, spoke);
    waiting.come(3, { ...spoke, category: 'breach' });
    waiting.come(100, { category: 'eof', visitor: 'fedcba9876543210' });
    expect(waiting.recorded()).toEqual({ 'record.not_tls': 30, breach: 3, eof: 30 });
    waiting.come(100, spoke);
    expect(waiting.recorded()).toEqual({});
    waiting.tomorrow();
    waiting.come(100, spoke);
    expect(waiting.recorded()).toEqual({ 'record.not_tls': 30 });
  });

  it('breaches have their bound as well', () => {
    const waiting = new Waiting({ attempts: 10 });
    waiting.come(5000, { category: 'breach' });
    expect(waiting.recorded()).toEqual({ breach: 20 });
  });
});
