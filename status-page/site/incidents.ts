import { type Html, html } from '../../service/site/html.ts';
import type { IncidentDocument, StatusDocument } from '../document/index.ts';
import { age, moment } from './words.ts';

/* What went wrong with what is watched, and how it ended. Their ids are permanent, here and in the feed. */

const shown = 3;

export function incidents({ incidents }: StatusDocument): Html {
  const [newest, rest] = [incidents.slice(0, shown), incidents.length - shown];
  return html`
<h2 id="incidents-title">Incidents</h2>
${newest.length === 0 ? html`<p class="soft">None so far.</p>` : newest.map(incident)}
<p class="small">${rest > 0 ? html`<a href="/incidents.html">${rest} more</a> · ` : undefined}<a href="/feed.xml">As a feed</a></p>`;
}

export function everyIncident({ incidents }: StatusDocument): Html {
  return incidents.length === 0
    ? html`<p class="soft">None so far.</p>`
    : html`<h2>The newest first</h2>${incidents.map(incident)}`;
}

function incident({ id, title, impact, status, createdAt, resolvedAt, updates }: IncidentDocument): Html {
  return html`
<article class="incident ${resolvedAt === null ? 'open' : 'over'}" id="incident-${id}">
<h3>${title} <span class="tag ${resolvedAt === null ? impact : 'over'}">${resolvedAt === null ? status : 'resolved'}</span></h3>
<p class="small soft">${moment(createdAt)}${resolvedAt === null ? undefined : html`, over after ${age(resolvedAt - createdAt)}`} · impact: ${impact}</p>
<ol class="updates">${updates.map((update) => html`<li><strong>${update.status}</strong> <span class="small soft">${moment(update.at)}</span><br>${update.text}</li>`)}</ol>
</article>`;
}
