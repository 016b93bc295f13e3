import { type Html, html, markup, ownMarkup } from './html.ts';
import { civilDate, internetDate } from './http-date.ts';
import { banners } from './page-banners.ts';
import { footer } from './page-frame.ts';
import { recordPages } from './pages.ts';
import { style } from './style.ts';
import { recordStyle } from './style-records.ts';
import type { SiteView } from './view.ts';

export interface Layout {
  /** The path of the page in the navigation that this one is or belongs to. */
  readonly path: (typeof recordPages)[number][0];
  readonly title: string;
  /** One sentence, for search engines and for the head of the page. */
  readonly lead: string | Html;
  /** The same as data. */
  readonly data: string;
  readonly content: Html;
}

/** A page of the past: the same frame for all, and no time of its own, so that it changes when something happens. */
export function layout(view: SiteView, { path, title, lead, data, content }: Layout): string {
  const link = ([target, name]: (typeof recordPages)[number]): Html =>
    html`<li><a href="${target}"${target === path ? current : undefined}>${name}</a></li>`;
  return markup(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} – Bitcoin Piñata</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="alternate" href="${data}" type="application/json">
<style>${ownMarkup(style)}</style>
<style>${ownMarkup(recordStyle)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
${banners(view)}
<header class="wrap masthead"><a class="home" href="/">Bitcoin Piñata</a>
<nav aria-label="The site"><ul>${recordPages.map(link)}</ul></nav></header>
<main class="wrap record" id="content">
<h1>${title}</h1>
<p class="lead">${lead}</p>
${content}
<p class="small soft">The same as data: <a href="${data}">${data}</a></p>
</main>
<div class="wrap">${footer(view)}</div>
</body>
</html>
`);
}

const current = html` aria-current="page"`;

export const time = (seconds: number): Html =>
  html`<time datetime="${internetDate(seconds)}">${civilDate(seconds)}</time>`;

/** Where a list goes on. */
export const older = (next: string | undefined): Html =>
  next === undefined
    ? html`<p class="soft">There are none older.</p>`
    : html`<p><a class="button plain" href="${next}" rel="next">Older</a></p>`;

/** A table that may be wider than the screen. */
export const scrolling = (label: string, table: Html): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${table}</div>`;
