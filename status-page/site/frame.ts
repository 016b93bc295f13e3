import { type Html, html, markup, ownMarkup } from '../../service/site/html.ts';
import { garland } from '../../service/site/logo.ts';
import type { StatusDocument } from '../document/index.ts';
import { type Answer, staleAfter } from './answer.ts';
import type { SiteAssets } from './assets.ts';
import { metaPolicy } from './policy.ts';
import { moment } from './words.ts';

export interface Frame {
  readonly status: StatusDocument;
  readonly answer: Answer;
  readonly assets: SiteAssets;
  readonly title: string;
  readonly description: string;
  /** Of this page, from the root. */
  readonly path: string;
  readonly content: Html;
}

/** What is around every page: it loads nothing but its own stylesheet, script and icon. */
export function framed({ status, answer, assets, title, description, path, content }: Frame): string {
  const { page, asOf } = status;
  const card = assets.cards[answer.name];
  return markup(html`<!doctype html>
<html lang="en" data-tone="${answer.tone}" data-as-of="${asOf}" data-stale-after="${Math.max(staleAfter, 3 * page.interval)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${metaPolicy(page.explorers)}">
<title>${title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="description" content="${description}">
<meta name="referrer" content="no-referrer">
<meta name="theme-color" content="#fffaf1" media="(prefers-color-scheme:light)">
<meta name="theme-color" content="#17121c" media="(prefers-color-scheme:dark)">
<link rel="stylesheet" href="/${assets.style}">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="canonical" href="${page.url}${path}">
<link rel="alternate" type="application/atom+xml" title="${page.name}: incidents and verdicts" href="/feed.xml">
<link rel="alternate" type="application/json" title="Status" href="/status.json">
<meta property="og:type" content="website">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
<meta property="og:url" content="${page.url}${path}">
<meta property="og:site_name" content="${page.name}">${
    card === undefined
      ? undefined
      : html`
<meta property="og:image" content="${page.url}/${card}">
<meta property="og:image:type" content="image/png">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="630">
<meta property="og:image:alt" content="${answer.pill}: ${answer.answer}">
<meta name="twitter:card" content="summary_large_image">`
  }
<script type="module" src="/${assets.script}"></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
${ownMarkup(garland)}
${content}
<footer class="wrap">
<p>As of ${moment(asOf)}, by a program apart from the piñata, which looks every ${page.interval} seconds. Static files: no cookie, no counter, nothing of anybody else’s until you click.</p>
<p><a href="/">Status</a> · <a href="/incidents.html">Incidents</a> · <a href="/history.html">Day by day</a> · <a href="/status.json">status.json</a> · <a href="/feed.xml">Feed</a></p>
</footer>
<p class="stale-note" role="status">Out of date: nothing was looked at since ${moment(asOf)}. What this page says was so then, unless your clock is wrong.</p>
</body>
</html>
`);
}
