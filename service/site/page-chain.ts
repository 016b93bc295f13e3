import type { ChainDocument } from '../../status-page/chain/index.ts';
import { type Html, html, safeUri } from './html.ts';
import { civilDate, duration, internetDate } from './http-date.ts';
import type { SiteView } from './view.ts';

/* What block explorers say of the address, where this machine asks any. It is no proof: the machine asks them itself. */

export function chain({ chain, operator }: SiteView, now: number): Html | undefined {
  if (chain === undefined) return undefined;
  const { balance, bait, donations, retirement, asOf } = chain;
  const dust = donations?.dust.count ?? 0;
  return html`
<div class="wallet chain">
<div><h2 id="chain">On the chain: ${chain.title}</h2>
<p>${chain.sentence}</p>
<dl class="facts">
${balance === null ? undefined : fact('In it', html`${bitcoin(balance.confirmed)}${pending(balance)}`)}
${
  bait === null
    ? undefined
    : fact(
        'The bait',
        html`${bitcoin(bait.satoshis)}, since <time datetime="${internetDate(bait.first.time)}">${civilDate(bait.first.time)}</time> (block ${bait.first.height})${bait.announced ? undefined : ': what came in first'}`,
      )
}
${
  donations === null
    ? undefined
    : fact(
        'Donated',
        donations.count === 0
          ? html`nothing yet${dust > 0 ? html`, but for ${dust} ${dust === 1 ? 'crumb' : 'crumbs'}` : undefined}`
          : html`${bitcoin(donations.satoshis)} in ${donations.count}${dust > 0 ? html`, and ${dust} ${dust === 1 ? 'crumb' : 'crumbs'}, ${bitcoin(donations.dust.satoshis)}` : undefined}`,
      )
}
${retirement === null ? undefined : fact('Retirement', retirementWords(retirement))}
</dl></div>
<p class="small soft">As of <time datetime="${internetDate(asOf)}">${duration(now - asOf)} ago</time>. This machine has asked these sources itself, so it is no proof of anything: ${
    operator.statusPage === undefined
      ? html`ask an explorer of your own choice.`
      : html`the <a href="${safeUri(operator.statusPage)}">status page</a> asks from elsewhere.`
  }</p>
<details><summary>Who says so <span class="soft">${chain.sources.length === 1 ? 'one source' : `${chain.sources.length} sources`}</span></summary><div class="scroll" tabindex="0" role="region" aria-label="Sources">
<table><thead><tr><th scope="col">Source</th><th scope="col">Block</th><th scope="col">Balance</th><th scope="col">Heard</th><th scope="col">Standing</th></tr></thead>
<tbody>${chain.sources.map((source) => sourceRow(source, now))}</tbody></table></div></details>
</div>`;
}

const fact = (name: string, value: Html): Html => html`<dt>${name}</dt><dd>${value}</dd>`;

function sourceRow(
  { source, height, balance, heardAt, standing, failure }: ChainDocument['sources'][number],
  now: number,
) {
  return html`<tr><th scope="row">${source}</th><td>${height ?? '—'}</td><td>${balance === null ? '—' : bitcoin(balance)}</td><td>${
    heardAt === null ? 'never' : `${duration(now - heardAt)} ago`
  }</td><td>${standing}${failure === null ? undefined : html`; ${failure.message}`}</td></tr>`;
}

/** Announced by the operator; it stands beside the verdict and is none. */
function retirementWords({ announcedAt, effectiveAt, url }: NonNullable<ChainDocument['retirement']>): Html {
  const day = (seconds: number) => html`<time datetime="${internetDate(seconds)}">${civilDate(seconds)}</time>`;
  const notice = url === null ? undefined : html` (<a href="${safeUri(url)}">its notice</a>)`;
  return html`announced ${day(announcedAt)}, to take effect ${day(effectiveAt)}${notice}`;
}

function pending({ incoming, outgoing }: { readonly incoming: number; readonly outgoing: number }): Html | undefined {
  if (incoming === 0 && outgoing === 0) return undefined;
  return html`; unconfirmed: ${incoming > 0 ? html`${bitcoin(incoming)} coming in` : undefined}${
    incoming > 0 && outgoing > 0 ? ', ' : undefined
  }${outgoing > 0 ? html`${bitcoin(outgoing)} going out` : undefined}`;
}

/** Of satoshis: `0.5 BTC`, exact, without the zeros at its end. */
function bitcoin(satoshis: number): string {
  const whole = Math.floor(satoshis / 100_000_000);
  const rest = String(satoshis % 100_000_000)
    .padStart(8, '0')
    .replace(/0+$/, '');
  return `${whole}${rest === '' ? '' : `.${rest}`} BTC`;
}
