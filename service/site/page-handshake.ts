import type { TraceStep } from '../trace/index.ts';
import { diagram } from './diagram.ts';
import { hostPort } from './host-port.ts';
import { type Html, html, safeUri } from './html.ts';
import { layout } from './layout.ts';
import type { SiteView } from './view.ts';

/** `/handshake`: of the very connection that the page came over. `steps` are undefined over plain HTTP. */
export const handshakePage = (view: SiteView, steps: readonly TraceStep[] | undefined): string =>
  layout(view, {
    path: '/handshake',
    title: 'Your handshake',
    lead: 'The handshake of the very connection that this page came to you over, as the piñata saw it.',
    data: '/handshake.json',
    content: steps === undefined ? plain(view) : secure(view, steps),
  });

function plain({ endpoints: { host, ports } }: SiteView): Html {
  const uri = `https://${hostPort(host, ports.https)}/handshake`;
  return html`
<p class="aside">This page came to you by plain HTTP, so there was none to show.</p>
<p>Ask for it by HTTPS, and it shows the messages that your browser and this machine exchanged, field by field: <a href="${safeUri(uri)}">${uri}</a>.</p>
<p>Your browser will warn you: the <a href="/site-ca.pem">authority</a> of that certificate is the piñata’s own, made when it started. Without a warning:</p>
<pre tabindex="0"><code>curl -s http://${hostPort(host, ports.http)}/site-ca.pem &gt; site-ca.pem
curl --cacert site-ca.pem ${uri}.json</code></pre>`;
}

function secure(view: SiteView, steps: readonly TraceStep[]): Html {
  const negotiated = steps.find((step) => step.type === 'negotiated');
  const random = steps.find((step) => step.type === 'client_random');
  return html`
<p>Both ends were given here what they said in the clear and, after decryption, under the keys of the handshake. Nothing of it is a secret, and the page itself, which went under the keys that came out of it, is not in it. It is shown to you alone, and kept no longer than the connection.</p>
${
  negotiated === undefined
    ? undefined
    : html`<h2>What was agreed</h2>
<dl class="facts">
<dt>Version</dt><dd>TLS ${negotiated.version}</dd>
<dt>Cipher suite</dt><dd><code>${negotiated.cipherSuite}</code></dd>
<dt>Key exchange</dt><dd><code>${negotiated.group}</code></dd>
<dt>Application protocol</dt><dd>${negotiated.applicationProtocol === undefined ? 'none offered' : html`<code>${negotiated.applicationProtocol}</code>`}</dd>
<dt>Server name</dt><dd>${negotiated.serverName === undefined ? 'none sent' : html`<code>${negotiated.serverName}</code>`}</dd>
${random === undefined ? undefined : html`<dt>client_random</dt><dd><code class="fingerprint">${random.random}</code></dd>`}
</dl>`
}
<h2>What passed</h2>
${diagram(view.reading.arrows(steps))}`;
}
