import { type Html, html } from '../../service/site/html.ts';
import { type EvidenceDocument, latest, type Observed, type StatusDocument } from '../document/index.ts';
import { isBlockless } from './blockless.ts';
import { fact } from './prize.ts';
import { ago, moment, short } from './words.ts';

/* What was proven of the machine, when, and how to do it oneself. */

export function proof(status: StatusDocument): Html {
  const { proof, asOf } = status;
  const proven = latest(proof)?.value;
  return html`
<h2 id="proof-title">Does it hold the key?</h2>
<p>At every poll the machine is handed 32 bytes that nobody has seen before, and signs a statement over them with the key of the wallet. The statement names its address, its two authorities and its build.</p>
<div class="cards">
<div class="card">
<h3>The key ${mark(proven === undefined ? 'unknown' : proof.state === 'known' ? 'good' : 'old')}</h3>
${
  proven === undefined
    ? html`<p>Never proven so far${proof.state === 'unknown' ? `: ${proof.reason}` : ''}.</p>`
    : html`<p>Proven ${ago(proven.answeredAt, asOf)}${proof.state === 'unknown' ? html`, and not since: ${proof.reason}` : undefined}.</p>
<dl class="facts"><dt>Signed</dt><dd>${moment(proven.signedAt)}, by its own clock</dd><dt>Challenge</dt><dd>${isBlockless(proven.blockHash) ? 'commits to no block: none was known' : html`commits to block ${short(proven.blockHash)}`}</dd><dt>Statement</dt><dd>${short(proven.statementSha256)} (<a href="${proven.url}">as it came</a>)</dd></dl>
<div class="check" data-proof="${proven.url}" data-random="${proven.random}" data-block="${proven.blockHash}" data-asked="${proven.askedAt}" data-answered="${proven.answeredAt}" data-address="${status.watched.address ?? ''}"${caOf(status)}><p class="small soft"><noscript>With script this page verifies that statement again in your browser.</noscript></p></div>`
}
</div>
<div class="card">
<h3>The program ${mark(buildMarks[status.build.verdict])}</h3>
${buildOf(status)}
</div>
<div class="card">
<h3>The hardware ${mark(hardwareMark(status.evidence))}</h3>
${evidence(status.evidence, status)}
</div>
</div>
<h3>Verify it yourself</h3>
<p>Three commands that trust neither this page nor the machine:</p>
<pre tabindex="0"><code><span class="remark"># the machine: its key${runsSource(status) ? ' alone, since source files are no release’s' : ', its program, its hardware'}</span>
npx btc-pinata verify ${hostOf(status)}
<span class="remark"># the coins, by explorers of your choice</span>
npx btc-pinata status ${status.watched.address ?? hostOf(status)}${networkOf(status)}${explorerOf(status)}
<span class="remark"># a proof over bytes of your own</span>
npx btc-pinata challenge ${hostOf(status)}</code></pre>`;
}

const runsSource = ({ build }: StatusDocument): boolean =>
  latest(build.reported)?.value.sha256?.startsWith('source-') === true;

const buildMarks = { match: 'match', mismatch: 'bad', unknown: 'unknown' } as const;

/** Two networks have addresses of one form, so the command has to be told. */
const networkOf = ({ watched: { network, address } }: StatusDocument): string =>
  address !== null && (network === 'signet' || network === 'testnet4') ? ` --network ${network}` : '';

/** No public explorer has regtest: the command is told the one that was asked. */
export const explorerOf = ({ watched: { network }, chain }: StatusDocument): string =>
  network === 'regtest' ? ` --chain ${latest(chain)?.value.sources[0]?.source ?? 'URL'}` : '';

/** As the commands take it: without a port they ask the piñata's own default, which a host in a cloud does not have. */
export const hostOf = ({ watched: { host, ports } }: StatusDocument): string =>
  ports.http === 8080 ? host : `${host.includes(':') ? `[${host}]` : host}:${ports.http}`;

const marks = {
  good: ['good', '✓', 'holds'],
  match: ['good', '✓', 'matches'],
  attested: ['good', '✓', 'attested'],
  unattested: ['unknown', '–', 'no proof'],
  bad: ['bad', '✗', 'does not hold'],
  old: ['old', '–', 'not lately'],
  unknown: ['unknown', '–', 'not known'],
} as const;

function mark(kind: keyof typeof marks): Html {
  const [name, sign, words] = marks[kind];
  return html`<span class="mark-${name}"><span aria-hidden="true">${sign}</span> ${words}</span>`;
}

function caOf({ authorities }: StatusDocument): Html | undefined {
  const seen = latest(authorities.current)?.value;
  return seen === undefined ? undefined : html` data-ca="${seen.caSha256}" data-site-ca="${seen.siteCaSha256}"`;
}

function buildOf({ build, asOf }: StatusDocument): Html {
  const reported = latest(build.reported);
  return html`<p>${
    {
      match: 'It says that it runs the published build.',
      mismatch: 'It says that it runs something else than the published build.',
      unknown: 'What it runs was not compared.',
    }[build.verdict]
  } A machine that lies says the right hash too: that is what hardware is for.</p>
<dl class="facts">
${fact(
  'It says',
  reported === undefined
    ? html`nothing so far`
    : html`${reported.value.version}, ${reported.value.sha256 === null ? 'from source files' : short(reported.value.sha256)}${build.reported.state === 'unknown' ? html` (${ago(reported.at, asOf)})` : undefined}`,
)}
${fact('Published', build.expected === null ? html`nothing to compare with` : html`${build.expected.version}, ${short(build.expected.sha256)}`)}
</dl>`;
}

const steps = ['L1', 'L2', 'L3', 'L4'] as const;
const stepNames = { L1: 'key', L2: 'says so', L3: 'vTPM', L4: 'NitroTPM' } as const;

function hardwareMark(of: Observed<EvidenceDocument>): keyof typeof marks {
  const known = latest(of)?.value;
  if (known === undefined) return 'unknown';
  if (known.refused) return 'bad';
  if (known.level !== 'L3' && known.level !== 'L4') return 'unattested';
  return of.state === 'known' ? 'attested' : 'old';
}

function evidence(of: Observed<EvidenceDocument>, { asOf, build }: StatusDocument): Html {
  const seen = latest(of);
  if (seen === undefined)
    return html`<p>Nothing was found out so far${of.state === 'unknown' ? `: ${of.reason}` : ''}.</p>`;
  const { level, claim, unproven, url, refused } = seen.value;
  const reached = level === 'none' ? 0 : steps.indexOf(level) + 1;
  return html`<ol class="ladder" aria-label="Level ${level} of L4">${steps.map(
    (step, index) =>
      html`<li class="${index < reached ? 'reached' : 'open'}"><strong>${step}</strong> ${stepNames[step]}</li>`,
  )}</ol>
<p>${refused ? html`<strong>Refused: a check failed.</strong> ` : undefined}${claim}</p>
<p class="small soft">Not proven: ${unproven.join('; ')}.${of.state === 'unknown' ? html` Seen ${ago(seen.at, asOf)}; since then: ${of.reason}.` : undefined}${url === null ? undefined : html` <a href="${url}">The evidence</a>.`}</p>
${url === null ? undefined : html`<div class="check" data-evidence="${url}"${build.expected?.document === undefined ? undefined : html` data-release="${build.expected.document}"`}></div>`}`;
}
