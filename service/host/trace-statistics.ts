import type { DatabaseSync, StatementSync } from 'node:sqlite';
import * as v from 'valibot';
import {
  type DayTally,
  emptyRegisters,
  estimate,
  type FailureKey,
  failureKeys,
  leave,
  type PortKey,
  portKeys,
  registerCount,
  union,
} from '../trace/index.ts';
import { blobOf, integerOf, rowsOf, textOf } from './trace-database.ts';
import { type Counts, type CountsLine, footprintsIn, type VisitorTraces } from './trace-journal.ts';

/* What was counted, by day, port and category, and the registers of the visitors: in memory as it stands in the index. */

export type VisitorCounts = DayTally['visitors'];

export interface DayState {
  readonly day: string;
  readonly connections: Counts;
  /** Of a day that is over; those of the day itself are in its registers. */
  readonly visitors: VisitorCounts | null;
  readonly chain: { readonly first: number; readonly last: number; readonly digest: string } | null;
}

const visitorGroups = {
  all: portKeys,
  website: ['http', 'https'],
  bounty: ['server', 'dialback', 'reverse'],
  http: ['http'],
  https: ['https'],
  server: ['server'],
  dialback: ['dialback'],
  reverse: ['reverse'],
} as const satisfies Readonly<Record<keyof VisitorCounts, readonly PortKey[]>>;

type Scope = 'life' | 'day';

/** A set of registers for each port. They are written page by page: a visitor changes one byte. */
export class PortRegisters {
  readonly #scope: Scope;
  readonly #ports: Record<PortKey, Uint8Array>;
  readonly #changed = new Set<string>();
  #counts: VisitorCounts | undefined;

  constructor(scope: Scope) {
    this.#scope = scope;
    const [http, https, server, dialback, reverse] = Array.from({ length: 5 }, emptyRegisters);
    if (!http || !https || !server || !dialback || !reverse) throw new RangeError('five ports, five sets of registers');
    this.#ports = { http, https, server, dialback, reverse };
  }

  knows(port: PortKey, register: number, rank: number): boolean {
    return (this.#ports[port][register] ?? 0) >= rank;
  }

  add(traces: VisitorTraces): void {
    for (const port of portKeys) {
      for (const footprint of footprintsIn(traces[port] ?? '')) {
        if (!leave(this.#ports[port], footprint)) continue;
        this.#changed.add(`${port} ${Math.floor(footprint.register / pageLength)}`);
        this.#counts = undefined;
      }
    }
  }

  clear(): void {
    for (const port of portKeys) this.#ports[port].fill(0);
    this.#changed.clear();
    this.#counts = undefined;
  }

  get counts(): VisitorCounts {
    const of = (group: keyof typeof visitorGroups): number =>
      estimate(union(visitorGroups[group].map((port) => this.#ports[port])));
    this.#counts ??= {
      all: of('all'),
      website: of('website'),
      bounty: of('bounty'),
      http: of('http'),
      https: of('https'),
      server: of('server'),
      dialback: of('dialback'),
      reverse: of('reverse'),
    };
    return this.#counts;
  }

  load(database: DatabaseSync): void {
    const rows = rowsOf(database.prepare('SELECT port, page, bytes FROM registers WHERE scope = ?'), this.#scope);
    for (const row of rows) {
      const port = textOf(row, 'port');
      if (!isPort(port)) continue;
      this.#ports[port].set(blobOf(row, 'bytes').subarray(0, pageLength), integerOf(row, 'page') * pageLength);
    }
    this.#counts = undefined;
  }

  save(insert: StatementSync): void {
    for (const name of this.#changed) {
      const [port = '', text = ''] = name.split(' ');
      if (!isPort(port)) continue;
      const page = Number(text);
      insert.run(this.#scope, port, page, this.#ports[port].slice(page * pageLength, (page + 1) * pageLength));
    }
  }

  /** What was saved is there to stay. */
  saved(): void {
    this.#changed.clear();
  }
}

const pageLength = registerCount / 16;
const isPort = (text: string): text is PortKey => portKeys.some((port) => port === text);

export const newDay = (day: string): DayState => ({ day, connections: {}, visitors: null, chain: null });

export const countedIn = (state: DayState, { connections }: CountsLine): DayState => ({
  ...state,
  connections: sumOf([state.connections, connections]),
});

export function sumOf(all: readonly Counts[]): Counts {
  const sum: { [Port in PortKey]?: { [Key in FailureKey]?: number } } = {};
  for (const counts of all) {
    for (const port of portKeys) {
      for (const key of failureKeys) {
        const count = counts[port]?.[key];
        if (count === undefined) continue;
        const ofPort = sum[port] ?? {};
        ofPort[key] = (ofPort[key] ?? 0) + count;
        sum[port] = ofPort;
      }
    }
  }
  return sum;
}

export const byCategory = (counts: Counts): Readonly<Partial<Record<FailureKey, number>>> => {
  const sum: Partial<Record<FailureKey, number>> = {};
  for (const key of failureKeys) {
    const count = portKeys.reduce((total, port) => total + (counts[port]?.[key] ?? 0), 0);
    if (count > 0) sum[key] = count;
  }
  return sum;
};

export const byPort = (counts: Counts): Readonly<Record<PortKey, number>> => {
  const of = (port: PortKey): number => failureKeys.reduce((sum, key) => sum + (counts[port]?.[key] ?? 0), 0);
  return {
    http: of('http'),
    https: of('https'),
    server: of('server'),
    dialback: of('dialback'),
    reverse: of('reverse'),
  };
};

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const categories = v.optional(v.record(v.picklist(failureKeys), natural), {});
const dayState = v.strictObject({
  day: v.string(),
  connections: v.strictObject({
    http: categories,
    https: categories,
    server: categories,
    dialback: categories,
    reverse: categories,
  }),
  visitors: v.nullable(
    v.strictObject({
      all: natural,
      website: natural,
      bounty: natural,
      http: natural,
      https: natural,
      server: natural,
      dialback: natural,
      reverse: natural,
    }),
  ),
  chain: v.nullable(v.strictObject({ first: natural, last: natural, digest: v.string() })),
});

export const readDay = (text: string): DayState => v.parse(dayState, JSON.parse(text));
