import { hostPort } from './host-port.ts';
import { type Html, html } from './html.ts';
import { links } from './links.ts';
import type { SiteView } from './view.ts';

/** Features C2: the doors, each with a command that does something when pasted. */
export function rules(view: SiteView): Html {
  const { host, ports, dialBackTarget } = view.endpoints;
  const at = (port: number): string => hostPort(host, port);
  return html`
<h2 id="rules-title">The rules</h2>
<p>There are three doors. Behind each stands the same lock in another stance, and behind the lock the key of the wallet. Whoever authenticates is sent it in full, with a note on how to sweep the coins, and the door closes.</p>
${door(
  ports.server,
  'it is the server',
  html`<h3>Knock as a client</h3>
<p>Connect and speak TLS. It asks for your certificate. If it takes yours, it sends the key and hangs up.</p>
<pre tabindex="0"><code>openssl s_client -connect ${at(ports.server)}</code></pre>`,
)}
${door(
  ports.dialback,
  'it calls back',
  html`<h3>Have it knock at yours</h3>
<p>It closes your connection at once, connects to port ${dialBackTarget} of the address you came from, and is the TLS client there. ${dialBack(view)}</p>
<pre tabindex="0"><code>${yourCertificate}
openssl s_server -accept ${dialBackTarget} -naccept 1 -cert you.pem -key you.key -Verify 1 -alpn ${view.endpoints.protocol} &amp;
sleep 1; nc ${host} ${ports.dialback} &lt;/dev/null</code></pre>`,
)}
${door(
  ports.reverse,
  'it is the client',
  html`<h3>Let it knock, on your line</h3>
<p>The same without a firewall in the way: it is the TLS client on the very connection that you opened.</p>
<pre tabindex="0"><code>${yourCertificate}
openssl s_server -accept 4433 -naccept 1 -cert you.pem -key you.key -Verify 1 -alpn ${view.endpoints.protocol} &amp;
sleep 1; socat TCP:${at(ports.reverse)} TCP:127.0.0.1:4433</code></pre>`,
)}
${door(
  ports.http,
  html`and ${ports.https}`,
  html`<h3>The page you are reading</h3>
<p>By HTTP, and by HTTPS with the same TLS stack, so that you can see whether your own software gets on with it. It holds no key, and has an authority of its own: nothing of it opens a door.</p>`,
)}
<p>There is no fourth rule. The TLS, the certificates, the parser, the program around them, the runtime, the kernel and the machine it hangs on are all <a href="#scope">in play</a>.</p>`;
}

/** Anything at all, for a server of OpenSSL's to start with. */
const yourCertificate =
  'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout you.key -out you.pem -subj /CN=you -days 1';

const door = (port: number, stance: string | Html, content: Html): Html => html`
<div class="door"><p class="door-name">${port}<span>${stance}</span></p><div>${content}</div></div>`;

function dialBack({ dialBack: { allowPrivate, timeoutSeconds, perPrefixPerMinute } }: SiteView): Html {
  return html`It waits ${timeoutSeconds} seconds for you to answer, calls one network prefix at most ${perPrefixPerMinute} times a minute, and never calls its own address, a multicast group or a cloud’s metadata service. ${
    allowPrivate
      ? html`Loopback and private addresses it does call here, because this one is for trying out.`
      : html`Nor does it call loopback, private or link-local addresses.`
  }`;
}

/** Features C4. */
export function before(view: SiteView): Html {
  const { host, ports } = view.endpoints;
  return html`
<h2 id="itself-title">Before you ask: yes, the piñata will talk to itself</h2>
<p>The server door has a certificate that the client door believes, and the other way round. So join the two, and let them talk:</p>
<pre tabindex="0"><code>socat -x TCP:${hostPort(host, ports.server)} TCP:${hostPort(host, ports.reverse)}</code></pre>
${bridgeDiagram(ports.server, ports.reverse)}
<p>The handshake succeeds, and the key of the wallet crosses your machine, twice, sealed for somebody who is not you. That is the whole game in one line: it is all there, in your hands, and TLS is what keeps it from you. In a clone of the source, <code>${bridgeCommand(host, ports)}</code> does the same and draws what passes.</p>
<p>How can it tell that from a break-in? Each end writes down the hash of the handshake before its last flight leaves. Both ends of one connection know it, a relay does not. A success whose other end is on that list is a short-circuit; one whose other end is not is a breach, and <a href="#numbers">counted as one</a>. You find your own bridge in <a href="/pairs.json">/pairs.json</a> by its <code>client_random</code>, 32 bytes that every ClientHello carries in the clear.</p>`;
}

/** `npx` finds it in the clone: outside of one it would look for a stranger's package. */
const bridgeCommand = (host: string, ports: SiteView['endpoints']['ports']): string =>
  [
    `npx btc-pinata bridge ${host}`,
    ...(ports.server === 10_000 ? [] : [`--server-port ${ports.server}`]),
    ...(ports.reverse === 10_002 ? [] : [`--reverse-port ${ports.reverse}`]),
    ...(ports.http === 8080 ? [] : [`--http-port ${ports.http}`]),
  ].join(' ');

function bridgeDiagram(server: number, client: number): Html {
  return html`
<figure>
<svg viewBox="0 0 640 190" role="img" aria-label="You stand between port ${server}, the TLS server, and port ${client}, the TLS client, and pass sealed bytes both ways.">
<path class="d-line" d="M182 74H458M182 118H458"/><path class="d-line" d="M446 66l12 8-12 8M194 110l-12 8 12 8"/>
<rect class="d-box" x="10" y="46" width="172" height="100" rx="12"/><rect class="d-box" x="458" y="46" width="172" height="100" rx="12"/>
<rect class="d-you" x="262" y="14" width="116" height="164" rx="12"/>
<text class="d-text" x="96" y="90">port ${server}</text><text class="d-text d-soft" x="96" y="112">TLS server</text>
<text class="d-text" x="544" y="90">port ${client}</text><text class="d-text d-soft" x="544" y="112">TLS client</text>
<text class="d-text" x="320" y="40">you</text><text class="d-text d-soft" x="320" y="101">sealed bytes</text><text class="d-text d-soft" x="320" y="166">no key</text>
</svg>
<figcaption>Both ends are the piñata. You may cut, delay, reorder or change what passes; each of these ends in an alert and a category of the numbers below.</figcaption>
</figure>`;
}

/** Features C3. */
export function decision(view: SiteView): Html {
  const { roles, protocol } = view.endpoints;
  return html`
<h2 id="decision-title">How it decides who you are</h2>
<p>There is one trust anchor: the <a href="#certificates">authority</a> that the machine made when it started. Its key signed one certificate for each role and was then dropped; it was never stored. Your certificate has to lead to that authority by the path validation of <a href="${links.pathValidation}">RFC 5280, section 6</a>, and here nothing of it is optional:</p>
<ol>
<li>every certificate is strict DER, of version 3, in its days of validity, and holds no critical extension that is not understood, and none twice;</li>
<li>each is signed by the next, names, key identifiers and algorithms agree, and each issuer is a CA that may sign certificates, within its path length and its name constraints;</li>
<li>the first, yours, is no CA, may sign (<code>digitalSignature</code>), and is made for its role, not merely for TLS: on port ${view.endpoints.ports.server} its subjectAltName holds <code>${roles.client.name}</code> and its extendedKeyUsage <code>clientAuth</code> and <code>${roles.client.keyPurpose}</code>; on the other two <code>${roles.server.name}</code>, <code>serverAuth</code> and <code>${roles.server.keyPurpose}</code>.</li>
</ol>
<p>A certificate is no secret, so then you show that you hold its key: your CertificateVerify signs this very handshake, and your Finished closes it (<a href="${links.tls13}">RFC 9846</a>). As a client it also insists that you asked for its own certificate, and that you chose <code>${protocol}</code> by ALPN. Only when all of it holds does the one function that can send the key get the one argument it takes.</p>
<p class="aside">Not there at all, and so not to be attacked: resumption, pre-shared keys, 0-RTT, renegotiation, compression, CBC, static RSA. If you get one of them to answer, you have found something.</p>`;
}
