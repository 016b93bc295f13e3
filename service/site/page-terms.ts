import { hostPort } from './host-port.ts';
import { type Html, html, safeUri } from './html.ts';
import { links } from './links.ts';
import type { SiteView } from './view.ts';

/** Features C7. */
export function attack(view: SiteView): Html {
  const { endpoints, program } = view;
  return html`
<h2 id="attack-title">Roll your own attack</h2>
<p>No need to point last year’s scanners at it: they look for the bugs of other programs, and end up as a line in <a href="#numbers">the table</a>. This is a new program, so it has new bugs. Read it, break it at home, and come back when it works.</p>
<pre tabindex="0"><code>${
    program.source === undefined
      ? '# in a clone of the source: ask the operator, or anybody who has a clone'
      : html`git clone ${program.source} btc-pinata &amp;&amp; cd btc-pinata`
  }
npm ci
# your own piñata, and what a win looks like; where this one runs, stop it first
npm start -- --test-credentials here
curl -s http://${hostPort(endpoints.host, endpoints.ports.http)}/ca.pem   # the authority of the piñata that shows you this page</code></pre>
<p>Where would we look? A message out of its turn. A certificate that two parsers read differently. A signature over something else. A path that closes on itself. A key that was not cleared, a length that was believed, a promise that nobody awaited. The state machine is a declared table: find the row that should not be there.</p>`;
}

/** Features C8 and C13. */
export function motivation(): Html {
  return html`
<h2 id="motivation-title">Why we do this</h2>
<p>Most bug bounties ask you to find the hole, write it up, wait, and argue about what it was worth. Here the hole pays by itself. A bitcoin wallet is a secret that turns into money without anybody’s consent, so it makes the bounty, the proof and the payment one and the same thing, in public.</p>
<p>The idea is not ours. The first Bitcoin Piñata <a href="${links.firstAnnounced}">hung from 2015</a> to 2018: a few megabytes of OCaml with ten bitcoin inside, and nobody got them (<a href="${links.firstRecap}">the recap</a> of its first five months). Its authors wished for more than they had: a proof that the code which runs is the code one reads, a proof that the key is in it, numbers that tell a break-in from a short-circuit. This one is built around those wishes, in a language that millions can read.</p>`;
}

/** Features C9. In our words; the argument is Schneier's. */
export function disclaimer({ program }: SiteView): Html {
  return html`
<h2 id="disclaimer-title">What it cannot show</h2>
<p>That it is secure. A contest is an experiment with one possible result: it can <em>disprove</em> the security of a system, and it can never prove it. If nobody takes the coins, then perhaps nobody could; or nobody good tried, or a hole in it is worth more elsewhere, or the one who holds it is waiting. Bruce Schneier wrote down in 1998 <a href="${links.schneier}">why such contests are poor evidence</a>, and he is right.</p>
<p>So you will not read “unbreakable”, “correct” or “secure” on this page as something that we claim. What we can do is to make the experiment fair: ${program.source === undefined ? '' : 'everything is public, '}any way in counts, the prize pays itself out, and every single attempt is in the numbers. Judge the code. The coins are there to make the reading worth your while.</p>`;
}

/** Features A5, in short; `/scope` has it in full. */
export function scope(): Html {
  return html`
<h2 id="scope-title">Scope and safe harbour</h2>
<p><strong>In scope</strong> is everything that this piñata is made of: the protocol, the certificates, the parsers, the program, its packages and how they get here, the JavaScript engine, the kernel, the machine, the cloud account as far as it concerns this piñata, the way it is deployed and updated. Any approach, any tool, any finding. <strong>Out of scope</strong> is everybody else.</p>
<p><strong>Safe harbour.</strong> To whoever stays within this scope, the operator of this machine says: you are authorised to access it, by any means that you find. We will not sue you, nor report you, nor ask who you are. If you get the key, the coins are yours to keep, as a gift.</p>
<p>Handshakes are recorded, and published as they stand; addresses are not. In full, with what is seen of you: <a href="/scope">scope and safe harbour</a>.</p>`;
}

/** Features C11, and what there is besides this page. */
export function contact({ operator, sandbox }: SiteView): Html {
  return html`
<h2 id="contact-title">Contact</h2>
${
  operator.contact === undefined
    ? html`<p>The operator ${named(operator.name)} of this piñata left no address. You do not need one.</p>`
    : html`<p>You do not need to talk to anybody. If you want to, the operator ${named(operator.name)} reads <a href="${safeUri(operator.contact)}">${operator.contact.replace(/^mailto:/, '')}</a> (<a href="/.well-known/security.txt">security.txt</a>).</p>`
}
<h3>For programs</h3>
<dl class="facts">
<dt><a href="/status.json">/status.json</a></dt><dd>version, build, uptime, wallet, fingerprints, counts by port and category</dd>
<dt><a href="/attestation.json">/attestation.json</a></dt><dd>the last text that the key signed; <code>POST /challenge</code> has it sign one over 32 bytes of yours</dd>
<dt><a href="/pairs.json">/pairs.json</a></dt><dd>the newest bridges, by client_random</dd>
<dt><a href="/manifest.json">/manifest.json</a></dt><dd>runtime and packages, with their hashes</dd>
${sandbox === undefined ? '' : html`<dt><a href="/sandbox.json">/sandbox.json</a></dt><dd>what this process says it is confined to; the key signed its hash</dd>`}
<dt><a href="/ca.pem">/ca.pem</a></dt><dd>the authority that opens the doors</dd>
<dt><a href="/site-ca.pem">/site-ca.pem</a></dt><dd>the authority of the website</dd>
<dt><a href="/certificates.pem">/certificates.pem</a></dt><dd>every certificate of every generation</dd>
<dt><a href="/statistics.json">/statistics.json</a></dt><dd>counts of the whole life, and those of the first piñata</dd>
<dt><a href="/days.json">/days.json</a></dt><dd>the same by day, with the digests that seal what was recorded; as a page, <a href="/days">day by day</a></dd>
<dt><a href="/attempts.json">/attempts.json</a></dt><dd>the newest attempts; each by itself as <code>/attempts/N.json</code> and as a trace, <code>/attempts/N.jsonl</code></dd>
<dt><a href="/attempts.jsonl">/attempts.jsonl</a></dt><dd>the newest attempts as lines of a file of traces</dd>
<dt><a href="/log.json">/log.json</a></dt><dd>of its log, what is everybody’s to know</dd>
<dt><a href="/generations.jsonl">/generations.jsonl</a></dt><dd>the certificates that traces are replayed with</dd>
<dt><a href="/breaches.json">/breaches.json</a></dt><dd>successes, by what they were</dd>
<dt><a href="/guest-book.json">/guest-book.json</a></dt><dd>what was said and was no TLS</dd>
<dt><a href="/certificates/rejected.json">/certificates/rejected.json</a></dt><dd>certificates that were refused</dd>
<dt><a href="/handshake.json">/handshake.json</a></dt><dd>the handshake it is asked for over</dd>
<dt><a href="/incidents.json">/incidents.json</a>, <a href="/scope.json">/scope.json</a></dt><dd>what went wrong on our side; what may be attacked</dd>
<dt><a href="/healthz">/healthz</a></dt><dd>ok</dd>
</dl>`;
}

const named = (name: string | undefined): Html | undefined => (name === undefined ? undefined : html`(${name})`);
