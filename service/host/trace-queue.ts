import { type FailureKey, type Footprint, type GenerationLine, type PortKey, portKeys } from '../trace/index.ts';
import type { KeptAttempt } from './attempt-text.ts';
import type { RecordedAttempt } from './recorder.ts';
import type { Counts } from './trace-counts.ts';
import type { CountsLine } from './trace-journal.ts';
import type { CountedConnection } from './trace-store.ts';
import { footprintText, type VisitorFootprints, type VisitorTraces } from './visitor-footprints.ts';

/* What waits to be written. It is bounded: beyond that attempts are sampled. Counts take no room, and none of them is lost. */

export interface QueueBounds {
  /** In the long run; as many as four seconds' worth at once. */
  readonly attemptsPerSecond: number;
  /** Of one visitor on one day: a head is kept for good, and no store has room for all that one stranger can send. */
  readonly attemptsPerVisitor: number;
  readonly attempts: number;
  /** As JSON, about. */
  readonly bytes: number;
}

/** What is written in one go, all of it on one day. */
export interface Batch {
  readonly day: string;
  readonly generations: readonly GenerationLine[];
  readonly counts: CountsLine | undefined;
  /** Of visitors, under the store's key. */
  readonly life: VisitorTraces;
  readonly attempts: readonly KeptAttempt[];
}

/** Small, so that whoever connects meanwhile need not wait for it to be put into text. */
const batchBounds = { attempts: 8, bytes: 256 * 1024 } as const;
/** In a moment more than in the long run. */
export const burstSeconds = 4;
const rememberedVisitors = 65_536;

/** Registers are known by port, and their greatest rank alone counts. */
type Pending = Map<PortKey, Map<number, number>>;

interface Group {
  readonly day: string;
  generations: GenerationLine[];
  counts: Map<PortKey, Map<FailureKey, number>>;
  life: Pending;
  today: Pending;
  first: number | undefined;
  last: number;
  sampledAway: number;
  readonly attempts: { readonly attempt: KeptAttempt; readonly bytes: number }[];
}

export class TraceQueue {
  readonly #bounds: QueueBounds;
  readonly #footprints: VisitorFootprints;
  readonly #groups: Group[] = [];
  readonly #ofVisitors = new Map<string, number>();
  #today = '';
  #attempts = 0;
  #bytes = 0;
  #allowance: number;
  #filledAt = 0;
  /** There is no room for another head: attempts are counted, and no more. */
  full = false;

  constructor(bounds: QueueBounds, footprints: VisitorFootprints) {
    this.#bounds = bounds;
    this.#footprints = footprints;
    this.#allowance = bounds.attemptsPerSecond * burstSeconds;
  }

  get isEmpty(): boolean {
    return this.#groups.length === 0;
  }

  generation(day: string, line: GenerationLine): void {
    this.#group(day).generations.push(line);
  }

  count(day: string, { at, port, visitor, category }: CountedConnection): void {
    const group = this.#group(day);
    const ofPort = group.counts.get(port) ?? new Map<FailureKey, number>();
    group.counts.set(port, ofPort.set(category, (ofPort.get(category) ?? 0) + 1));
    group.first ??= at;
    group.last = at;
    // A monitor that comes from many addresses is no visitor. Whoever calls himself one is counted as a probe, and recorded.
    if (category === 'probe') return;
    const left = this.#footprints.of(port, visitor, group.day);
    if (left === undefined) return;
    deepen(group.life, port, left.life);
    deepen(group.today, port, left.day);
  }

  /** An attempt that was told of and not recorded: there were too many. */
  sampledAway(day: string): void {
    this.#group(day).sampledAway += 1;
  }

  /** `now`: milliseconds of a clock that never goes back. */
  append(day: string, attempt: KeptAttempt, now: number): void {
    const group = this.#group(day);
    const bytes = sizeOf(attempt);
    const ofVisitor = this.#ofVisitor(attempt.head.visitor, group.day);
    if (!this.#takes(attempt.head, bytes, ofVisitor, now)) {
      group.sampledAway += 1;
      return;
    }
    this.#ofVisitors.set(attempt.head.visitor, ofVisitor + 1);
    this.#attempts += 1;
    this.#bytes += bytes;
    group.attempts.push({ attempt, bytes });
  }

  /** `knows`: what need not be written once more. */
  take(knows: (scope: 'life' | 'day', port: PortKey, register: number, rank: number) => boolean): Batch | undefined {
    const group = this.#groups[0];
    if (group === undefined) return undefined;
    const batch: Batch = {
      day: group.day,
      generations: group.generations,
      counts: countsLine(group, knows),
      life: tracesOf(group.life, (port, register, rank) => knows('life', port, register, rank)),
      attempts: this.#takeAttempts(group),
    };
    if (group.attempts.length === 0) this.#groups.shift();
    else Object.assign(group, emptied());
    return batch;
  }

  #takeAttempts({ attempts }: Group): readonly KeptAttempt[] {
    let count = 0;
    let bytes = 0;
    for (const waiting of attempts) {
      if (count >= batchBounds.attempts || (count > 0 && bytes + waiting.bytes > batchBounds.bytes)) break;
      count += 1;
      bytes += waiting.bytes;
    }
    this.#attempts -= count;
    this.#bytes -= bytes;
    return attempts.splice(0, count).map(({ attempt }) => attempt);
  }

  /** Nothing hides how a breach was done; and those who said nothing, of whom there may be any number, leave half to the others. */
  #takes(head: KeptAttempt['head'], bytes: number, ofVisitor: number, now: number): boolean {
    const { attemptsPerSecond, attemptsPerVisitor, attempts, bytes: mostBytes } = this.#bounds;
    if (head.category === 'breach') return this.#attempts < 2 * attempts;
    if (this.full || ofVisitor >= attemptsPerVisitor) return false;
    const burst = attemptsPerSecond * burstSeconds;
    const filled = this.#allowance + ((now - this.#filledAt) / 1000) * attemptsPerSecond;
    this.#allowance = Math.min(filled, burst);
    this.#filledAt = now;
    const left = head.bytesReceived === 0 ? 0.5 : 0;
    if (this.#allowance < left * burst + 1 || this.#attempts >= (1 - left) * attempts) return false;
    if (this.#bytes + bytes > (1 - left) * mostBytes) return false;
    this.#allowance -= 1;
    return true;
  }

  /** How many of a visitor were recorded on a day. */
  #ofVisitor(visitor: string, day: string): number {
    if (day !== this.#today || this.#ofVisitors.size >= rememberedVisitors) this.#ofVisitors.clear();
    this.#today = day;
    return this.#ofVisitors.get(visitor) ?? 0;
  }

  #group(day: string): Group {
    const last = this.#groups.at(-1);
    if (last !== undefined && last.day >= day) return last;
    const group: Group = { day, ...emptied(), attempts: [] };
    this.#groups.push(group);
    return group;
  }
}

const emptied = (): Omit<Group, 'day' | 'attempts'> => ({
  generations: [],
  counts: new Map(),
  life: new Map(),
  today: new Map(),
  first: undefined,
  last: 0,
  sampledAway: 0,
});

function deepen(pending: Pending, port: PortKey, { register, rank }: Footprint): void {
  const registers = pending.get(port) ?? new Map<number, number>();
  pending.set(port, registers.set(register, Math.max(rank, registers.get(register) ?? 0)));
}

/** Undefined where nothing was counted: an attempt that was sampled away is always counted before. */
function countsLine(group: Group, knows: Parameters<TraceQueue['take']>[0]): CountsLine | undefined {
  if (group.first === undefined && group.sampledAway === 0) return undefined;
  return {
    type: 'counts',
    first: group.first ?? group.last,
    last: group.last,
    connections: countsOf(group.counts),
    sampledAway: group.sampledAway,
    visitors: tracesOf(group.today, (port, register, rank) => knows('day', port, register, rank)),
  };
}

function countsOf(counts: Group['counts']): Counts {
  const result: { [Port in PortKey]?: { [Key in FailureKey]?: number } } = {};
  for (const [port, ofPort] of counts) {
    const categories: { [Key in FailureKey]?: number } = {};
    for (const [key, count] of ofPort) categories[key] = count;
    result[port] = categories;
  }
  return result;
}

function tracesOf(pending: Pending, known: (port: PortKey, register: number, rank: number) => boolean): VisitorTraces {
  const result: { [Port in PortKey]?: string } = {};
  for (const port of portKeys) {
    const news = [...(pending.get(port) ?? [])].filter(([register, rank]) => !known(port, register, rank));
    if (news.length > 0) result[port] = news.map(([register, rank]) => footprintText(register, rank)).join('');
  }
  return result;
}

/** About four digits for each byte: what is encrypted is written down as it was said and as it went over the wire. */
const sizeOf = (attempt: KeptAttempt): number =>
  'body' in attempt ? headSize + attempt.body.length : headSize + stepsSize(attempt);
const headSize = 1024;
const stepsSize = ({ head, steps }: RecordedAttempt): number =>
  128 * steps.length + Math.min(4 * (head.bytesReceived + head.bytesSent), 512 * 1024);
