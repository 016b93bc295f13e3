import type { CategoryView, IncidentLogView, TraceArchive } from '../../service/site/index.ts';
import type {
  ArchivedAttempt,
  ArchiveSummary,
  AttemptHead,
  DayTally,
  FailureKey,
  Greeting,
  PortKey,
  RejectedCertificate,
} from '../../service/trace/index.ts';
import { failureKeys, failureTable, traceFormat } from '../../service/trace/index.ts';

/* A past as a busy piñata has one, made up: the shapes are true, the digests and the certificates are not. */

export const noon = 1_795_953_600_000;
const day = 86_400_000;

/** So many bytes that look like others’. */
export const hex = (seed: number, length: number): string =>
  Array.from({ length: 2 * length }, (_, index) =>
    ((seed * 7 + index * 5 + (index >> 3) * seed) % 16).toString(16),
  ).join('');
/** What was sent, as an archive has it. */
export const bytes = (text: string): string => Buffer.from(text).toString('hex').slice(0, 512);

const ports: readonly PortKey[] = ['server', 'reverse', 'dialback', 'https'];
const endings: readonly FailureKey[] = [
  'record.not_tls',
  'cert.none',
  'x509.no_anchor',
  'heartbeat',
  'success.short_circuit',
  'timeout',
];

const head = (number: number): AttemptHead => ({
  number,
  at: noon - (240 - number) * 3_600_000,
  milliseconds: (number * 37) % 900,
  port: ports[number % ports.length] ?? 'server',
  role: number % 4 === 1 ? 'client' : 'server',
  visitor: hex(number, 8),
  generation: number % 6 === 0 ? null : hex(3, 32),
  version: number % 6 === 0 ? null : '1.3',
  state: number % 6 === 0 ? null : 'wait_certificate',
  category: endings[number % endings.length] ?? 'timeout',
  reason: number % 6 === 0 ? 'record_not_tls' : null,
  alertSent: number % 6 === 0 ? 70 : number % 6 === 1 ? 116 : null,
  alertReceived: null,
  bytesReceived: 17 + number * 3,
  bytesSent: 7,
  test: false,
  bodySha256: hex(number + 1, 32),
});

export const sampleAttempts: readonly ArchivedAttempt[] = Array.from({ length: 240 }, (_, index): ArchivedAttempt => {
  const of = head(index + 1);
  if (of.number === 7) return { head: of, body: 'dropped' };
  if (of.number === 8) return { head: { ...of, category: 'breach' }, body: 'withheld' };
  return {
    head: of,
    body: {
      format: traceFormat,
      number: of.number,
      steps: [
        { t: 0, type: 'begun', generation: hex(3, 32), now: Math.floor(of.at / 1000), versions: ['1.3', '1.2'] },
        { t: 2, type: 'eof' },
      ],
      omitted: of.number === 9 ? 3 : 0,
    },
  };
});

const visitors = { all: 81, website: 60, bounty: 33, http: 50, https: 22, server: 25, dialback: 4, reverse: 9 };

const tally = (index: number): DayTally => ({
  day: new Date(noon - (39 - index) * day).toISOString().slice(0, 10),
  byPort: {
    http: 300 + ((index * 71) % 400),
    https: 100 + ((index * 31) % 90),
    server: 20 + ((index * index * 13) % 700),
    dialback: index % 4,
    reverse: (index * 3) % 11,
  },
  byCategory: { 'cert.none': 12, 'website.page': 200 },
  visitors,
  chain:
    index < 2
      ? undefined
      : { first: 6 * (index - 2) + 1, last: 6 * (index - 1), digest: hex(index, 32), closed: index < 39 },
});

/** Two days without anybody are not in it. */
export const sampleDays: readonly DayTally[] = Array.from({ length: 40 }, (_, index) => tally(index)).filter(
  (_, index) => index !== 11 && index !== 12,
);

const summary: ArchiveSummary = {
  first: noon - 39 * day,
  last: noon,
  connections: 33_341,
  attempts: 240,
  droppedBodies: 1,
  sampledAway: 17,
  byCategory: {
    'record.not_tls': 1033,
    'record.unknown_version': 1071,
    'cert.none': 1204,
    heartbeat: 733,
    'x509.no_anchor': 58,
    'success.short_circuit': 412,
    breach: 1,
    timeout: 241,
    empty: 3110,
    'website.page': 25_400,
    'http.404': 78,
  },
  byPort: { http: 19_077, https: 6412, server: 6204, dialback: 733, reverse: 915 },
  visitors,
  bytes: 3_456_789,
  where: 'disk',
};

export const sampleGreetings: readonly Greeting[] = [
  'hi give me teh btcs\r\n',
  'please give key\r\n',
  'GET / HTTP/1.1\r\nHost: 192.0.2.17:10000\r\nUser-Agent: <b>scanner</b>\r\n\r\n',
  '\u0000\u0001\u0002',
  `SSH-2.0-${'x'.repeat(240)}`,
].map((text, index) => ({
  number: 200 - index * 6,
  at: noon - index * 3_600_000,
  port: 'server',
  bytes: bytes(text),
}));

export const sampleRejected: readonly RejectedCertificate[] = Array.from({ length: 23 }, (_, index) => ({
  sha256: hex(index, 32),
  der: `3082${hex(index, 300)}`,
  category: index % 2 === 0 ? 'x509.no_anchor' : 'x509.self_signed',
  detail: 'the path ends in CN=hacker, which is no trust anchor',
  count: index + 1,
  firstAt: noon - 9 * day,
  lastAt: noon - index * 1000,
  lastAttempt: 240 - index,
}));

const page = <Row>(rows: readonly Row[], number: (row: Row) => number, before: number | undefined, limit: number) =>
  rows.filter((row) => before === undefined || number(row) < before).slice(0, Math.min(limit, 200));

export const sampleArchive: TraceArchive = {
  summary: () => summary,
  newest: ({ before, limit, port, category }) =>
    page(
      sampleAttempts
        .map(({ head }) => head)
        .filter((head) => port === undefined || head.port === port)
        .filter((head) => category === undefined || head.category === category)
        .toReversed(),
      ({ number }) => number,
      before,
      limit,
    ),
  attempt: (number) => sampleAttempts[number - 1],
  days: () => sampleDays,
  guestBook: ({ before, limit }) => page(sampleGreetings, ({ number }) => number, before, limit),
  rejectedCertificates: ({ before, limit }) => page(sampleRejected, ({ lastAttempt }) => lastAttempt, before, limit),
  rejectedCertificate: (sha256) => sampleRejected.find((certificate) => certificate.sha256 === sha256),
  generations: () => [
    {
      format: traceFormat,
      type: 'generation',
      generation: hex(3, 32),
      authority: hex(4, 400),
      leaves: { server: hex(5, 400), client: hex(6, 400), website: hex(7, 400) },
    },
  ],
};

/** Of a piñata that nobody came to yet. */
export const emptyArchive: TraceArchive = {
  summary: () => ({
    first: undefined,
    last: undefined,
    connections: 0,
    attempts: 0,
    droppedBodies: 0,
    sampledAway: 0,
    byCategory: {},
    byPort: { http: 0, https: 0, server: 0, dialback: 0, reverse: 0 },
    visitors: { all: 0, website: 0, bounty: 0, http: 0, https: 0, server: 0, dialback: 0, reverse: 0 },
    bytes: 0,
    where: 'memory',
  }),
  newest: () => [],
  attempt: () => undefined,
  days: () => [],
  guestBook: () => [],
  rejectedCertificates: () => [],
  rejectedCertificate: () => undefined,
  generations: () => [],
};

export const sampleIncidents: IncidentLogView = {
  incidents: [
    {
      date: '2026-11-02',
      title: 'Down for an hour',
      text: 'The disk of the machine was full.\nIt has a budget now.',
      digest: hex(5, 32),
    },
    {
      date: '2026-11-09',
      title: 'An exception',
      text: 'A record of length zero ended one connection.',
      digest: hex(6, 32),
    },
  ],
  unreadable: 1,
};

/** The whole of the failure table, as the host gives it. */
export const everyCategory: readonly CategoryView[] = failureKeys.map((key) => {
  const { title, nature, article } = failureTable[key];
  return { key, title, nature, article };
});
