import type { RejectedCertificate } from '../trace/index.ts';
import { fieldTable } from './diagram.ts';
import { rejectedPem } from './documents-archive.ts';
import { type Html, html } from './html.ts';
import { layout, older, time } from './layout.ts';
import { nextPath } from './listing.ts';
import { categoryOf, rejected } from './lists.ts';
import { grouped } from './page-frame.ts';
import { type Query, queryText } from './query.ts';
import type { CertificateReading, SiteView } from './view.ts';

/** `/certificates/rejected`: each certificate that was shown and refused, once. */
export function rejectedPage(view: SiteView, query: Query): string {
  const { rows, next } = rejected(view, query);
  return layout(view, {
    path: '/certificates/rejected',
    title: 'Rejected certificates',
    lead: 'Each certificate that somebody showed and that was refused, once, the latest seen first.',
    data: `/certificates/rejected.json${queryText(query)}`,
    content: html`
<p>Whoever made one of these chose every word in it: nothing here says who anybody is. The first piñata was shown 42 different ones in its first months, among them <code>CN=hacker/emailAddress=hacker@hacker</code> and <code>CN=Google Internal SNAX Authority</code>.</p>
${
  rows.length === 0
    ? html`<p class="soft">${query.before === undefined ? 'None was shown yet.' : 'There are none older.'}</p>`
    : html`<ol class="gallery">${rows.map((certificate) => entry(view, certificate))}</ol>${older(nextPath('/certificates/rejected', next))}`
}`,
  });
}

function entry(view: SiteView, certificate: RejectedCertificate): Html {
  const { sha256, der, category, count, firstAt, lastAt } = certificate;
  return html`<li><h2><a href="/certificates/rejected/${sha256}">${nameOf(view.reading.certificate(der))}</a></h2>
<p><code>${category}</code>: ${categoryOf(view, category)?.title}</p>
<p class="small soft">${times(count)}, first on ${time(firstAt / 1000)}, last on ${time(lastAt / 1000)}. SHA-256 <code class="fingerprint">${sha256}</code></p></li>`;
}

const nameOf = (reading: CertificateReading): string => {
  if (reading.subject !== '') return reading.subject;
  return reading.type === 'unreadable' ? 'A certificate that cannot be read' : 'A certificate of nobody';
};

const times = (count: number): string => (count === 1 ? 'Once' : `${grouped(count)} times`);

/** `/certificates/rejected/SHA256`; undefined where none of this digest was shown. */
export function rejectedCertificatePage(view: SiteView, sha256: string): string | undefined {
  const certificate = view.archive.rejectedCertificate(sha256);
  const pem = rejectedPem(view, sha256);
  if (certificate === undefined || pem === undefined) return undefined;
  const { der, category, detail, count, firstAt, lastAt, lastAttempt } = certificate;
  const reading = view.reading.certificate(der);
  return layout(view, {
    path: '/certificates/rejected',
    title: 'A rejected certificate',
    lead: nameOf(reading),
    data: `/certificates/rejected/${sha256}.json`,
    content: html`
<h2>Why</h2>
<dl class="facts">
<dt>Category</dt><dd><a href="/attempts?category=${category}"><code>${category}</code></a>: ${categoryOf(view, category)?.title}</dd>
<dt>In the words of the engine</dt><dd>${detail}</dd>
<dt>Shown</dt><dd>${times(count)}, first on ${time(firstAt / 1000)}, last on ${time(lastAt / 1000)} by <a href="/attempts/${lastAttempt}">attempt ${grouped(lastAttempt)}</a></dd>
<dt>SHA-256</dt><dd><code class="fingerprint">${sha256}</code></dd>
</dl>
<h2>What it says</h2>
${reading.type === 'unreadable' ? unreadable(reading) : facts(reading)}
<details><summary>Byte by byte</summary><div>${fieldTable('the certificate', view.reading.certificateFields(der).slice(0, mostFields), der)}</div></details>
<h2>As it came</h2>
<p>${grouped(der.length / 2)} bytes: <a href="/certificates/rejected/${sha256}.pem">as a file</a>.</p>
<pre tabindex="0" aria-label="The certificate, PEM"><code>${pem.length > longest ? `${pem.slice(0, longest)}…` : pem}</code></pre>`,
  });
}

/** Of the PEM on the page, and of the fields. */
const longest = 8192;
const mostFields = 500;

const unreadable = ({ reason, detail }: { readonly reason: string; readonly detail: string }): Html =>
  html`<p>It is refused before anybody asks who signed it: <code>${reason}</code>, ${detail}.</p>`;

const facts = (read: Extract<CertificateReading, { type: 'read' }>): Html => html`
<dl class="facts">
<dt>Subject</dt><dd>${orNone(read.subject)}</dd>
<dt>Issuer</dt><dd>${orNone(read.issuer)}</dd>
<dt>Version</dt><dd>${read.version}</dd>
<dt>Serial number</dt><dd><code class="fingerprint">${read.serialNumber}</code></dd>
<dt>Valid</dt><dd>${time(read.notBefore)} to ${time(read.notAfter)}</dd>
<dt>Public key</dt><dd>${read.publicKey}</dd>
<dt>Signature</dt><dd>${read.signatureAlgorithm}</dd>
${read.extensions.map(({ name, value }) => html`<dt>${name}</dt><dd>${value}</dd>`)}
</dl>`;

const orNone = (name: string): Html => (name === '' ? html`<span class="soft">none</span>` : html`${name}`);
