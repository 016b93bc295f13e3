import { type Html, html } from '../../service/site/html.ts';
import { latest, type StatusDocument } from '../document/index.ts';
import { ago, bare, bitcoin, grouped } from './words.ts';

/* Who says so: each source by its own account, and the same question put by the visitor's own browser. */

const standings = {
  agrees: ['good', 'agrees'],
  alone: ['old', 'alone: nobody else could be asked'],
  lagging: ['old', 'behind'],
  disagrees: ['bad', 'disagrees'],
  stale: ['old', 'not heard of late'],
  unread: ['old', 'never heard'],
} as const;

export function sources({ chain, page, watched, asOf }: StatusDocument): Html {
  const coins = latest(chain)?.value;
  return html`
<h2 id="sources-title">Who says so?</h2>
<p>Sources are compared at a block that they have in common. An end of it, won or taken back, is said only where two agree; where one alone could be asked, the rest is said by its word, and marked so.</p>
${
  coins === undefined
    ? html`<p class="soft">None was read so far.</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Sources"><table class="stack"><thead><tr><th scope="col">Source</th><th scope="col" class="number">Newest block</th><th scope="col" class="number">Balance</th><th scope="col">Heard</th><th scope="col">Standing</th></tr></thead><tbody>${coins.sources.map(
        ({ source, standing, height, balance, heardAt, failure }) => {
          const [kind, words] = standings[standing];
          return html`<tr><th scope="row">${bare(source)}</th><td class="number" data-label="Newest block">${height === null ? '—' : grouped(height)}</td><td class="number" data-label="Balance">${balance === null ? '—' : bitcoin(balance)}</td><td data-label="Heard">${heardAt === null ? 'never' : ago(heardAt, asOf)}</td><td data-label="Standing"><span class="standing mark-${kind}">${words}</span>${failure === null ? undefined : html`<span class="small soft">: ${failure.message}</span>`}</td></tr>`;
        },
      )}</tbody></table></div>
${coins.common === null ? undefined : html`<p class="small soft">Compared at block ${grouped(coins.common.height)}, <code>${coins.common.hash}</code>.</p>`}`
}
${
  page.explorers.length === 0 || watched.address === null
    ? undefined
    : html`<div class="ask" data-address="${watched.address}" data-explorers="${page.explorers.join(' ')}" hidden><p><button type="button" class="button">Ask ${page.explorers.length === 1 ? bare(page.explorers[0] ?? '') : 'them'} from my own browser</button></p><p class="small soft">Until you click nothing leaves this page. Then ${page.explorers.map(bare).join(' and ')} ${page.explorers.length === 1 ? 'learns' : 'learn'} your address and that you look at this piñata.</p><div class="answers" role="status"></div></div>`
}`;
}
