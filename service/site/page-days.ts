import type { DayTally } from '../trace/index.ts';
import { hostPort } from './host-port.ts';
import { type Html, html } from './html.ts';
import { layout, older, scrolling } from './layout.ts';
import { nextPath } from './listing.ts';
import { days } from './lists.ts';
import { grouped } from './page-frame.ts';
import { type Query, queryText } from './query.ts';
import type { SiteView } from './view.ts';

/** `/days`: the days of the archive, the newest first, each with the end of its chain. */
export function daysPage(view: SiteView, query: Query): string {
  const { rows, next } = days(view, query);
  return layout(view, {
    path: '/statistics',
    title: 'Day by day',
    lead: 'Each day that somebody came: how many, to which doors, and the digest that seals what was recorded.',
    data: `/days.json${queryText(query)}`,
    content: html`
${rows.length === 0 ? html`<p class="soft">${query.before === undefined ? 'There was none yet.' : 'There are none older.'}</p>` : html`${dayTable(view, rows)}${older(nextPath('/days', next))}`}
${verification(view)}`,
  });
}

export const dayTable = ({ endpoints: { ports } }: SiteView, rows: readonly DayTally[]): Html => {
  const names = ['http', 'https', 'server', 'dialback', 'reverse'] as const;
  return scrolling(
    'Days',
    html`<table class="days"><caption>Days are UTC. Connections by door, visitors of the bounty and of all doors.</caption><thead><tr><th scope="col">Day</th>${names.map(
      (name) => html`<th scope="col" class="number">${ports[name]}</th>`,
    )}<th scope="col" class="number">Visitors, bounty</th><th scope="col" class="number">Visitors, all</th><th scope="col">Attempts and digest</th></tr></thead><tbody>${rows.map(
      ({ day, byPort, visitors, chain }) =>
        html`<tr><th scope="row">${day}</th>${names.map((name) => html`<td class="number">${grouped(byPort[name])}</td>`)}<td class="number">${grouped(visitors.bounty)}</td><td class="number">${grouped(visitors.all)}</td><td>${
          chain === undefined
            ? html`<span class="soft">none recorded</span>`
            : html`<a href="/attempts?before=${chain.last + 1}">${grouped(chain.first)} to ${grouped(chain.last)}</a>${chain.closed ? '' : ', not closed yet'}<br><code class="fingerprint small">${chain.digest}</code>`
        }</td></tr>`,
    )}</tbody></table>`,
  );
};

export const verification = ({ endpoints: { host, ports } }: SiteView): Html => html`
<details><summary>What the digests are for, and how to check them</summary><div>
<p>A day that was published cannot be edited afterwards without showing: its digest runs over the heads of all its attempts, begins with the digest of the day before, and each head has the SHA-256 of what was recorded under it. Write one down, and come back.</p>
<p>In a clone of the source, this computes them anew from what is published here:</p>
<pre tabindex="0"><code>npx btc-pinata trace verify http://${hostPort(host, ports.http)}</code></pre>
<p>By hand: begin with the digest of the day before (32 zero bytes for the first). For each attempt of the day, in the order of their numbers, take its head as one line of JSON, and <code>digest = SHA-256(digest || line)</code>. The heads are in <a href="/attempts.json">/attempts.json</a>, their members in the order in which they stand in the line; and in the first half of each trace, <code>/attempts/N.jsonl</code>.</p>
</div></details>`;
