import {
  bountyAuthority,
  everyCertificate,
  manifestDocument,
  pairsDocument,
  securityText,
  statusDocument,
  websiteAuthority,
} from './documents.ts';
import { favicon } from './logo.ts';
import { page } from './page.ts';
import { dataFields, pageFields } from './security-fields.ts';
import type { SiteView } from './view.ts';

export interface Route {
  readonly type: string;
  readonly cacheControl: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Undefined: there is none here, 404. */
  readonly render: (view: SiteView, now: number) => string | undefined;
}

/** To be asked for again each time; with its ETag that costs a 304. */
const live = 'no-cache';

const json = (document: (view: SiteView, now: number) => unknown): Route => ({
  type: 'application/json',
  cacheControl: live,
  fields: dataFields,
  render: (view, now) => `${JSON.stringify(document(view, now), undefined, 2)}\n`,
});

const text = (type: string, cacheControl: string, render: Route['render']): Route => ({
  type,
  cacheControl,
  fields: dataFields,
  render,
});

/** RFC 8555 §9.1. */
const pemType = 'application/pem-certificate-chain';
const plain = 'text/plain; charset=utf-8';

/** All there is. A path is compared as it was sent: nothing is decoded, joined or looked up anywhere else. */
export const routes: ReadonlyMap<string, Route> = new Map([
  ['/', { type: 'text/html; charset=utf-8', cacheControl: live, fields: pageFields, render: page }],
  ['/ca.pem', text(pemType, live, bountyAuthority)],
  ['/site-ca.pem', text(pemType, live, websiteAuthority)],
  ['/certificates.pem', text(pemType, live, everyCertificate)],
  ['/status.json', json(statusDocument)],
  ['/pairs.json', json(pairsDocument)],
  ['/manifest.json', json(manifestDocument)],
  ['/healthz', text(plain, 'no-store', () => 'ok\n')],
  ['/robots.txt', text(plain, 'max-age=86400', () => 'User-agent: *\nAllow: /\n')],
  ['/favicon.svg', text('image/svg+xml', 'max-age=86400', () => favicon)],
  ['/.well-known/security.txt', text(plain, live, securityText)],
]);
