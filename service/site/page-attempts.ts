import type { AttemptHead } from '../trace/index.ts';
import { type Html, html } from './html.ts';
import { layout, older, scrolling, time } from './layout.ts';
import { nextPath } from './listing.ts';
import { attempts, categoryOf } from './lists.ts';
import { grouped } from './page-frame.ts';
import { portText } from './ports.ts';
import { type Query, queryText } from './query.ts';
import { type PortName, portNames, type SiteView } from './view.ts';

/** `/attempts`: the newest first, of one door or one category where asked for. Undefined where there is no such category. */
export function attemptsPage(view: SiteView, query: Query): string | undefined {
  const found = attempts(view, query);
  if (found === undefined) return undefined;
  return layout(view, {
    path: '/attempts',
    title: 'Attempts',
    lead: 'Every connection to a door of the bounty, and every one that failed at that of the page, the newest first: what was said, how far it came, and what ended it.',
    data: `/attempts.json${queryText(query)}`,
    content: html`
${filters(view, query)}
${
  found.rows.length === 0
    ? html`<p class="soft">${query.before === undefined ? 'There is none yet.' : 'There are none older.'}</p>`
    : html`${attemptTable(view, 'Attempts', found.rows)}${older(nextPath('/attempts', found.next))}`
}`,
  });
}

/** Links, not a form: a page of ours sends nothing. */
function filters(view: SiteView, { port, category, limit }: Query): Html {
  const kept = limit === undefined ? {} : { limit };
  const ofPort = (name: PortName | undefined): Html => {
    const query = {
      ...kept,
      ...(name === undefined ? {} : { port: name }),
      ...(category === undefined ? {} : { category }),
    };
    const here = name === port ? html` aria-current="true"` : undefined;
    return html`<li><a href="/attempts${queryText(query)}"${here}>${name === undefined ? 'all doors' : portText(view, name)}</a></li>`;
  };
  const { byCategory } = view.archive.summary();
  const met = view.categories
    .filter(({ key, nature }) => nature !== 'website' && nature !== 'ours' && byCategory[key] !== undefined)
    .map(({ key }) => [key, byCategory[key] ?? 0] as const)
    .toSorted(([, a], [, b]) => b - a);
  return html`
<ul class="filters" aria-label="Doors">${ofPort(undefined)}${portNames.filter((name) => name !== 'http').map(ofPort)}</ul>
<details${category === undefined ? undefined : html` open`}><summary>${category === undefined ? 'Of one category' : html`Category <code>${category}</code>: ${categoryOf(view, category)?.title}`}</summary><div>
<ul class="filters">${category === undefined ? undefined : html`<li><a href="/attempts${queryText({ ...kept, ...(port === undefined ? {} : { port }) })}">all categories</a></li>`}${met.map(
    ([key, count]) =>
      html`<li><a href="/attempts${queryText({ ...kept, ...(port === undefined ? {} : { port }), category: key })}"${key === category ? html` aria-current="true"` : undefined}><code>${key}</code> ${grouped(count)}</a></li>`,
  )}</ul></div></details>`;
}

/** Also on other pages. */
export const attemptTable = (view: SiteView, label: string, heads: readonly AttemptHead[]): Html =>
  scrolling(
    label,
    html`<table class="stack attempts"><thead><tr><th scope="col">Number</th><th scope="col">When</th><th scope="col">Door</th><th scope="col">How it ended</th><th scope="col">TLS</th><th scope="col" class="number">Bytes in</th><th scope="col" class="number">Took</th></tr></thead><tbody>${heads.map(
      (head) => row(view, head),
    )}</tbody></table>`,
  );

const row = (view: SiteView, { number, at, port, category, version, bytesReceived, milliseconds }: AttemptHead): Html =>
  html`<tr><th scope="row"><a href="/attempts/${number}">${grouped(number)}</a></th><td>${time(at / 1000)}</td><td>${view.endpoints.ports[port]}</td><td><code>${category}</code><br><span class="small soft">${categoryOf(view, category)?.title}</span></td><td data-label="TLS">${version ?? '–'}</td><td class="number" data-label="Bytes in">${grouped(bytesReceived)}</td><td class="number" data-label="Took">${grouped(milliseconds)}&nbsp;ms</td></tr>`;
