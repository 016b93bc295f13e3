import { utf8ToBytes } from '@noble/hashes/utils.js';
import { toJsonSchema } from '@valibot/to-json-schema';
import { internetDate } from '../../service/site/http-date.ts';
import { json } from '../../service/site/json.ts';
import { favicon } from '../../service/site/logo.ts';
import { type HistoryDocument, historySchema, type StatusDocument, statusSchema } from '../document/index.ts';
import { answerOf } from './answer.ts';
import { assetType, briefly, forever, type SiteAssets, type SiteObject } from './assets.ts';
import { atlassianDocuments } from './atlassian.ts';
import { badge, shields } from './badge.ts';
import { feed } from './feed.ts';
import { historyPage, incidentsPage, page } from './page.ts';

/**
 * All objects of the page, by their paths without a slash before them. Pure: the same documents and assets give the same
 * bytes. Whoever stores them stores those that are kept forever first and `index.html` last, so that a page never names what
 * is not there yet; the map is in that order.
 */
export function renderSite(
  status: StatusDocument,
  history: HistoryDocument,
  assets: SiteAssets,
): ReadonlyMap<string, SiteObject> {
  const answer = answerOf(status);
  const objects = new Map<string, SiteObject>();
  for (const [path, bytes] of assets.files)
    objects.set(path, { bytes, contentType: assetType(path), cacheControl: forever });
  const put = (path: string, contentType: string, text: string): void => {
    objects.set(path, { bytes: utf8ToBytes(text), contentType, cacheControl: briefly });
  };
  const data = (path: string, value: unknown): void =>
    put(path, 'application/json; charset=utf-8', `${json(value, 2)}\n`);

  put('favicon.svg', 'image/svg+xml', favicon);
  put('robots.txt', 'text/plain; charset=utf-8', `User-agent: *\nAllow: /\nSitemap: ${status.page.url}/sitemap.xml\n`);
  put('sitemap.xml', 'application/xml', sitemap(status));
  const security = securityText(status);
  if (security !== undefined) put('.well-known/security.txt', 'text/plain; charset=utf-8', security);
  data('status.schema.json', schemaOf('status', statusSchema, status));
  data('history.schema.json', schemaOf('history', historySchema, status));
  data('history.json', history);
  for (const [name, document] of Object.entries(atlassianDocuments(status))) data(`api/v2/${name}.json`, document);
  data('badge.json', shields(answer));
  put('badge.svg', 'image/svg+xml', badge(answer));
  put('feed.xml', 'application/atom+xml; charset=utf-8', feed(status, history));
  put('history.html', 'text/html; charset=utf-8', historyPage(status, history, assets));
  put('incidents.html', 'text/html; charset=utf-8', incidentsPage(status, assets));
  data('status.json', status);
  put('index.html', 'text/html; charset=utf-8', page(status, history, assets));
  return objects;
}

const schemaOf = (
  name: 'status' | 'history',
  schema: typeof statusSchema | typeof historySchema,
  { page }: StatusDocument,
) => ({
  ...toJsonSchema(schema, { errorMode: 'ignore' }),
  $id: `${page.url}/${name}.schema.json`,
  title: `btc-pinata/${name}/v1`,
});

const day = 86_400;

/** RFC 9116. It expires soon after nobody writes it any more. */
function securityText({ page, asOf }: StatusDocument): string | undefined {
  if (page.contact === null) return undefined;
  return [
    '# Of this page. The machine that it watches may be attacked: its own page says how.',
    `Contact: ${page.contact}`,
    `Expires: ${internetDate((Math.floor(asOf / day) + 90) * day)}`,
    'Preferred-Languages: en',
    `Canonical: ${page.url}/.well-known/security.txt`,
    '',
  ].join('\n');
}

const sitemap = ({ page, asOf }: StatusDocument): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${[
    '/',
    '/incidents.html',
    '/history.html',
  ]
    .map(
      (path) =>
        `<url><loc>${page.url.replace(/&/g, '&amp;')}${path}</loc><lastmod>${internetDate(asOf)}</lastmod></url>`,
    )
    .join('')}</urlset>\n`;
