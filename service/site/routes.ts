import {
  bountyAuthority,
  everyCertificate,
  manifestDocument,
  pairsDocument,
  securityText,
  statusDocument,
  websiteAuthority,
} from './documents.ts';
import {
  attemptDocument,
  attemptLine,
  attemptLines,
  attemptsDocument,
  breachesDocument,
  daysDocument,
  generationLines,
  guestBookDocument,
  handshakeDocument,
  incidentsDocument,
  rejectedCertificateDocument,
  rejectedDocument,
  rejectedPem,
  statisticsDocument,
} from './documents-archive.ts';
import { attestationDocument } from './documents-proof.ts';
import { json } from './json.ts';
import { favicon } from './logo.ts';
import { page } from './page.ts';
import { attemptPage } from './page-attempt.ts';
import { attemptsPage } from './page-attempts.ts';
import { breachesPage } from './page-breaches.ts';
import { daysPage } from './page-days.ts';
import { guestBookPage } from './page-guest-book.ts';
import { handshakePage } from './page-handshake.ts';
import { incidentsPage } from './page-incidents.ts';
import { rejectedCertificatePage, rejectedPage } from './page-rejected.ts';
import { statisticsPage } from './page-statistics.ts';
import { publicLogDocument } from './public-log.ts';
import type { Parameter } from './query.ts';
import {
  type Answered,
  type Context,
  digested,
  numbered,
  type Pattern,
  type Render,
  type Route,
  type Routes,
} from './router.ts';
import { scopePage, scopeTerms } from './scope.ts';
import { dataFields, pageFields, recordFields } from './security-fields.ts';

/** To be asked for again each time; with its ETag that costs a 304. */
const live = 'no-cache';
/** What hardly changes any more: of one attempt, the body is dropped some day. */
const settled = 'max-age=300';
/** RFC 8555 §9.1. */
const pemType = 'application/pem-certificate-chain';
const plain = 'text/plain; charset=utf-8';
const jsonLines = 'application/jsonl';

const pageOf = (cacheControl: string): Answered => ({
  type: 'text/html; charset=utf-8',
  cacheControl,
  fields: recordFields,
});
const dataOf = (type: string, cacheControl: string): Answered => ({ type, cacheControl, fields: dataFields });
const jsonOf = (cacheControl: string): Answered => dataOf('application/json', cacheControl);

const route = (answered: Answered, render: Render, parameters: readonly Parameter[] = []): Route => ({
  ...answered,
  render,
  parameters,
  personal: false,
});

const document = (of: (context: Context) => unknown): Render => {
  return (context) => {
    const value = of(context);
    return value === undefined ? undefined : `${json(value, 2)}\n`;
  };
};

const paging = ['before', 'limit'] as const;
const filtering = ['before', 'limit', 'port', 'category'] as const;

/** Every path without a part that varies. */
export const routes: ReadonlyMap<string, Route> = new Map([
  ['/', { ...route({ ...pageOf(live), fields: pageFields }, ({ view, now }) => page(view, now)) }],
  ['/ca.pem', route(dataOf(pemType, live), ({ view }) => bountyAuthority(view))],
  ['/site-ca.pem', route(dataOf(pemType, live), ({ view }) => websiteAuthority(view))],
  ['/certificates.pem', route(dataOf(pemType, live), ({ view }) => everyCertificate(view))],
  [
    '/status.json',
    route(
      jsonOf(live),
      document(({ view, now }) => statusDocument(view, now)),
    ),
  ],
  [
    '/attestation.json',
    route(
      jsonOf(live),
      document(({ view }) => attestationDocument(view)),
    ),
  ],
  [
    '/pairs.json',
    route(
      jsonOf(live),
      document(({ view }) => pairsDocument(view)),
    ),
  ],
  [
    '/manifest.json',
    route(
      jsonOf(live),
      document(({ view }) => manifestDocument(view)),
    ),
  ],
  // To the byte as it was hashed.
  ['/sandbox.json', route(jsonOf(live), ({ view }) => view.sandbox)],

  ['/statistics', route(pageOf(live), ({ view }) => statisticsPage(view))],
  [
    '/statistics.json',
    route(
      jsonOf(live),
      document(({ view }) => statisticsDocument(view)),
    ),
  ],
  ['/days', route(pageOf(live), ({ view, query }) => daysPage(view, query), paging)],
  [
    '/days.json',
    route(
      jsonOf(live),
      document(({ view, query }) => daysDocument(view, query)),
      paging,
    ),
  ],
  ['/attempts', route(pageOf(live), ({ view, query }) => attemptsPage(view, query), filtering)],
  [
    '/attempts.json',
    route(
      jsonOf(live),
      document(({ view, query }) => attemptsDocument(view, query)),
      filtering,
    ),
  ],
  ['/attempts.jsonl', route(dataOf(jsonLines, live), ({ view, query }) => attemptLines(view, query), paging)],
  ['/generations.jsonl', route(dataOf(jsonLines, live), ({ view }) => generationLines(view))],
  ['/breaches', route(pageOf(live), ({ view }) => breachesPage(view))],
  [
    '/breaches.json',
    route(
      jsonOf(live),
      document(({ view }) => breachesDocument(view)),
    ),
  ],
  ['/guest-book', route(pageOf(live), ({ view, query }) => guestBookPage(view, query), paging)],
  [
    '/guest-book.json',
    route(
      jsonOf(live),
      document(({ view, query }) => guestBookDocument(view, query)),
      paging,
    ),
  ],
  ['/certificates/rejected', route(pageOf(live), ({ view, query }) => rejectedPage(view, query), paging)],
  [
    '/certificates/rejected.json',
    route(
      jsonOf(live),
      document(({ view, query }) => rejectedDocument(view, query)),
      paging,
    ),
  ],
  [
    '/handshake',
    { ...route(pageOf('no-store'), ({ view, handshake }) => handshakePage(view, handshake())), personal: true },
  ],
  [
    '/handshake.json',
    {
      ...route(
        jsonOf('no-store'),
        document(({ view, handshake }) => handshakeDocument(view, handshake())),
      ),
      personal: true,
    },
  ],
  ['/incidents', route(pageOf(live), ({ view }) => incidentsPage(view))],
  [
    '/incidents.json',
    route(
      jsonOf(live),
      document(({ view }) => incidentsDocument(view)),
    ),
  ],
  ['/scope', route(pageOf(live), ({ view }) => scopePage(view))],
  [
    '/scope.json',
    route(
      jsonOf(live),
      document(() => scopeTerms),
    ),
  ],
  [
    '/log.json',
    route(
      jsonOf(live),
      document(({ view, now }) => publicLogDocument(view, now)),
    ),
  ],

  ['/healthz', route(dataOf(plain, 'no-store'), () => 'ok\n')],
  ['/robots.txt', route(dataOf(plain, 'max-age=86400'), () => 'User-agent: *\nAllow: /\n')],
  ['/favicon.svg', route(dataOf('image/svg+xml', 'max-age=86400'), () => favicon)],
  ['/.well-known/security.txt', route(dataOf(plain, live), ({ view, now }) => securityText(view, now))],
]);

/** Every path with one. */
export const patterns: readonly Pattern[] = [
  numbered(['/attempts/', ''], pageOf(settled), ({ view }, number) => attemptPage(view, number)),
  numbered(['/attempts/', '.json'], jsonOf(settled), (context, number) =>
    document(({ view }) => attemptDocument(view, number))(context),
  ),
  numbered(['/attempts/', '.jsonl'], dataOf(jsonLines, settled), ({ view }, number) => {
    const line = attemptLine(view, number);
    return line === undefined ? undefined : `${json(line)}\n`;
  }),
  digested(['/certificates/rejected/', ''], pageOf(settled), ({ view }, sha256) =>
    rejectedCertificatePage(view, sha256),
  ),
  digested(['/certificates/rejected/', '.json'], jsonOf(settled), (context, sha256) =>
    document(({ view }) => rejectedCertificateDocument(view, sha256))(context),
  ),
  digested(['/certificates/rejected/', '.pem'], dataOf(pemType, settled), ({ view }, sha256) =>
    rejectedPem(view, sha256),
  ),
];

/** All there is. */
export const siteRoutes: Routes = { fixed: routes, patterns };
