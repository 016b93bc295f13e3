import { type Html, html } from '../../service/site/html.ts';
import type { StatusDocument } from '../document/index.ts';
import { explorerOf, hostOf } from './proof.ts';
import { moment } from './words.ts';

/* What this page cannot show of itself, and the authorities it has seen. */

export function trust(status: StatusDocument): Html {
  const { page, watched } = status;
  return html`
<h2 id="trust-title">Do not believe this page</h2>
<p>Whoever owns the storage behind <code>${page.url}</code> can replace all of it: the words, the script that checks them in your browser, and the address for gifts. So a check that this page makes of itself shows mistakes, and no fraud. These trust neither page nor machine:</p>
<pre tabindex="0"><code><span class="remark"># the live page against the files of the release, and the coins against the chain</span>
npx btc-pinata status ${page.url}${explorerOf(status)}
<span class="remark"># the machine itself</span>
npx btc-pinata verify ${hostOf(status)}</code></pre>
<p>What it cannot show even so: that the machine gives the key to whoever breaks it (its code and its hardware do), and that ${watched.wallet?.kind === 'vault' ? 'a spend with the key was a win, if somebody had copied the key out' : 'a spend was a win, since the operator may have the key too'}.</p>
${authorities(status)}`;
}

function authorities({ authorities: { current, history } }: StatusDocument): Html {
  return html`
<details id="authorities"><summary>Authorities it has shown <span class="soft">${history.length}</span></summary><div>
<p>Each start and each rotation makes two new authorities, and the key of the wallet signs their names. ${current.state === 'unknown' ? html`Not seen of late: ${current.reason}.` : undefined}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Authorities"><table><thead><tr><th scope="col" class="number">Generation</th><th scope="col">Seen</th><th scope="col">Of the bounty</th><th scope="col">Of its page</th></tr></thead><tbody>${history.map(
    ({ generation, caSha256, siteCaSha256, from, until }) =>
      html`<tr><th scope="row" class="number">${generation}</th><td>${moment(from)} to ${until === null ? 'now' : moment(until)}</td><td><code class="fingerprint">${caSha256}</code></td><td><code class="fingerprint">${siteCaSha256}</code></td></tr>`,
  )}</tbody></table></div></div></details>`;
}

export const machines = ({ page }: StatusDocument): Html => html`
<h2 id="machines-title">For machines</h2>
<p class="badge"><a href="/badge.svg"><img src="/badge.svg" loading="lazy" alt="The badge: the state of this piñata" width="160" height="20"></a> as <a href="/badge.svg">SVG</a> of its own, or for <a href="/badge.json">shields.io</a>.</p>
<ul class="list">
<li><a href="/status.json">/status.json</a>: all that is on this page (<a href="/status.schema.json">its JSON Schema</a>); <a href="/history.json">/history.json</a>: ninety days (<a href="/history.schema.json">its JSON Schema</a>)</li>
<li><a href="/api/v2/summary.json">/api/v2/summary.json</a>, <a href="/api/v2/status.json">status</a>, <a href="/api/v2/components.json">components</a>, <a href="/api/v2/incidents.json">incidents</a>: as Atlassian’s Statuspage has them, so that its clients work</li>
<li><a href="/feed.xml">/feed.xml</a>: incidents and the verdict, by Atom, with ids that stay</li>
</ul>
<pre tabindex="0"><code>curl -s ${page.url}/status.json | jq -r .chain.value.verdict</code></pre>`;
