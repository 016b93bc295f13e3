import { hostPort } from './host-port.ts';
import { type Html, html } from './html.ts';
import { civilDate, duration, internetDate } from './http-date.ts';
import type { SiteView } from './view.ts';

/** Features A2: the last statement that the wallet's key signed, how to have one signed for oneself, and what it is worth. */
export function proof(view: SiteView, now: number): Html {
  const { endpoints, wallet } = view;
  const { statement, signature, time } = view.proof;
  const base = `http://${hostPort(endpoints.host, endpoints.ports.http)}`;
  return html`
<h2 id="proof-title">Does it hold the key?</h2>
<p>Ask it. Send 32 random bytes, and within seconds the key of the wallet has signed a text that hangs on them: the address, both <a href="#certificates">authorities</a>, the build, and the root of a hash tree with your bytes among its leaves. However many ask, it signs once a second at most, and nothing but this text.</p>
<pre tabindex="0"><code>${challengeCommand(view)}</code></pre>
<p>In a clone of the source this makes the bytes, sends them, and checks the answer on your own machine, line by line. The same by hand, and then the address that it answers with:</p>
<pre tabindex="0"><code>head -c 32 /dev/urandom | curl --data-binary @- ${base}/challenge</code></pre>
<p>The last one was signed <time datetime="${internetDate(time)}">${duration(now - time)} ago, ${civilDate(time)}</time>; as data: <a href="/attestation.json">/attestation.json</a>.</p>
<details><summary>The last statement <span class="soft">and its signature, as BIP-322 has it</span></summary><div>
<pre tabindex="0"><code>${statement}</code></pre>
<p class="small">By the key of ${wallet.address}: <code class="fingerprint">${signature}</code></p></div></details>
<h3>What it does not prove</h3>
<ul>
<li>That the key will be given to whoever gets in. You learn that by getting in.</li>
<li>That nobody else has the key. ${origins[wallet.keyOrigin]} ${
    wallet.recovery === 'none'
      ? 'It says that there is no recovery copy.'
      : 'There is a recovery copy, encrypted to whoever the statement names.'
  }</li>
<li>That the machine you asked has it, and not one behind it. So compare the authority in the text with the one on port ${endpoints.ports.server}: the command does.</li>
<li>That the program is the build it names. A machine that lies signs the right hash as well.</li>
<li>That the coins are there. The chain tells.</li>
<li>When it was signed, but for one thing: after your bytes were made. If they are a hash over the newest block, everybody can see that bound, not you alone.</li>
</ul>
${
  wallet.kind === 'classic'
    ? html`<p class="small soft">Each proof shows the public key, which an unspent address of this kind otherwise hides. For a key of 256 random bits that gives nothing away.</p>`
    : undefined
}`;
}

const origins: Readonly<Record<SiteView['wallet']['keyOrigin'], string>> = {
  'measured-image': 'It says that the key was made inside an image whose measurement you can check.',
  host: 'It says that the key was made on this machine, whose operator could have read it.',
  imported: 'The key was handed in, so that whoever did had it.',
};

/** `npx` finds it in the clone: outside of one it would look for a stranger's package. */
export const challengeCommand = ({ endpoints: { host, ports } }: SiteView): string =>
  `npx btc-pinata challenge ${ports.http === 8080 ? host : hostPort(host, ports.http)}`;
