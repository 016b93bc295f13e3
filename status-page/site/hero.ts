import { type Html, html, ownMarkup, safeUri } from '../../service/site/html.ts';
import { type HistoryDocument, latest, type StatusDocument } from '../document/index.ts';
import type { Answer, Note } from './answer.ts';
import { drawing } from './paper.ts';
import { uptimeShare } from './uptime.ts';
import { age, ago, bare, bitcoin, grouped, moment, plural } from './words.ts';

/** The first screen: the answer and how it is known. */
export function hero(status: StatusDocument, answer: Answer): Html {
  const { page, asOf, chain } = status;
  const supported =
    chain.state === 'known' && chain.value.support === 'quorum'
      ? html`, as ${plural(chain.value.sources.filter(({ standing }) => standing === 'agrees').length, 'source')} agree`
      : undefined;
  // Each sentence stays on a line where there is room for it.
  const sentences = answer.answer.match(/[^.:]+[.:]?/g) ?? [];
  return html`
<header class="hero">
<div class="wrap stage">
<div class="verdict">
<p class="eyebrow">${page.name}</p>
<p class="question">Was it taken? <span class="pill"><span class="dot" aria-hidden="true"></span>${answer.pill}</span></p>
<h1>${sentences.map((sentence) => html`<span>${sentence.trim()}</span> `)}</h1>
<p class="lead">${answer.sentence}</p>
<p class="as-of">As of ${moment(asOf)}${supported}. <span data-fresh="">Looked at every ${page.interval} seconds.</span></p>
</div>
<div class="picture">${ownMarkup(drawing(answer.pose))}</div>
</div>
</header>`;
}

/** Below it: what else has to be known at once, and how it stands. */
export const standing = (
  status: StatusDocument,
  history: HistoryDocument,
  answer: Answer,
  notes: readonly Note[],
): Html => html`
<div class="wrap">
${notes.length === 0 ? undefined : html`<ul class="notes" aria-label="Also to be known">${notes.map(noteItem)}</ul>`}
${tiles(status, history, answer)}
</div>`;

const noteItem = ({ tone, title, text, link }: Note): Html =>
  html`<li class="${tone}"><strong>${title}.</strong> ${text}${link === undefined ? undefined : html` <a href="${hrefOf(link.href)}">${link.words}</a>`}</li>`;

/** Of this page, of this site, or a whole one. */
const hrefOf = (href: string): string => (/^(?:#|\/)[0-9A-Za-z._/-]*$/.test(href) ? href : safeUri(href));

function tiles(status: StatusDocument, history: HistoryDocument, { name }: Answer): Html {
  const { asOf, chain, proof, counters, watched } = status;
  const coins = latest(chain)?.value;
  const counted = latest(counters)?.value;
  const proven = latest(proof)?.value;
  const first = coins?.bait?.first.time;
  const ended = coins?.settled?.time;
  const hung = first === undefined ? undefined : (ended ?? asOf) - first;
  const over = name === 'claimed' || name === 'spent' || name === 'refunded';
  const up = uptimeShare(history, 'server');
  const balance = coins?.balance ?? null;
  const unknownSince =
    chain.state === 'unknown' && chain.last !== null ? html`last seen ${ago(chain.last.at, asOf)}` : undefined;
  const vault =
    watched.wallet?.kind === 'vault' && watched.wallet.refundHeight !== null
      ? `a vault until block ${grouped(watched.wallet.refundHeight)}`
      : undefined;
  return html`
<dl class="tiles">
${tile(over ? 'Still in it' : 'The prize', balance === null ? '—' : bitcoin(balance.confirmed), unknownSince ?? pendingOf(balance))}
${tile(over ? 'It hung for' : 'Unclaimed for', hung === undefined ? '—' : age(hung), unknownSince ?? vault)}
${tile('Tried', counted === undefined ? '—' : grouped(counted.attempts), triedNote(status))}
${tile('Key proven', proven === undefined ? 'never' : ago(proven.answeredAt, asOf), proven === undefined ? undefined : 'by a fresh signature')}
${tile('Answers', up ?? '—', `${bare(watched.host)}, ${history.days.length < 2 ? 'since today' : `${Math.min(90, history.days.length)} days`}`)}
</dl>`;
}

function triedNote({ counters, asOf }: StatusDocument): string | Html | undefined {
  const seen = latest(counters);
  if (seen === undefined) return undefined;
  if (counters.state === 'unknown') return html`times, read ${ago(seen.at, asOf)}`;
  const { attempts, visitors } = seen.value;
  return `${attempts === 1 ? 'time' : 'times'}, from ${plural(visitors, 'network')}`;
}

const tile = (name: string, value: string | Html, note: string | Html | undefined): Html =>
  html`<div class="tile"><dt>${name}</dt><dd>${value}${note === undefined ? undefined : html`<span class="small soft">${note}</span>`}</dd></div>`;

function pendingOf(balance: { readonly incoming: number; readonly outgoing: number } | null): string | undefined {
  if (balance === null || (balance.incoming === 0 && balance.outgoing === 0)) return undefined;
  const words = [
    ...(balance.outgoing > 0 ? [`${bitcoin(balance.outgoing)} going out`] : []),
    ...(balance.incoming > 0 ? [`${bitcoin(balance.incoming)} coming in`] : []),
  ];
  return words.join(', ');
}
