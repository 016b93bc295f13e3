import { bytesToHex } from '@noble/hashes/utils.js';
import {
  type AttemptHead,
  type AttemptQuery,
  type FailureKey,
  failureTable,
  type GenerationLine,
  type Greeting,
  type PageQuery,
  type PortKey,
  parseAttemptHead,
  parseTraceLine,
  portKeys,
  type RejectedCertificate,
} from '../trace/index.ts';
import { blobOf, integerOf, integerOrNull, type Row, rowsOf, textOf } from './trace-database.ts';
import type { TraceIndex } from './trace-index.ts';
import { firstBreaches } from './trace-index-statements.ts';

/* Reads the index. Every question is answered from rows that stand together: none of them goes through all attempts. */

/** However many are asked for. */
const most = 200;
const newest = Number.MAX_SAFE_INTEGER;

/** An attempt, and where its body is. */
export interface IndexedAttempt {
  readonly head: AttemptHead;
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

export class TraceQueries {
  readonly #index: TraceIndex;
  readonly #statements: ReturnType<typeof statementsOf>;

  constructor(index: TraceIndex) {
    this.#index = index;
    this.#statements = statementsOf(index);
  }

  newest({ before = newest, limit, port, category }: AttemptQuery): readonly AttemptHead[] {
    const { all, byPort, byCategory, byBoth } = this.#statements;
    const [portId, categoryId] = [port, category].map((word) => word && this.#index.words.find(word));
    const page = [before, Math.min(limit, most)] as const;
    if ((port !== undefined && portId === undefined) || (category !== undefined && categoryId === undefined)) return [];
    const rows =
      typeof portId === 'number' && typeof categoryId === 'number'
        ? rowsOf(byBoth, portId, categoryId, ...page)
        : typeof portId === 'number'
          ? rowsOf(byPort, portId, ...page)
          : typeof categoryId === 'number'
            ? rowsOf(byCategory, categoryId, ...page)
            : rowsOf(all, ...page);
    return rows.map((row) => this.#head(row));
  }

  attempt(number: number): IndexedAttempt | undefined {
    const row = this.#statements.one.get(number);
    if (row === undefined) return undefined;
    return {
      head: this.#head(row),
      segment: integerOf(row, 'segment'),
      offset: integerOf(row, 'body_offset'),
      length: integerOf(row, 'body_length'),
    };
  }

  hasBreach(segment: number): boolean {
    return this.#statements.breach.get(segment) !== undefined;
  }

  guestBook({ before = newest, limit }: PageQuery): readonly Greeting[] {
    return rowsOf(this.#statements.greetings, before, Math.min(limit, most)).map((row) => ({
      number: integerOf(row, 'number'),
      at: integerOf(row, 'at'),
      port: this.#port(row),
      bytes: bytesToHex(blobOf(row, 'bytes')),
    }));
  }

  rejectedCertificates({ before = newest, limit }: PageQuery): readonly RejectedCertificate[] {
    return rowsOf(this.#statements.certificates, before, Math.min(limit, most)).map((row) => this.#certificate(row));
  }

  rejectedCertificate(sha256: Uint8Array): RejectedCertificate | undefined {
    const row = this.#statements.certificate.get(sha256);
    return row === undefined ? undefined : this.#certificate(row);
  }

  generations(): readonly GenerationLine[] {
    return rowsOf(this.#statements.generations).flatMap((row) => {
      const parsed = parseTraceLine(textOf(row, 'line'));
      return parsed.ok && parsed.line.type === 'generation' ? [parsed.line] : [];
    });
  }

  /** As it was written. The line is read once more: what is in a file is judged before it is believed. */
  #head(row: Row): AttemptHead {
    const word = (column: string): string => this.#index.words.word(integerOf(row, column));
    const wordOrNull = (column: string): string | null => (row[column] === null ? null : word(column));
    const line = {
      number: integerOf(row, 'number'),
      at: integerOf(row, 'at'),
      milliseconds: integerOf(row, 'milliseconds'),
      port: word('port'),
      role: word('role'),
      visitor: bytesToHex(blobOf(row, 'visitor')),
      generation: wordOrNull('generation'),
      version: wordOrNull('version'),
      state: wordOrNull('state'),
      category: word('category'),
      reason: wordOrNull('reason'),
      alertSent: integerOrNull(row, 'alert_sent'),
      alertReceived: integerOrNull(row, 'alert_received'),
      bytesReceived: integerOf(row, 'bytes_received'),
      bytesSent: integerOf(row, 'bytes_sent'),
      test: integerOf(row, 'test') === 1,
      bodySha256: bytesToHex(blobOf(row, 'body_sha256')),
    };
    const parsed = parseAttemptHead(JSON.stringify(line));
    if (!parsed.ok) throw new TypeError(`the index holds no head under ${line.number}: ${parsed.problem}`);
    return parsed.value;
  }

  #certificate(row: Row): RejectedCertificate {
    return {
      sha256: bytesToHex(blobOf(row, 'sha256')),
      der: bytesToHex(blobOf(row, 'der')),
      category: this.#category(row),
      detail: textOf(row, 'detail'),
      count: integerOf(row, 'count'),
      firstAt: integerOf(row, 'first_at'),
      lastAt: integerOf(row, 'last_at'),
      lastAttempt: integerOf(row, 'last_attempt'),
    };
  }

  #port(row: Row): PortKey {
    const word = this.#index.words.word(integerOf(row, 'port'));
    const port = portKeys.find((key) => key === word);
    if (port === undefined) throw new TypeError(`the index holds no port ${word}`);
    return port;
  }

  #category(row: Row): FailureKey {
    const word = this.#index.words.word(integerOf(row, 'category'));
    if (!isCategory(word)) throw new TypeError(`the index holds no category ${word}`);
    return word;
  }
}

const isCategory = (word: string): word is FailureKey => Object.hasOwn(failureTable, word);

const statementsOf = ({ database }: TraceIndex) => {
  const attempts = (where: string) =>
    database.prepare(`SELECT * FROM attempts WHERE ${where} number < ? ORDER BY number DESC LIMIT ?`);
  return {
    all: attempts(''),
    byPort: attempts('port = ? AND'),
    byCategory: attempts('category = ? AND'),
    byBoth: attempts('port = ? AND category = ? AND'),
    one: database.prepare('SELECT * FROM attempts WHERE number = ?'),
    breach: database.prepare(`SELECT number FROM (${firstBreaches}) WHERE segment = ? LIMIT 1`),
    greetings: database.prepare('SELECT * FROM greetings WHERE number < ? ORDER BY number DESC LIMIT ?'),
    certificates: database.prepare(
      'SELECT * FROM certificates WHERE last_attempt < ? ORDER BY last_attempt DESC LIMIT ?',
    ),
    certificate: database.prepare('SELECT * FROM certificates WHERE sha256 = ?'),
    generations: database.prepare('SELECT line FROM generations ORDER BY id'),
  };
};
