import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  type DayTally,
  emptyRegisters,
  estimate,
  type Footprint,
  leave,
  type PortKey,
  portKeys,
  registerCount,
  union,
} from '../trace/index.ts';
import { blobOf, integerOf, rowsOf, textOf } from './trace-database.ts';
import { joined } from './trace-segments.ts';
import { footprintsIn, type VisitorTraces } from './visitor-footprints.ts';

/* The registers that tell how many visitors there were: in memory, and as they stand in the index. */

export type VisitorCounts = DayTally['visitors'];

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
      for (const footprint of footprintsIn(traces[port] ?? '')) this.#leave(port, footprint);
    }
  }

  /** Of all ports, one after the other. */
  get bytes(): Uint8Array {
    return joined(portKeys.map((port) => this.#ports[port]));
  }

  /** Adds what `bytes` gave. */
  restore(bytes: Uint8Array): void {
    for (const [i, port] of portKeys.entries()) {
      const kept = bytes.subarray(i * registerCount, (i + 1) * registerCount);
      for (const [register, rank] of kept.entries()) this.#leave(port, { register, rank });
    }
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

  #leave(port: PortKey, footprint: Footprint): void {
    if (!leave(this.#ports[port], footprint)) return;
    this.#changed.add(`${port} ${Math.floor(footprint.register / pageLength)}`);
    this.#counts = undefined;
  }
}

const pageLength = registerCount / 16;
const isPort = (text: string): text is PortKey => portKeys.some((port) => port === text);
