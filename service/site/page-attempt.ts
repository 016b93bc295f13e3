import type { ArchivedAttempt, AttemptHead } from '../trace/index.ts';
import { diagram } from './diagram.ts';
import { hostPort } from './host-port.ts';
import { type Html, html } from './html.ts';
import { layout, time } from './layout.ts';
import { categoryOf } from './lists.ts';
import { meaning } from './meaning.ts';
import { grouped } from './page-frame.ts';
import { portText } from './ports.ts';
import type { SiteView } from './view.ts';

/** `/attempts/N`: one attempt, as a diagram whose messages open. Undefined where there is none of this number. */
export function attemptPage(view: SiteView, number: number): string | undefined {
  const attempt = view.archive.attempt(number);
  if (attempt === undefined) return undefined;
  const { head } = attempt;
  const category = categoryOf(view, head.category);
  return layout(view, {
    path: '/attempts',
    title: `Attempt ${grouped(number)}`,
    lead: category?.title ?? head.category,
    data: `/attempts/${number}.json`,
    content: html`
${category === undefined ? undefined : html`<p class="aside">${meaning(category)}</p>`}
${facts(view, head)}
<h2>What passed</h2>
${body(view, attempt)}
<p><a class="button plain" href="/attempts/${number}.jsonl">The trace</a></p>
<p>A trace is one line of JSON, with every byte that was recorded. In a clone of the source this explains all of them:</p>
<pre tabindex="0"><code>npx btc-pinata trace explain http://${hostPort(view.endpoints.host, view.endpoints.ports.http)} ${number}</code></pre>
<p class="small soft"><a href="/attempts?before=${number}">The attempts before this one</a>.</p>`,
  });
}

function facts(view: SiteView, head: AttemptHead): Html {
  const alert = (description: number | null): string =>
    description === null ? 'none' : `${view.reading.alert(description)} (${description})`;
  return html`
<dl class="facts">
<dt>When</dt><dd>${time(head.at / 1000)}, for ${grouped(head.milliseconds)}&nbsp;ms</dd>
<dt>Door</dt><dd>${portText(view, head.port)}; the piñata was the TLS ${head.role}</dd>
<dt>Category</dt><dd><a href="/attempts?category=${head.category}"><code>${head.category}</code></a>${head.reason === null ? undefined : html`, fault <code>${head.reason}</code>`}</dd>
<dt>Alert sent</dt><dd>${alert(head.alertSent)}</dd>
<dt>Alert received</dt><dd>${alert(head.alertReceived)}</dd>
<dt>Came as far as</dt><dd>${head.state === null ? 'no session began' : html`<code>${head.state}</code>`}${head.version === null ? undefined : `, TLS ${head.version}`}</dd>
<dt>Bytes</dt><dd>${grouped(head.bytesReceived)} received, ${grouped(head.bytesSent)} sent</dd>
<dt>Visitor</dt><dd><code>${head.visitor}</code>, a pseudonym whose key is thrown away at the end of the day</dd>
${head.generation === null ? undefined : html`<dt>Authority</dt><dd><code class="fingerprint">${head.generation}</code></dd>`}
<dt>SHA-256 of the body</dt><dd><code class="fingerprint">${head.bodySha256}</code></dd>
${head.test ? html`<dt>Test credentials</dt><dd>existed: a success would prove nothing</dd>` : undefined}
</dl>`;
}

function body(view: SiteView, { body }: ArchivedAttempt): Html {
  if (body === 'dropped') {
    return html`<p>What passed was recorded, and dropped since: the disk it may fill is limited, and the oldest go first. The head above stays, and stays in the chain.</p>`;
  }
  if (body === 'withheld') {
    return html`<p>What passed was recorded, and is withheld for now: a trace of a breach, or of what was nearly one, is a recipe, and nobody is to be helped to race whoever found it. See <a href="/breaches">the policy</a>.</p>`;
  }
  return html`
${diagram(view.reading.arrows(body.steps))}
${body.omitted === 0 ? undefined : html`<p class="soft">${grouped(body.omitted)} more were left out of the recording: there were too many, or they were too long.</p>`}`;
}
