import { hostPort } from './host-port.ts';
import { type Html, html } from './html.ts';
import { civilDate, internetDate } from './http-date.ts';
import type { CertificateView, LeafView, SiteView } from './view.ts';

/** Features C1: the authority, and the leaves that TLS 1.3 would hide from whoever listens. */
export function certificates(view: SiteView): Html {
  const [current, ...earlier] = view.generations;
  return html`
<h2 id="certificates-title">This is the authority</h2>
<p>Made by this process in memory, like every key under it. Whoever shows a certificate that it signed, in the right role, and holds its key, is let in.</p>
${fingerprint(current.bounty.authority)}
<pre tabindex="0" aria-label="Certificate of the bounty’s authority, PEM"><code>${current.bounty.authority.pem}</code></pre>
<p>With TLS&nbsp;1.2 an eavesdropper on a bridge saw both ends’ certificates go by, and one of the better attacks on the first piñata began there: “our client certificate, but with a different RSA public key”. TLS&nbsp;1.3 encrypts them, so here they are:</p>
${current.bounty.leaves.map(leaf)}
<h3>The website’s own</h3>
<p>Another authority, for this page by HTTPS and for nothing else. To look without a warning: <code>curl --cacert site-ca.pem https://${hostPort(view.endpoints.host, view.endpoints.ports.https)}/</code>, with the file below.</p>
${folded('The website’s authority', current.website.authority)}
${current.website.leaves.map(leaf)}
<p>In files: <a href="/ca.pem">/ca.pem</a>, <a href="/site-ca.pem">/site-ca.pem</a>, and all of every generation in <a href="/certificates.pem">/certificates.pem</a>. This is generation ${current.number}. A new one takes over before it expires, in the running process; a connection stays in the generation that it began in, and the old keys die with the last of them.${
    earlier.length === 0 ? html` There was none before.` : undefined
  }</p>
${
  earlier.length === 0
    ? undefined
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Earlier generations"><table><caption>Earlier generations, the newest first.</caption><thead><tr><th scope="col">Generation</th><th scope="col">Until</th><th scope="col">SHA-256 of the bounty’s authority</th></tr></thead><tbody>${earlier.map(
        ({ number, bounty: { authority } }) =>
          html`<tr><th scope="row">${number}</th><td>${time(authority.notAfter)}</td><td><code>${authority.sha256}</code></td></tr>`,
      )}</tbody></table></div>`
}`;
}

const titles: Readonly<Record<LeafView['role'], string>> = {
  server: 'The server’s certificate',
  client: 'The client’s certificate',
  website: 'The website’s certificate',
  test: 'Test credentials: whoever has the key of this one is let in',
};

const leaf = (certificate: LeafView): Html => folded(titles[certificate.role], certificate);

const folded = (title: string, certificate: CertificateView): Html => html`
<details><summary>${title} <span class="soft">until ${time(certificate.notAfter)}</span></summary><div>${fingerprint(certificate)}
<pre tabindex="0" aria-label="${title}, PEM"><code>${certificate.pem}</code></pre></div></details>`;

const fingerprint = ({ sha256, notBefore, notAfter }: CertificateView): Html => html`
<dl class="facts"><dt>SHA-256</dt><dd><code class="fingerprint">${sha256}</code></dd><dt>Valid</dt><dd>${time(notBefore)} to ${time(notAfter)}</dd></dl>`;

const time = (seconds: number): Html => html`<time datetime="${internetDate(seconds)}">${civilDate(seconds)}</time>`;
