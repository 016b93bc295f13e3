import { createReading } from '../../service/host/reading.ts';
import type { ArrowView, SiteView } from '../../service/site/index.ts';
import type { AttemptHead, TraceStep } from '../../service/trace/index.ts';
import { bytes, sampleArchive, sampleAttempts, sampleDays, sampleRejected } from './sample-archive.ts';
import { sampleChain } from './sample-chain.ts';
import { sampleSteps } from './sample-reading.ts';
import { sampleView } from './sample-view.ts';

/* A past in which every text is a stranger's, also where the types allow no such thing: what a page does must not depend on it. */

/** Every string in it replaced, but for what the path or the kind of a thing is chosen by. */
function poisoned<T>(value: T, text: string, kept: readonly string[]): T {
  const replaced = (each: unknown, key: string): unknown => {
    if (typeof each === 'string') return kept.includes(key) ? each : text;
    if (Array.isArray(each)) return each.map((item) => replaced(item, key));
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([name, item]) => [name, replaced(item, name)]));
  };
  const copy: T = structuredClone(value);
  if (typeof copy !== 'object' || copy === null) return copy;
  return Object.assign(copy, replaced(value, ''));
}

const certificate = (text: string) =>
  ({
    type: 'read',
    subject: text,
    issuer: text,
    version: 3,
    serialNumber: text,
    notBefore: 1,
    notAfter: 2,
    publicKey: text,
    signatureAlgorithm: text,
    extensions: [{ name: text, value: text }],
  }) as const;

const arrow = (text: string, kind: ArrowView['kind'], direction: ArrowView['direction']): ArrowView => ({
  t: 1,
  kind,
  direction,
  title: text,
  detail: text,
  section: text,
  bytes: 'abcdef',
  fields: [{ name: text, start: 0, end: 3, depth: 0, value: text, section: text, problem: text }],
});

/** With the page's own plain data: whatever a host could give it. */
export function hostileView(text: string): SiteView {
  const head = (each: AttemptHead): AttemptHead => poisoned(each, text, ['port', 'role']);
  return {
    ...sampleView,
    chain: poisoned(sampleChain, text, ['support', 'standing', 'reason']),
    categories: sampleView.categories.map((category) => poisoned(category, text, ['key', 'nature'])),
    archive: {
      ...sampleArchive,
      newest: (query) => sampleArchive.newest(query).slice(0, 3).map(head),
      attempt: (number) => {
        const attempt = sampleAttempts[number - 1];
        return attempt === undefined ? undefined : { head: head(attempt.head), body: attempt.body };
      },
      days: () => sampleDays.slice(-3).map((day) => poisoned(day, text, ['day'])),
      guestBook: () => [{ number: 3, at: 5, port: 'server', bytes: bytes(text) }],
      rejectedCertificates: () => sampleRejected.slice(0, 2).map((each) => poisoned(each, text, ['der', 'sha256'])),
      rejectedCertificate: (sha256) => {
        const found = sampleArchive.rejectedCertificate(sha256);
        return found === undefined ? undefined : poisoned(found, text, ['der', 'sha256']);
      },
      generations: () => sampleArchive.generations().map((each) => poisoned(each, text, [])),
    },
    reading: {
      arrows: () => [
        arrow(text, 'clear', 'received'),
        arrow(text, 'encrypted', 'sent'),
        arrow(text, 'alert', 'sent'),
        arrow(text, 'remark', undefined),
        arrow(text, 'verdict', undefined),
      ],
      certificate: (der) =>
        der.endsWith('3') ? { type: 'unreadable', reason: text, detail: text, subject: text } : certificate(text),
      certificateFields: () => arrow(text, 'clear', 'sent').fields,
      alert: () => text,
    },
    incidents: () => ({ incidents: [{ date: text, title: text, text, digest: text }], unreadable: 2 }),
  };
}

/** With the host's own reading of steps and of a certificate that a stranger made: what really happens. */
export function readView(text: string, der: string): SiteView {
  const steps = hostileSteps(text);
  const real = createReading();
  return {
    ...sampleView,
    archive: {
      ...sampleArchive,
      attempt: (number) => {
        const attempt = sampleAttempts[number - 1];
        if (attempt === undefined || typeof attempt.body === 'string') return attempt;
        return { head: attempt.head, body: { ...attempt.body, steps } };
      },
      rejectedCertificates: () => sampleRejected.slice(0, 1).map((each) => ({ ...each, der, detail: text })),
      rejectedCertificate: (sha256) => {
        const found = sampleArchive.rejectedCertificate(sha256);
        return found === undefined ? undefined : { ...found, der, detail: text };
      },
    },
    reading: real,
  };
}

/** Every kind of step there is, and in each of them every text. */
export const hostileSteps = (text: string): readonly TraceStep[] =>
  sampleSteps.map((step) =>
    poisoned(step, text, [
      'type',
      'direction',
      'kind',
      'version',
      'versions',
      'fragment',
      'content',
      'bytes',
      'outcome',
    ]),
  );
