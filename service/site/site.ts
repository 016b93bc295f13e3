import { utf8ToBytes } from '@noble/hashes/utils.js';
import { type HttpConnection, type HttpInput, type HttpStep, openHttp, stepHttp } from './http.ts';
import { httpDate } from './http-date.ts';
import type { HttpRequest, RefusedStatus } from './http-request.ts';
import { type HttpResponse, reasonPhrase } from './http-response.ts';
import { type Representation, Representations, represent } from './representations.ts';
import { type Answered, type OwnHandshake, type Resolved, resolve } from './router.ts';
import { siteRoutes } from './routes.ts';
import { dataFields } from './security-fields.ts';
import type { SiteView } from './view.ts';

export interface SiteSource {
  /** Seconds since 1970; a fraction is dropped. */
  now(): number;
  /** Changes whenever something must show at once (a new generation, a success). Counters alone need not change it. */
  revision(): number;
  /** Asked for at most once a second and revision, however many requests come. */
  view(): SiteView;
}

export interface Site {
  open(): HttpConnection;
  /**
   * Total: never throws, whatever comes. A connection that was closed answers nothing more. `handshake`: what the connection
   * has told of its own, for the page that shows it; over plain HTTP there is none.
   */
  step(connection: HttpConnection, input: HttpInput, handshake?: OwnHandshake): HttpStep;
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

  const respond = (request: HttpRequest, handshake: OwnHandshake): HttpResponse => {
    const resolved = resolve(siteRoutes, request.path, request.query);
    if (typeof resolved === 'number') return plain(resolved, clock());
    try {
      const current = currentMoment();
      const representation = represented(current, resolved, handshake);
      if (representation === undefined) return plain(404, current.now);
      return representing(resolved, representation, request, current.now);
    } catch {
      // A defect of ours. It is counted by its status, and the page of one visitor is all that it costs.
      return plain(500, clock());
    }
  };

  const refuse = (status: RefusedStatus) => plain(status, clock());
  return {
    open: openHttp,
    step: (connection, input, handshake = none) =>
      stepHttp(connection, input, { respond: (request) => respond(request, handshake), refuse }),
  };
}

const none: OwnHandshake = () => undefined;

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

function representing(route: Answered, { content, entityTag }: Representation, request: HttpRequest, now: number) {
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

/** Whatever went wrong, in the words of the RFC and none of the request's. */
function plain(status: number, now: number): HttpResponse {
  return {
    status,
    fields: [
      ['Date', httpDate(now)],
      ['Cache-Control', 'no-store'],
      ['Content-Type', 'text/plain; charset=utf-8'],
      // RFC 9110 §15.5.6
      ...(status === 405 ? ([['Allow', 'GET, HEAD']] as const) : []),
      ...dataFields,
    ],
    content: utf8ToBytes(`${status} ${reasonPhrase(status)}\n`),
  };
}
