import type { AttemptHead } from '../trace/index.ts';
import { type Html, html } from './html.ts';
import { duration } from './http-date.ts';
import { layout } from './layout.ts';
import { attemptTable } from './page-attempts.ts';
import { grouped } from './page-frame.ts';
import { successes } from './successes.ts';
import type { SiteView } from './view.ts';

/** `/breaches`: who was let in, how one tells which kind it was, and when what is published. */
export function breachesPage(view: SiteView): string {
  const { counts, breaches, shortCircuits, test } = successes(view);
  return layout(view, {
    path: '/breaches',
    title: 'Breaches',
    lead:
      counts.breaches === 0
        ? 'None so far, by this machine’s own account.'
        : `${grouped(counts.breaches)} so far, by this machine’s own account: it is broken.`,
    data: '/breaches.json',
    content: html`
<h2>Breaches</h2>
<p>A handshake succeeded, the key was sent, and the other end was not this machine. That is what the coins are there for.</p>
${
  counts.breaches === 0
    ? html`<p class="aside">There was none. That proves nothing by itself: look at <a href="/#wallet">the wallet</a>, which says it in a way that this machine cannot forge. As long as its coins do not move, either nobody got in, or whoever did is waiting.</p>`
    : html`<p class="aside"><strong>Believe it, and watch the chain.</strong> Whoever got in has the key, and may sweep the coins at any time. What this machine says of itself from now on is said by a machine that was broken.</p>${table(view, breaches, 'breach')}`
}
<h2>Short-circuits</h2>
<p>Both ends were this machine: somebody joined two of its doors. Each end that succeeds is one, so a bridge makes up to two. They are harmless, and meant to work: it is how you see the sealed key go by.</p>
<p>This is how it tells them apart. Before a flight of its own that could complete a handshake leaves, it writes down the role, the authority and the hash of the handshake so far. When a handshake succeeds, it looks for the hash that the other end proved to know among those that it wrote down itself in the opposite role. It is there: a short-circuit. It is not: a breach. What somebody cuts off afterwards changes nothing, so a breach cannot be faked by breaking a bridge.</p>
${counts.shortCircuits === 0 ? html`<p class="soft">There was none yet.</p>` : table(view, shortCircuits, 'success.short_circuit')}
${counts.test === 0 ? undefined : html`<h2>With test credentials</h2><p>These prove nothing: the credentials were handed out.</p>${table(view, test, 'success.test')}`}
<h2>What is published, and when</h2>
<ul>
<li><strong>That there was a breach: at once.</strong> The number above, the banner on every page and <code>successes.unpaired</code> of <a href="/status.json">/status.json</a> are the same second’s. Nobody has to wave it through, and the operator hears of it no earlier than you.</li>
<li><strong>How it was done: later.</strong> The trace of a breach is a recipe. It is withheld for ${delay(view.breachDelayHours)}, so that nobody is helped to race whoever found it. Its head, with the digest of the trace, is in the chain from the first day, so that it cannot be rewritten meanwhile.</li>
<li><strong>Everything else: as it happens.</strong> Failed attempts are <a href="/attempts">published</a> when they end.</li>
</ul>
<p>What went wrong on our side stands in the log of <a href="/incidents">incidents</a>.</p>`,
  });
}

const delay = (hours: number): string => (hours === 0 ? 'no time here' : duration(hours * 3600));

const table = (view: SiteView, heads: readonly AttemptHead[], category: string): Html => html`
${attemptTable(view, `Attempts that ended as ${category}`, heads)}
<p><a href="/attempts?category=${category}">All of them</a></p>`;
