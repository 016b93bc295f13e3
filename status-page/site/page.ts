import { type Html, html } from '../../service/site/html.ts';
import type { HistoryDocument, StatusDocument } from '../document/index.ts';
import { type Answer, answerOf } from './answer.ts';
import type { SiteAssets } from './assets.ts';
import { attacks } from './attacks.ts';
import { attemptsIn } from './attempts.ts';
import { framed } from './frame.ts';
import { hero, standing } from './hero.ts';
import { everyIncident, incidents } from './incidents.ts';
import { notesOf } from './notes.ts';
import { prize } from './prize.ts';
import { proof } from './proof.ts';
import { sources } from './sources.ts';
import { machines, trust } from './trust.ts';
import { machine, uptimeShare } from './uptime.ts';
import { bitcoin, grouped } from './words.ts';

interface Section {
  readonly id: string;
  readonly name: string;
  readonly content: (status: StatusDocument, history: HistoryDocument, answer: Answer) => Html;
}

/** In the order of the page, and of its table of contents. */
const sections: readonly Section[] = [
  { id: 'prize', name: 'The prize', content: prize },
  { id: 'proof', name: 'The key', content: proof },
  { id: 'attacks', name: 'Attempts', content: attacks },
  { id: 'machine', name: 'The machine', content: machine },
  { id: 'sources', name: 'Sources', content: sources },
  { id: 'incidents', name: 'Incidents', content: incidents },
  { id: 'trust', name: 'Do not believe', content: trust },
  { id: 'machines', name: 'For machines', content: machines },
];

/** `/` */
export function page(status: StatusDocument, history: HistoryDocument, assets: SiteAssets): string {
  const answer = answerOf(status);
  return framed({
    status,
    answer,
    assets,
    path: '/',
    title: `${answer.answer} ${status.page.name}`,
    description: `${answer.pill}. ${answer.sentence}`,
    content: html`${hero(status, answer)}
<main id="content">
${standing(status, history, answer, notesOf(status, answer))}
<div class="wrap body">
<nav aria-label="On this page"><ul>${sections.map(({ id, name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<div>${sections.map(
      ({ id, content }) => html`
<section id="${id}" aria-labelledby="${id}-title">${content(status, history, answer)}</section>`,
    )}
</div>
</div>
</main>`,
  });
}

/** `/incidents.html` */
export function incidentsPage(status: StatusDocument, assets: SiteAssets): string {
  return plainPage(status, assets, {
    path: '/incidents.html',
    title: 'Incidents',
    content: everyIncident(status),
  });
}

/** `/history.html`: the plots as a table. */
export function historyPage(status: StatusDocument, history: HistoryDocument, assets: SiteAssets): string {
  const rows = history.days.toReversed();
  return plainPage(status, assets, {
    path: '/history.html',
    title: 'Day by day',
    content: html`
<p>Ninety days at most, the newest first. ${uptimeShare(history, 'server') ?? 'None'} of all looks at the bounty’s own server were answered. As data: <a href="/history.json">/history.json</a>.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Days"><table><thead><tr><th scope="col">Day</th><th scope="col">Verdict</th><th scope="col" class="number">Balance</th><th scope="col" class="number">Looks</th><th scope="col" class="number">Server up</th><th scope="col" class="number">Proofs</th><th scope="col" class="number">Attempts</th><th scope="col" class="number">Longest gap</th></tr></thead><tbody>${rows.map(
      ({ day, verdict, balance, polls, uptime, proofs, attempts, longestGap }) =>
        html`<tr><th scope="row" class="nowrap">${day}</th><td>${verdict.replaceAll('_', ' ')}</td><td class="number">${balance === null ? '—' : bitcoin(balance)}</td><td class="number">${grouped(polls)}</td><td class="number">${grouped(uptime.server.up)}</td><td class="number">${grouped(proofs)}</td><td class="number">${grouped(attemptsIn(attempts))}</td><td class="number">${grouped(longestGap)}&nbsp;s</td></tr>`,
    )}</tbody></table></div>`,
  });
}

function plainPage(
  status: StatusDocument,
  assets: SiteAssets,
  { path, title, content }: { readonly path: string; readonly title: string; readonly content: Html },
): string {
  const answer = answerOf(status);
  return framed({
    status,
    answer,
    assets,
    path,
    title: `${title}: ${status.page.name}`,
    description: `${answer.pill}. ${answer.sentence}`,
    content: html`
<header class="wrap small-head"><p class="eyebrow"><a href="/">${status.page.name}</a></p><h1>${title}</h1><p class="pill"><span class="dot" aria-hidden="true"></span>${answer.pill}</p></header>
<main id="content" class="wrap">${content}</main>`,
  });
}
