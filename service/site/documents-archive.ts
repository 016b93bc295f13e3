import { hexToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import type { AttemptBody, AttemptHead, RejectedCertificate, TraceStep } from '../trace/index.ts';
import { greetingText } from './greeting.ts';
import { internetDate } from './http-date.ts';
import { json } from './json.ts';
import { nextPath } from './listing.ts';
import { attempts, categoryOf, days, greetings, rejected } from './lists.ts';
import type { Query } from './query.ts';
import { successes } from './successes.ts';
import type { SiteView } from './view.ts';

/* The pages of the past as programs read them. `next` is the path of the page after this one, null on the last. */

const iso = (milliseconds: number): string => internetDate(Math.floor(milliseconds / 1000));

export function statisticsDocument({ archive, categories, test }: SiteView) {
  const { first, last, byCategory, ...rest } = archive.summary();
  return {
    test,
    first: first === undefined ? null : iso(first),
    last: last === undefined ? null : iso(last),
    ...rest,
    byCategory: Object.fromEntries(categories.map(({ key }) => [key, byCategory[key] ?? 0])),
    article: Object.fromEntries(
      categories.flatMap(({ key, article }) => (article === undefined ? [] : [[key, article] as const])),
    ),
    days: '/days.json',
  };
}

export function daysDocument(view: SiteView, query: Query) {
  const { rows, next } = days(view, query);
  return {
    days: rows.map(({ chain, ...day }) => ({ ...day, chain: chain ?? null })),
    next: nextPath('/days.json', next) ?? null,
  };
}

/** The heads as they stand in the chain: their digest can be computed anew from this. */
export function attemptsDocument(view: SiteView, query: Query) {
  const found = attempts(view, query);
  if (found === undefined) return undefined;
  return { attempts: found.rows, next: nextPath('/attempts.json', found.next) ?? null };
}

export function attemptDocument(view: SiteView, number: number) {
  const attempt = view.archive.attempt(number);
  if (attempt === undefined) return undefined;
  const { head, body } = attempt;
  const read = typeof body === 'string' ? undefined : body;
  return {
    head,
    title: categoryOf(view, head.category)?.title ?? null,
    alertSent: head.alertSent === null ? null : view.reading.alert(head.alertSent),
    alertReceived: head.alertReceived === null ? null : view.reading.alert(head.alertReceived),
    /** `kept`, `dropped` by the disk budget, or `withheld`. */
    body: typeof body === 'string' ? body : 'kept',
    omitted: read?.omitted ?? null,
    arrows: read === undefined ? null : view.reading.arrows(read.steps),
    trace: `/attempts/${head.number}.jsonl`,
  };
}

export interface AttemptTraceLine {
  readonly format: AttemptBody['format'];
  readonly type: 'attempt';
  readonly head: AttemptHead;
  readonly body: AttemptBody | null;
}

/** A line of a file of traces, as `btc-pinata trace` reads them. */
export function attemptLine({ archive }: SiteView, number: number): AttemptTraceLine | undefined {
  const attempt = archive.attempt(number);
  if (attempt === undefined) return undefined;
  const { head, body } = attempt;
  return { format: 'pinata-trace/1', type: 'attempt', head, body: typeof body === 'string' ? null : body };
}

/** Characters of lines that are given at once; the first is given whatever its length. */
export const longestLines = 256 * 1024;

/**
 * The attempts of one page of the list as lines of a file of traces, the oldest first: for whoever keeps a copy. Where they are
 * too long together the newest are left out: whoever goes on asks for those above the last that came.
 */
export function attemptLines(view: SiteView, query: Query): string {
  const rows = attempts(view, query)?.rows ?? [];
  let text = '';
  for (const { number } of rows.toReversed()) {
    const line = attemptLine(view, number);
    if (line === undefined) continue;
    const next = `${json(line)}\n`;
    if (text !== '' && text.length + next.length > longestLines) break;
    text += next;
  }
  return text;
}

/** What the sessions of each generation showed and trusted: with it a trace can be replayed. */
export const generationLines = ({ archive }: SiteView): string =>
  archive
    .generations()
    .map((line) => `${json(line)}\n`)
    .join('');

export function guestBookDocument(view: SiteView, query: Query) {
  const { rows, next } = greetings(view, query);
  return {
    greetings: rows.map(({ number, at, port, bytes }) => ({
      number,
      at: iso(at),
      port,
      text: greetingText(bytes),
      trace: `/attempts/${number}.jsonl`,
    })),
    next: nextPath('/guest-book.json', next) ?? null,
  };
}

export function rejectedDocument(view: SiteView, query: Query) {
  const { rows, next } = rejected(view, query);
  return {
    certificates: rows.map((certificate) => rejectedEntry(view, certificate)),
    next: nextPath('/certificates/rejected.json', next) ?? null,
  };
}

export function rejectedCertificateDocument(view: SiteView, sha256: string) {
  const certificate = view.archive.rejectedCertificate(sha256);
  if (certificate === undefined) return undefined;
  const { der } = certificate;
  return { ...rejectedEntry(view, certificate), der, fields: view.reading.certificateFields(der) };
}

function rejectedEntry(view: SiteView, certificate: RejectedCertificate) {
  const { sha256, der, category, detail, count, firstAt, lastAt, lastAttempt } = certificate;
  return {
    sha256,
    category,
    detail,
    count,
    first: iso(firstAt),
    last: iso(lastAt),
    lastAttempt,
    certificate: view.reading.certificate(der),
    pem: `/certificates/rejected/${sha256}.pem`,
  };
}

/** RFC 7468 §5.1, of bytes that may be no certificate: lines of 64. */
export function rejectedPem({ archive }: SiteView, sha256: string): string | undefined {
  const certificate = archive.rejectedCertificate(sha256);
  if (certificate === undefined) return undefined;
  const lines = base64.encode(hexToBytes(certificate.der)).match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.map((line) => `${line}\n`).join('')}-----END CERTIFICATE-----\n`;
}

export function breachesDocument(view: SiteView) {
  const { breaches, shortCircuits, test, counts } = successes(view);
  return { counts, breaches, shortCircuits, test, breachDelayHours: view.breachDelayHours };
}

export function incidentsDocument({ incidents }: SiteView) {
  const log = incidents();
  return { incidents: log.incidents, unreadable: log.unreadable };
}

/** Of the connection it is asked for over; null where that has no TLS. */
export const handshakeDocument = ({ reading }: SiteView, steps: readonly TraceStep[] | undefined) => ({
  handshake: steps === undefined ? null : { steps, arrows: reading.arrows(steps) },
});
