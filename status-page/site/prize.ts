import encodeQR from 'qr';
import { type Html, html, safeUri } from '../../service/site/html.ts';
import { type HistoryDocument, latest, type StatusDocument } from '../document/index.ts';
import { type Answer, depositWindow } from './answer.ts';
import { plot } from './plot.ts';
import { age, ago, bitcoin, grouped, moment, plural } from './words.ts';

/* What hangs in it: balance and how it came to be, gifts, and where more may be sent while the key is known to be there. */

const shownGifts = 12;

export function prize(status: StatusDocument, history: HistoryDocument, answer: Answer): Html {
  const coins = latest(status.chain)?.value;
  return html`
<h2 id="prize-title">What hangs in it</h2>
${balanceCurve(status, history)}
${coins === undefined ? html`<p class="soft">The chain was not read yet.</p>` : facts(status, coins)}
${deposit(status, answer)}
${coins?.donations === null || coins?.donations === undefined ? undefined : gifts(coins.donations)}`;
}

type Coins = NonNullable<
  ReturnType<typeof latest<Extract<StatusDocument['chain'], { state: 'known' }>['value']>>
>['value'];

function balanceCurve({ chain, asOf }: StatusDocument, { balances }: HistoryDocument): Html | undefined {
  const [first] = balances;
  if (first === undefined) return undefined;
  const now = latest(chain)?.value.balance?.confirmed ?? balances.at(-1)?.satoshis ?? 0;
  const points = [...balances.map(({ at, satoshis }) => ({ at, value: satoshis })), { at: asOf, value: now }];
  const marks = balances.slice(1).map(({ at, satoshis }) => ({ at, value: satoshis }));
  // Before the first coin there was nothing: the step up is part of the story, and left of it is room for the labels.
  const from = first.at - Math.max(3600, Math.round((asOf - first.at) / 12));
  const start = [{ at: from, value: 0 }];
  return plot({
    title: 'Balance',
    description: `Balance over time: ${bitcoin(first.satoshis)} at first, ${bitcoin(now)} now, ${plural(balances.length - 1, 'change')} between.`,
    series: [{ name: 'Balance', kind: 'balance', points: [...start, ...points] }],
    from,
    until: asOf,
    scale: 'even',
    shape: 'steps',
    label: bitcoin,
    marks,
    paper: true,
  });
}

function facts({ chain, watched, asOf }: StatusDocument, { balance, bait, donations, received }: Coins): Html {
  return html`<dl class="facts">
${balance === null ? undefined : fact(chain.state === 'known' ? 'In it now' : 'In it, last known', html`<strong>${bitcoin(balance.confirmed)}</strong> (${grouped(balance.confirmed)} satoshis)`)}
${
  bait === null
    ? undefined
    : fact(
        'The bait',
        html`${bitcoin(bait.satoshis)}, since ${moment(bait.first.time)} (block ${grouped(bait.first.height)}), ${age(asOf - bait.first.time)} ago${bait.announced ? undefined : '; it is what came in first'}`,
      )
}
${
  donations === null
    ? undefined
    : fact(
        'Gifts',
        donations.count === 0
          ? html`none yet`
          : html`${bitcoin(donations.satoshis)} in ${plural(donations.count, 'gift')}${donations.dust.count > 0 ? `, and ${plural(donations.dust.count, 'crumb')}` : ''}${donations.complete ? undefined : ' (of the part of the history that was read)'}`,
      )
}
${received === null ? undefined : fact('Ever received', html`${bitcoin(received)}`)}
${watched.descriptor === null ? undefined : fact('Who can spend', html`<code class="long">${watched.descriptor}</code>`)}
${endOf(watched)}
</dl>`;
}

export const fact = (name: string, value: Html): Html => html`<dt>${name}</dt><dd>${value}</dd>`;

function endOf({ wallet }: StatusDocument['watched']): Html | undefined {
  if (wallet === null) return undefined;
  return wallet.kind === 'classic'
    ? fact('Its end', html`Once it is spent the chain cannot tell a winner from the operator.`)
    : fact(
        'Its end',
        html`A spend with the key is a win; the operator’s refund is another path, open ${wallet.refundHeight === null ? 'after its height' : html`in a block above ${grouped(wallet.refundHeight)}`}. The chain tells them apart.`,
      );
}

/** No address without a fresh proof: whoever sends coins to a key that nobody has, loses them. */
function deposit({ watched, proof, asOf }: StatusDocument, { open }: Answer): Html {
  const proven = latest(proof)?.value;
  const address = watched.address;
  if (open !== true) return html`<p class="aside">No address is shown here: this is no time to send coins.</p>`;
  const left = proven === undefined ? 0 : proven.answeredAt + depositWindow - asOf;
  if (address === null || proven === undefined || left <= 0) {
    return html`<p class="aside">The address to send gifts to is shown beside a proof of the key that is less than an hour old. There is none now.</p>`;
  }
  const uri = `bitcoin:${address}?label=Bitcoin%20Pinata`;
  return html`
<div class="deposit within-${Math.min(60, Math.max(5, Math.floor(left / 300) * 5))}" data-proven="${proven.answeredAt}" data-window="${depositWindow}">
<a class="qr" href="${safeUri(uri)}" aria-label="Open in a wallet: ${address}">${qr(uri)}</a>
<div><h3>Add to the prize</h3>
<p class="address"><code>${address}</code></p>
<p><a class="button" href="${safeUri(uri)}">Open in a wallet</a></p>
<p class="small soft">Shown because the key of this address was proven ${ago(proven.answeredAt, asOf)}, and gone at ${moment(proven.answeredAt + depositWindow)} unless it is proven again: after that time, do not send. It was put on this page by whoever owns its storage, so <a href="#trust">compare it</a> before you send what you would miss. Nothing comes back.</p></div>
</div>
<p class="aside deposit-gone" hidden>The proof is more than an hour old, so the address is hidden.</p>`;
}

function qr(text: string): Html {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 2 });
  const path = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return html`<svg viewBox="0 0 ${rows.length} ${rows.length}" width="168" height="168" role="img" aria-label="QR code of the address" shape-rendering="crispEdges"><rect width="${rows.length}" height="${rows.length}" fill="#fff"/><path d="${path}" fill="#000"/></svg>`;
}

function gifts({ newest, count }: NonNullable<Coins['donations']>): Html | undefined {
  if (newest.length === 0) return undefined;
  return html`
<details><summary>Gifts <span class="soft">${grouped(count)}</span></summary><div class="scroll" tabindex="0" role="region" aria-label="Gifts"><table><thead><tr><th scope="col">When</th><th scope="col" class="number">Sum</th><th scope="col" class="number">Block</th><th scope="col">Coin</th></tr></thead><tbody>${newest
    .slice(0, shownGifts)
    .map(
      ({ outpoint, satoshis, height, time }) =>
        html`<tr><td>${moment(time)}</td><td class="number">${bitcoin(satoshis)}</td><td class="number">${grouped(height)}</td><td><code>${outpoint.slice(0, 24)}…:${outpoint.slice(65)}</code></td></tr>`,
    )}</tbody></table></div></details>`;
}
