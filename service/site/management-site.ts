import { utf8ToBytes } from '@noble/hashes/utils.js';
import { type HttpConnection, type HttpInput, type HttpStep, openHttp, stepHttp } from './http.ts';
import { httpDate, internetDate } from './http-date.ts';
import { type HttpResponse, reasonPhrase } from './http-response.ts';
import { json } from './json.ts';
import type { ManagementView } from './management-view.ts';
import { metrics } from './metrics.ts';
import { openMetrics, openMetricsType } from './open-metrics.ts';

/*
 * The operator's own pages, on a listener of their own: the same HTTP/1.1 as the site's, and nothing that can be written.
 * Nothing is shared with other origins: a page that the operator's browser happens to show may not read this.
 */

export interface ManagementSource {
  /** Seconds since 1970. */
  now(): number;
  view(): ManagementView;
}

export interface ManagementSite {
  open(): HttpConnection;
  /** Total: never throws, whatever comes. */
  step(connection: HttpConnection, input: HttpInput): HttpStep;
}

export interface LogDocument {
  readonly asOf: string;
  /** Lines that were written before the oldest of these. */
  readonly forgotten: number;
  /** The newest first. */
  readonly lines: ManagementView['log'];
}

interface Page {
  readonly type: string;
  readonly render: (view: ManagementView, now: number) => string;
}

const pages: ReadonlyMap<string, Page> = new Map<string, Page>([
  ['/metrics', { type: openMetricsType, render: (view, now) => openMetrics(metrics(view, now)) }],
  ['/log.json', { type: 'application/json', render: (view, now) => `${json(logDocument(view, now), 2)}\n` }],
  ['/healthz', { type: 'text/plain; charset=utf-8', render: () => 'ok\n' }],
]);

const logDocument = ({ log, forgottenLogLines }: ManagementView, now: number): LogDocument => ({
  asOf: internetDate(now),
  forgotten: forgottenLogLines,
  lines: log,
});

export function createManagementSite({ now, view }: ManagementSource): ManagementSite {
  const answer = (path: string): HttpResponse => {
    const page = pages.get(path);
    if (page === undefined) return plain(404, now());
    try {
      return response(200, page.type, page.render(view(), now()), now());
    } catch {
      // A defect of ours, and the operator's question is all that it costs.
      return plain(500, now());
    }
  };
  const responder = {
    respond: ({ path }: { readonly path: string }) => answer(path),
    refuse: (status: number) => plain(status, now()),
    postedLength: () => undefined,
  };
  return { open: openHttp, step: (connection, input) => stepHttp(connection, input, responder) };
}

const plain = (status: number, now: number): HttpResponse =>
  response(status, 'text/plain; charset=utf-8', `${status} ${reasonPhrase(status)}\n`, now);

const response = (status: number, type: string, text: string, now: number): HttpResponse => ({
  status,
  fields: [
    ['Date', httpDate(now)],
    ['Cache-Control', 'no-store'],
    ['Content-Type', type],
    // RFC 9110 §15.5.6
    ...(status === 405 ? ([['Allow', 'GET, HEAD']] as const) : []),
    ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
    ['X-Content-Type-Options', 'nosniff'],
  ],
  content: utf8ToBytes(text),
});
