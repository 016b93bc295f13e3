import { utf8ToBytes } from '@noble/hashes/utils.js';
import {
  type Challenges,
  challengePath,
  noChallenges,
  type PostedAnswer,
  postChallenge,
  type Ticketed,
  ticketAt,
} from './challenges.ts';
import { credentialPath, type EvidenceStore, evidenceAt, noEvidence, postCredential } from './evidence.ts';
import { type HttpConnection, type HttpInput, type HttpStep, openHttp, stepHttp } from './http.ts';
import { httpDate } from './http-date.ts';
import type { HttpRequest, RefusedStatus } from './http-request.ts';
import { type HttpResponse, reasonPhrase } from './http-response.ts';
import { lostPages } from './page-lost.ts';
import { type Representation, Representations, represent } from './representations.ts';
import { type Answered, type OwnHandshake, type Resolved, resolve } from './router.ts';
import { siteRoutes } from './routes.ts';
import { dataFields, lostFields } from './security-fields.ts';
import type { SiteView } from './view.ts';

export interface SiteSource {
  /** Seconds since 1970; a fraction is dropped. */
  now(): number;
  /** Changes whenever something must show at once (a new generation, a success). Counters alone need not change it. */
  revision(): number;
  /** Asked for at most once a second and revision, however many requests come. */
  view(): SiteView;
  /** Without them nothing can be posted. */
  readonly challenges?: Challenges;
  /** Of a machine with a TPM. */
  readonly evidence?: EvidenceStore;
}

/** What the host knows of whoever asks, told apart from what they sent. */
export interface Visit {
  /** What the connection has told of its own handshake, for the page that shows it; over plain HTTP there is none. */
  readonly handshake: OwnHandshake;
  /** Whether they may leave another challenge: asked once for each. */
  readonly mayChallenge: () => boolean;
}

export interface Site {
  open(): HttpConnection;
  /** Total: never throws, whatever comes. A connection that was closed answers nothing more. */
  step(connection: HttpConnection, input: HttpInput, visit?: Visit): HttpStep;
}

/** One moment of the site: one view, and what was rendered of it so far. All paths of a moment agree with each other. */
interface Moment {
  readonly now: number;
  readonly revision: number;
  readonly view: SiteView;
  readonly rendered: Representations;
}

/**
 * The site over a view. What it remembers is one moment, so that a flood of requests renders each path once a second, and
 * of the paths that there is no end of it remembers no more than there is room for.
 */
export function createSite(source: SiteSource): Site {
  let moment: Moment | undefined;
  const clock = (): number => Math.floor(source.now());

  const currentMoment = (): Moment => {
    const now = clock();
    const revision = source.revision();
    if (moment === undefined || moment.now !== now || moment.revision !== revision) {
      moment = { now, revision, view: source.view(), rendered: new Representations() };
    }
    return moment;
  };

  const { challenges = noChallenges, evidence = noEvidence } = source;

  const respond = (request: HttpRequest, visit: Visit): HttpResponse => {
    try {
      if (request.method === 'POST') return answering(post(request, visit), clock());
      const ticket = ticketAt(challenges, request.path) ?? evidenceAt(evidence, request.path);
      return ticket === undefined ? read(request, visit.handshake) : found(ticket, request, clock());
    } catch {
      // A defect of ours. It is counted by its status, and the answer to one visitor is all that it costs.
      return plain(500, clock());
    }
  };

  const read = (request: ReadingRequest, handshake: OwnHandshake): HttpResponse => {
    const resolved = resolve(siteRoutes, request.path, request.query);
    if (typeof resolved === 'number') return lost(resolved, clock());
    const current = currentMoment();
    const representation = represented(current, resolved, handshake);
    if (representation === undefined) return lost(404, current.now);
    return representing(resolved, representation, request, current.now);
  };

  const post = ({ path, content }: PostingRequest, visit: Visit): PostedAnswer =>
    path === credentialPath ? postCredential(evidence, content, visit) : postChallenge(challenges, content, visit);

  const postedLength = (path: string): number | undefined => {
    if (path === credentialPath) return evidence.credentials.length;
    return path === challengePath ? challenges.length : undefined;
  };
  const refuse = (status: RefusedStatus, path: string) =>
    plain(status, clock(), postedLength(path) === undefined ? 'GET, HEAD' : 'POST');
  return {
    open: openHttp,
    step: (connection, input, visit = stranger) =>
      stepHttp(connection, input, { respond: (request) => respond(request, visit), refuse, postedLength }),
  };
}

type ReadingRequest = Exclude<HttpRequest, { method: 'POST' }>;
type PostingRequest = Extract<HttpRequest, { method: 'POST' }>;

const stranger: Visit = { handshake: () => undefined, mayChallenge: () => true };

function represented(moment: Moment, { key, keep, render }: Resolved, handshake: OwnHandshake) {
  const { rendered, view, now } = moment;
  const text = (): string | undefined => render(view, now, handshake);
  switch (keep) {
    case 'few':
      return rendered.few(key, text);
    case 'many':
      return rendered.oneOfMany(key, text);
    case 'own': {
      const own = text();
      return own === undefined ? undefined : represent(own);
    }
  }
}

function representing(
  route: Answered,
  { content, entityTag }: Representation,
  request: ReadingRequest,
  now: number,
): HttpResponse {
  const validators = [
    ['Date', httpDate(now)],
    ['ETag', entityTag],
    ['Cache-Control', route.cacheControl],
  ] as const;
  if (matches(request.ifNoneMatch, entityTag)) {
    return { status: 304, fields: [...validators, ...route.fields], content: new Uint8Array(0) };
  }
  return { status: 200, fields: [...validators, ['Content-Type', route.type], ...route.fields] as const, content };
}

/**
 * RFC 9110 §13.1.2, by weak comparison. An entity-tag may hold a comma, so the parts are not always tags; ours holds neither
 * comma nor quote, so a part equal to it is one.
 */
const matches = (ifNoneMatch: string, entityTag: string): boolean =>
  ifNoneMatch === '*' ||
  ifNoneMatch.split(',').some((part) => {
    const tag = part.trim();
    return tag === entityTag || tag === `W/${entityTag}`;
  });

/** What became of a challenge, or of what was asked of a TPM: a document, which stays as it is, or a word about it, which does not. */
function found(ticket: Ticketed, request: ReadingRequest, now: number): HttpResponse {
  if (ticket.status === 404) return plain(404, now);
  if (ticket.status !== 200) return answering(ticket, now);
  const route = { type: 'application/json', cacheControl: 'no-store', fields: dataFields };
  return representing(route, represent(ticket.text), request, now);
}

function answering(answer: Ticketed | PostedAnswer, now: number): HttpResponse {
  if (answer.status !== 202) return plain(answer.status, now);
  return {
    status: 202,
    fields: [
      ['Date', httpDate(now)],
      ['Cache-Control', 'no-store'],
      ['Content-Type', 'application/json'],
      ...dataFields,
    ],
    content: utf8ToBytes(answer.text),
  };
}

/** A person may have come there: with a link to what there is. */
const lost = (status: keyof typeof lostPages, now: number): HttpResponse => ({
  status,
  fields: [
    ['Date', httpDate(now)],
    ['Cache-Control', 'no-store'],
    ['Content-Type', 'text/html; charset=utf-8'],
    ...lostFields,
  ],
  content: lostPages[status],
});

/** Whatever else went wrong, in the words of the RFC and none of the request's. */
function plain(status: number, now: number, allow = 'GET, HEAD'): HttpResponse {
  return {
    status,
    fields: [
      ['Date', httpDate(now)],
      ['Cache-Control', 'no-store'],
      ['Content-Type', 'text/plain; charset=utf-8'],
      // RFC 9110 §15.5.6
      ...(status === 405 ? ([['Allow', allow]] as const) : []),
      // RFC 9110 §10.2.3: the next signature is no more than a second away.
      ...(status === 429 || status === 503 ? ([['Retry-After', '1']] as const) : []),
      ...dataFields,
    ],
    content: utf8ToBytes(`${status} ${reasonPhrase(status)}\nThe page of this piñata is /\n`),
  };
}
