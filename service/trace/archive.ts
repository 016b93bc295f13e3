import type { AttemptBody, AttemptHead, GenerationLine } from './attempt.ts';
import type { PortKey } from './connection-event.ts';
import type { FailureKey } from './failure-table.ts';

/* What a store of traces answers: everything the pages, `/log.json` and `btc-pinata trace` show of the past. */

/** Reads what has been written. All of it is synchronous, from an index: a page may ask for it. */
export interface TraceArchive {
  summary(): ArchiveSummary;
  /** Newest first, those with a smaller number than `before` alone. */
  newest(query: AttemptQuery): readonly AttemptHead[];
  attempt(number: number): ArchivedAttempt | undefined;
  /** Oldest first; days without a connection are left out. */
  days(): readonly DayTally[];
  /** What was said to a TLS port and was no TLS: newest first. */
  guestBook(query: PageQuery): readonly Greeting[];
  /** Each certificate that was refused, once: the latest seen first. `before` is a `lastAttempt`. */
  rejectedCertificates(query: PageQuery): readonly RejectedCertificate[];
  rejectedCertificate(sha256: string): RejectedCertificate | undefined;
  /** Those that sessions began in, oldest first: what a trace is replayed with. */
  generations(): readonly GenerationLine[];
}

export interface PageQuery {
  readonly before?: number | undefined;
  /** At most 200 are given. */
  readonly limit: number;
}

export interface AttemptQuery extends PageQuery {
  readonly port?: PortKey | undefined;
  readonly category?: FailureKey | undefined;
}

/** `dropped`: the disk budget took the body. `withheld`: of a breach, until its time has come (design §4.2). */
export interface ArchivedAttempt {
  readonly head: AttemptHead;
  readonly body: AttemptBody | 'dropped' | 'withheld';
}

export interface ArchiveSummary {
  /** Of the oldest and of the latest connection, milliseconds since 1970; undefined before there is one. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** That ended, in the whole life of the store: recorded or not, the website's among them. */
  readonly connections: number;
  /** Recorded, with a head in the chain. */
  readonly attempts: number;
  /** Bodies that the disk budget took. */
  readonly droppedBodies: number;
  /** Attempts that were counted and not recorded, because more came than can be written. */
  readonly sampledAway: number;
  readonly byCategory: Readonly<Partial<Record<FailureKey, number>>>;
  readonly byPort: Readonly<Record<PortKey, number>>;
  /** Different network prefixes, in the whole life: an estimate within 2 %. */
  readonly visitors: Readonly<Record<PortKey | 'all' | 'website' | 'bounty', number>>;
  /** Bytes on disk; of a store in memory, in memory. */
  readonly bytes: number;
  readonly where: 'disk' | 'memory';
}

export interface DayTally {
  /** UTC, `2026-11-21`. */
  readonly day: string;
  readonly byPort: Readonly<Record<PortKey, number>>;
  readonly byCategory: Readonly<Partial<Record<FailureKey, number>>>;
  readonly visitors: Readonly<Record<PortKey | 'all' | 'website' | 'bounty', number>>;
  /** The attempts of the day, and the end of the chain over their heads; undefined where there was none. */
  readonly chain: DayChain | undefined;
}

/**
 * `digest` is SHA-256 over the digest of the day before (32 zero bytes at the beginning) and the lines of this day's heads, one
 * after the other: digest = SHA-256(digest || line) for each. Final once `closed`.
 */
export interface DayChain {
  readonly first: number;
  readonly last: number;
  readonly digest: string;
  readonly closed: boolean;
}

/** Bytes as they came, hex, at most 256 of them: whoever shows them escapes them. */
export interface Greeting {
  readonly number: number;
  readonly at: number;
  readonly port: PortKey;
  readonly bytes: string;
}

export interface RejectedCertificate {
  readonly sha256: string;
  /** Hex, as it came: it may be no DER at all. */
  readonly der: string;
  readonly category: FailureKey;
  /** In the words of the engine, which may quote the certificate. */
  readonly detail: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** The attempt that showed it last. */
  readonly lastAttempt: number;
}
