import { hostPort } from './host-port.ts';
import { type Html, html } from './html.ts';
import { civilDate } from './http-date.ts';
import { askForSource, sourceLink } from './links.ts';
import { bundleOf, type SiteView } from './view.ts';

/** Features C5 and C6: what it is made of, down to the packages. */
export function stack(view: SiteView): Html {
  const { manifest, program } = view;
  return html`
<h2 id="stack-title">The stack</h2>
<p>The TLS, the path validation, the HTTP and this page are the project’s own TypeScript. TLS is a pure function from a state and some bytes to a state and some bytes: no socket, no clock and no randomness is within its reach, and the same input gives the same output. No C library speaks TLS or reads a certificate here.</p>
<div class="scroll"><table class="stack"><thead><tr><th scope="col">Layer</th><th scope="col">What does it</th><th scope="col">Whose</th></tr></thead><tbody>
${layer('Rules of the bounty', 'the bait, the proof that opens it, the ledger of handshakes', 'ours')}
${layer('TLS 1.3 and 1.2', 'codecs, key schedule, records, both state machines', 'ours')}
${layer('X.509', 'a strict DER gate, path validation, issuing', 'ours; pkijs and asn1js encode what we issue, and read nothing')}
${layer('Cryptography', 'curves, signatures, hashes, AEAD, ML-KEM', whoseCryptography[manifest.crypto])}
${layer('HTTP/1.1 and this page', 'GET, HEAD, and 32 bytes by POST; nothing that was sent is ever repeated', 'ours')}
${layer('Runtime', `Node.js ${manifest.node}: V8, libuv`, 'others')}
${layer('TCP/IP, machine', 'the operating system’s kernel, and what it runs on', 'others')}
</tbody></table></div>
<details><summary>The manifest <span class="soft">${manifest.packages.length} packages in the running program</span></summary><div>
<div class="scroll" tabindex="0" role="region" aria-label="Manifest"><table><thead><tr><th scope="col">Package</th><th scope="col">Version</th><th scope="col">For</th><th scope="col">Licence</th></tr></thead><tbody>${manifest.packages.map(
    ({ name, version, purpose, license }) =>
      html`<tr><th scope="row"><code>${name}</code></th><td>${version}</td><td>${purpose}</td><td>${license}</td></tr>`,
  )}</tbody></table></div></div></details>
<p>With the hash of each package: <a href="/manifest.json">/manifest.json</a>. ${
    program.source === undefined
      ? askForSource
      : html`Of all of it the ${sourceLink(program.source, 'source')} is published, its tests included.`
  }</p>`;
}

const whoseCryptography = {
  noble: 'noble',
  fast: 'ours: X25519, P-256, Ed25519, AEAD, ECDH on P-384; the rest is noble’s',
} as const;

const layer = (name: string, what: string, whose: string): Html =>
  html`<tr><th scope="row">${name}</th><td>${what}</td><td data-label="Whose">${whose}</td></tr>`;

/** Every claim, the check that anybody can make, and what even that does not prove. */
export function claims(view: SiteView): Html {
  const { endpoints, program, startedAt, wallet } = view;
  const rows: readonly (readonly [claim: string, check: Html, unproven: string])[] = [
    [
      'The coins are still there',
      html`Ask a node of your own, or ${wallet.network === 'regtest' ? 'the regtest node that it belongs to' : 'any explorer'}, for the address above.`,
      wallet.kind === 'classic'
        ? 'Once they are gone, whether a winner or the operator spent them.'
        : 'What becomes of them.',
    ],
    [
      'It holds the key of the wallet',
      html`<a href="#proof">Challenge it</a>: the key signs a text that hangs on 32 bytes of yours.`,
      'That nobody else holds it, or that it will be given away. What more it does not prove stands with it.',
    ],
    [
      program.source === undefined ? 'It runs the source of your clone' : 'It runs the published source',
      bundleOf(program) === undefined
        ? html`It runs from source files, and no release names them. <code>build-sha256</code> in its <a href="#proof">statement</a> is a hash over them, which your own clone prints when it starts.`
        : html`<code>btc-pinata rebuild</code> builds the ${sourceLink(program.source, 'source')} and compares it with the release; <code>btc-pinata verify ${hostPort(endpoints.host, endpoints.ports.http)}</code> compares the release with this machine.`,
      'That a machine which lies would not simply say the right hash. Only hardware that measured it can tell, and that command says whether any did.',
    ],
    [
      'Only it has keys that open it',
      html`Read in the source where they are made and dropped; compare the authority’s fingerprint on every connection.`,
      'That the memory of the machine was never read, by its operator or by whoever it is rented from.',
    ],
    [
      'The key that is sent opens the wallet',
      html`Bridge it, and see that as many bytes pass as the source says. What is inside you learn by getting in.`,
      'That the right key is in what it sends. That it has the key it proves to you; that it sends it, the source alone says.',
    ],
    [
      'A bridge is told from a breach',
      html`Make one, and look for your <code>client_random</code> in <a href="/pairs.json">/pairs.json</a>.`,
      'That a breach would be owned up to. The chain would show the coins moving all the same.',
    ],
    [
      'Every connection is counted',
      html`Knock in a way of your own and watch <a href="/status.json">/status.json</a>: one more, in the category that your alert belongs to.`,
      `Anything before ${civilDate(startedAt)}, when this process began to count; and that nothing was added.`,
    ],
  ];
  return html`
<h2 id="claims-title">Do not believe us</h2>
<p>This page is written by the machine that it is about. So for each thing it says, here is how you would find out, and what you would still not know.</p>
<div class="scroll"><table class="stack"><thead><tr><th scope="col">We say</th><th scope="col">You check</th><th scope="col">It does not prove</th></tr></thead><tbody>${rows.map(
    ([claim, check, unproven]) =>
      html`<tr><th scope="row">${claim}</th><td data-label="Check">${check}</td><td data-label="Does not prove">${unproven}</td></tr>`,
  )}</tbody></table></div>`;
}
