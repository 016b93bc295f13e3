import type { ArchiveSummary } from '../trace/index.ts';
import { article } from './article.ts';
import { curves } from './curves.ts';
import { type Html, html } from './html.ts';
import { layout, scrolling, time } from './layout.ts';
import { links } from './links.ts';
import { days } from './lists.ts';
import { dayTable, verification } from './page-days.ts';
import { grouped } from './page-frame.ts';
import { bar } from './page-numbers.ts';
import { percentages } from './percentages.ts';
import { portText } from './ports.ts';
import { type CategoryView, portNames, type SiteView } from './view.ts';

/** `/statistics`: of the whole life of the archive, of which the process that answers may be one of many. */
export function statisticsPage(view: SiteView): string {
  const summary = view.archive.summary();
  const { first, last, connections } = summary;
  return layout(view, {
    path: '/statistics',
    title: 'Statistics',
    lead: 'Every connection there was, each in exactly one category, beside what the first piñata’s authors wrote of theirs.',
    data: '/statistics.json',
    content:
      first === undefined || last === undefined
        ? html`<p class="soft">Nobody came yet.</p>`
        : html`
<p>${grouped(connections)} connections from ${time(first / 1000)} to ${time(last / 1000)}, by this machine’s own account.</p>
<h2>Then and now</h2>
${comparison(view, summary)}
<h2>How it ended</h2>
${categories(view, summary)}
<h2>When</h2>
${curves(view.archive.days())}
<h2>Who</h2>
${visitors(view, summary)}
<h2>Day by day</h2>
${dayTable(view, days(view, { limit: 7 }).rows)}
<p><a href="/days">All days</a></p>
${verification(view)}
<h2>What was recorded</h2>
${recording(summary)}`,
  });
}

const bounty = ['server', 'dialback', 'reverse'] as const;
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

const prefixes = (count: number): string => `${grouped(count)} ${count === 1 ? 'network prefix' : 'network prefixes'}`;

function comparison({ categories }: SiteView, { byPort, byCategory, visitors }: ArchiveSummary): Html {
  const of = (category: CategoryView): number => byCategory[category.key] ?? 0;
  const released = sum(categories.filter(({ nature }) => nature === 'released').map(of));
  const refused = sum(categories.filter(({ nature }) => nature === 'failed').map(of));
  const rows: readonly (readonly [what: string, then: string, now: string])[] = [
    ['Visitors of the website', `${article.siteVisitors.text} addresses`, prefixes(visitors.website)],
    ['Accesses to the website', article.siteAccesses.text, `${grouped(byPort.http + byPort.https)} connections`],
    ['Visitors of the bounty', `${article.bountyVisitors.text} addresses`, prefixes(visitors.bounty)],
    ['Connections to the bounty', article.connections.text, grouped(sum(bounty.map((port) => byPort[port])))],
    ['Our own monitoring, among both', '–', grouped(byCategory.probe ?? 0)],
    ['Succeeded', `${article.succeeded.text}, bridges and tests`, grouped(released)],
    ['Failed', article.failed.text, `${grouped(refused)} refused`],
    ['Of the failures, without an explanation', article.unexplained.text, 'none: each is in one category'],
  ];
  const told = categories.filter(({ article }) => article !== undefined);
  const total = sum(bounty.map((port) => byPort[port]));
  return html`
${scrolling(
  'Then and now',
  html`<table class="stack then"><caption>Then: as of ${article.asOf}, from <a href="${links.firstRecap}">the authors’ recap</a> and the paper that followed it.</caption><thead><tr><th scope="col">What</th><th scope="col">Then</th><th scope="col">Now</th></tr></thead><tbody>${rows.map(
    ([what, then, now]) =>
      html`<tr><th scope="row">${what}</th><td data-label="Then">${then}</td><td data-label="Now">${now}</td></tr>`,
  )}</tbody></table>`,
)}
<p>What the recap says of the failures, in its words, and how many there were here. Where it gives a share, the count is worked out from about 21&nbsp;000 connections.</p>
${scrolling(
  'Categories of the article',
  html`<table class="stack then"><thead><tr><th scope="col">Category</th><th scope="col">In the words of 2015</th><th scope="col" class="number">Then</th><th scope="col" class="number">Share</th><th scope="col" class="number">Now</th><th scope="col" class="number">Share</th></tr></thead><tbody>${told.map(
    (category) => told2015(category, of(category), total),
  )}</tbody></table>`,
)}`;
}

function told2015({ key, article: told }: CategoryView, now: number, total: number): Html {
  const count = told?.count;
  const about = told?.exact === true ? '' : 'about ';
  return html`<tr><th scope="row"><code>${key}</code></th><td><q>${told?.wording}</q></td><td class="number" data-label="Then">${count === undefined ? 'several' : `${about}${grouped(count)}`}</td><td class="number" data-label="Share">${count === undefined ? '–' : share(count, article.connections.count)}</td><td class="number" data-label="Now">${grouped(now)}</td><td class="number" data-label="Share">${share(now, total)}</td></tr>`;
}

const share = (count: number, total: number): string => (total === 0 ? '–' : `${((100 * count) / total).toFixed(1)} %`);

/** Each category that occurred; the shares sum to 100.00. */
function categories({ categories }: SiteView, { byCategory }: ArchiveSummary): Html {
  const met = categories
    .map((category) => ({ ...category, count: byCategory[category.key] ?? 0 }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count);
  const shares = percentages(met.map(({ count }) => count));
  return scrolling(
    'Connections by category',
    html`<table><caption>${met.length} of ${categories.length} categories occurred. Each connection that ended is in exactly one, the website’s too.</caption><thead><tr><th scope="col">Category</th><th scope="col" class="share"><span class="soft">Share</span></th><th scope="col" class="number">Connections</th><th scope="col" class="number">%</th></tr></thead><tbody>${met.map(
      ({ key, title, count }, index) =>
        html`<tr><th scope="row"><a href="/attempts?category=${key}"><code>${key}</code></a><br><span class="small soft">${title}</span></th><td class="share">${bar(shares[index] ?? '0')}</td><td class="number">${grouped(count)}</td><td class="number">${shares[index]}</td></tr>`,
    )}</tbody><tfoot><tr><th scope="row">All</th><td class="share"></td><td class="number">${grouped(sum(met.map(({ count }) => count)))}</td><td class="number">100.00</td></tr></tfoot></table>`,
  );
}

function visitors(view: SiteView, { visitors, byPort }: ArchiveSummary): Html {
  const row = (name: string, count: number, came: number): Html =>
    html`<tr><th scope="row">${name}</th><td class="number">${grouped(count)}</td><td class="number">${grouped(came)}</td></tr>`;
  const cameTo = (ports: readonly (typeof portNames)[number][]): number => sum(ports.map((port) => byPort[port]));
  return scrolling(
    'Visitors',
    html`<table><caption>Different network prefixes in the whole life, an estimate within 2&nbsp;%: they are counted in a way that cannot name them. One that came to two doors is one of “all”.</caption><thead><tr><th scope="col">Door</th><th scope="col" class="number">Visitors</th><th scope="col" class="number">Connections</th></tr></thead><tbody>${portNames.map(
      (port) => row(portText(view, port), visitors[port], byPort[port]),
    )}${row('The website', visitors.website, cameTo(['http', 'https']))}${row('The bounty', visitors.bounty, cameTo(bounty))}</tbody><tfoot>${row('All', visitors.all, cameTo(portNames))}</tfoot></table>`,
  );
}

const recording = ({ attempts, sampledAway, droppedBodies, bytes, where }: ArchiveSummary): Html => html`
<dl class="facts">
<dt>Recorded</dt><dd>${grouped(attempts)} <a href="/attempts">attempts</a>, each with a head in the chain</dd>
<dt>Sampled away</dt><dd>${grouped(sampledAway)} that were counted and not recorded: more came at once than can be written, or more from one visitor in a day than are kept</dd>
<dt>Dropped</dt><dd>${grouped(droppedBodies)} of which the head was kept and what passed was not, because there is a limit to what is kept</dd>
<dt>Kept</dt><dd>${where === 'disk' ? `${grouped(Math.ceil(bytes / 1024))} KiB on disk` : 'in memory alone: a restart forgets it'}</dd>
</dl>`;
