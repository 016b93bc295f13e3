import { type Html, html } from './html.ts';
import { civilDate, internetDate } from './http-date.ts';
import { grouped } from './page-frame.ts';
import { percentages } from './percentages.ts';
import { type PortName, portNames, type SiteView, type StatisticsView } from './view.ts';

/** How many of the newest bridges are shown, on the page and in /pairs.json. */
export const newestPairs = { page: 10, document: 1000 } as const;

/** The live counters: every connection is in them, each in one category. */
export function numbers(view: SiteView): Html {
  const { statistics } = view;
  return html`
<h2 id="numbers-title">Numbers, live</h2>
<p>Since it started, ${grouped(statistics.connections)} connections came from ${grouped(statistics.visitors)} network ${statistics.visitors === 1 ? 'prefix' : 'prefixes'}. Each ends in exactly one category, the harmless ones too, so the shares sum to 100&nbsp;%. The same as data: <a href="/status.json">/status.json</a>. Over its whole life, beside those of the first piñata: <a href="/statistics">the statistics</a>; and <a href="/attempts">every attempt</a> by itself.</p>
${successes(view)}
<h3>By port</h3>
${byPort(view)}
<h3>By category</h3>
${byCategory(statistics)}
<h3>Bridges</h3>
${pairs(view)}`;
}

function successes({ test, statistics: { successes } }: SiteView): Html {
  return html`
<dl class="facts">
<dt>Short-circuits</dt><dd>${grouped(successes.paired)} successes with both ends ours: somebody joined two doors, and each door that let the other in is one. Harmless, and meant to work: <a href="/breaches">how it tells them apart</a>.</dd>
<dt>Breaches</dt><dd>${
    successes.unpaired === 0
      ? html`none. No success was without an other end of ours.`
      : html`<strong>${grouped(successes.unpaired)}</strong> without an other end of ours. The lock is broken.`
  }</dd>
${test ? html`<dt>Test credentials</dt><dd>${grouped(successes.test)} successes with the certificate that was made to be let in.</dd>` : undefined}
</dl>`;
}

const doors: Readonly<Record<PortName, string>> = {
  http: 'this page by HTTP',
  https: 'this page by HTTPS',
  server: 'it is the server',
  dialback: 'it calls back',
  reverse: 'it is the client',
};

function byPort({ statistics, endpoints }: SiteView): Html {
  const shares = percentages(portNames.map((name) => statistics.byPort[name]));
  return html`
<div class="scroll" tabindex="0" role="region" aria-label="Connections by port"><table><thead><tr><th scope="col">Port</th><th scope="col">What it is</th><th scope="col" class="number">Connections</th><th scope="col" class="number">Share</th></tr></thead><tbody>${portNames.map(
    (name, index) =>
      html`<tr><th scope="row">${endpoints.ports[name]}</th><td>${doors[name]}</td><td class="number">${grouped(statistics.byPort[name])}</td><td class="number">${shares[index]}&nbsp;%</td></tr>`,
  )}</tbody></table></div>`;
}

function byCategory({ byCategory, open }: StatisticsView): Html {
  const met = byCategory.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  if (met.length === 0) return html`<p class="soft">No connection has ended yet.</p>`;
  const shares = percentages(met.map(({ count }) => count));
  const total = met.reduce((sum, { count }) => sum + count, 0);
  return html`
<div class="scroll" tabindex="0" role="region" aria-label="Connections by category"><table><caption>How connections ended. ${open === 0 ? 'None is open' : `${grouped(open)} more ${open === 1 ? 'is' : 'are'} still open`}; ${byCategory.length - met.length} of ${byCategory.length} categories were not met yet.</caption><thead><tr><th scope="col">Category</th><th scope="col" class="share"><span class="soft">Share</span></th><th scope="col" class="number">Connections</th><th scope="col" class="number">%</th></tr></thead><tbody>${met.map(
    ({ key, description, count }, index) =>
      html`<tr><th scope="row"><code>${key}</code><br><span class="small soft">${description}</span></th><td class="share">${bar(shares[index] ?? '0')}</td><td class="number">${grouped(count)}</td><td class="number">${shares[index]}</td></tr>`,
  )}</tbody><tfoot><tr><th scope="row">All</th><td class="share"></td><td class="number">${grouped(total)}</td><td class="number">100.00</td></tr></tfoot></table></div>`;
}

/** The number stands beside it; this is for the eye alone. */
export const bar = (share: string): Html =>
  html`<svg aria-hidden="true" focusable="false"><rect class="track" width="100%" height="100%" rx="5"/><rect class="fill" width="${share}%" height="100%" rx="5"/></svg>`;

function pairs({ statistics: { pairs, bridges }, endpoints: { ports } }: SiteView): Html {
  const newest = pairs.slice(0, newestPairs.page);
  if (newest.length === 0) {
    return html`<p class="soft">Nobody has joined two of its doors yet. It takes <a href="#itself">one line</a>.</p>`;
  }
  return html`
<p>The newest ${newest.length} of ${grouped(bridges)}, by the ClientHello that both ends saw; more in <a href="/pairs.json">/pairs.json</a>.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Newest bridges"><table class="tight"><thead><tr><th scope="col">When</th><th scope="col">Client door</th><th scope="col">client_random</th></tr></thead><tbody>${newest.map(
    ({ clientRandom, at, client }) =>
      html`<tr><td><time datetime="${internetDate(at)}">${civilDate(at)}</time></td><td>${ports[client]}</td><td><code>${clientRandom}</code></td></tr>`,
  )}</tbody></table></div>`;
}
