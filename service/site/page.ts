import { type Html, html, markup, ownMarkup } from './html.ts';
import { garland } from './logo.ts';
import { banners } from './page-banners.ts';
import { certificates } from './page-certificates.ts';
import { footer, hero } from './page-frame.ts';
import { numbers } from './page-numbers.ts';
import { proof } from './page-proof.ts';
import { before, decision, rules } from './page-rules.ts';
import { claims, stack } from './page-stack.ts';
import { attack, contact, disclaimer, motivation, scope } from './page-terms.ts';
import { style } from './style.ts';
import type { SiteView } from './view.ts';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: (view: SiteView, now: number) => Html;
}

/** In the order of the page, and of the table of contents. */
const sections: readonly Section[] = [
  { id: 'rules', title: 'The rules', content: rules },
  { id: 'itself', title: 'It talks to itself', content: before },
  { id: 'decision', title: 'How it decides', content: decision },
  { id: 'certificates', title: 'Certificates', content: certificates },
  { id: 'attack', title: 'Roll your own attack', content: attack },
  { id: 'numbers', title: 'Numbers, live', content: numbers },
  { id: 'proof', title: 'Does it hold the key?', content: proof },
  { id: 'stack', title: 'The stack', content: stack },
  { id: 'claims', title: 'Do not believe us', content: claims },
  { id: 'motivation', title: 'Why we do this', content: motivation },
  { id: 'disclaimer', title: 'What it cannot show', content: disclaimer },
  { id: 'scope', title: 'Scope and safe harbour', content: scope },
  { id: 'contact', title: 'Contact', content: contact },
];

/** `/`: features.md C1 to C13. `now` is in whole seconds since 1970. */
export function page(view: SiteView, now: number): string {
  return markup(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Bitcoin Piñata: smash it and take the bitcoin</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="description" content="A machine that holds the key to a bitcoin wallet, and gives it to whoever breaks its TLS.">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<style>${ownMarkup(style)}</style>
</head>
<body>
<a class="skip" href="#rules">Skip to the rules</a>
${banners(view)}${ownMarkup(garland)}
<header class="wrap">${hero(view, now)}</header>
<div class="wrap body">
<nav aria-label="On this page"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main>${sections.map(
    ({ id, content }) => html`
<section id="${id}" aria-labelledby="${id}-title">${content(view, now)}</section>`,
  )}
</main>
</div>
<div class="wrap">${footer(view, now)}</div>
</body>
</html>
`);
}
