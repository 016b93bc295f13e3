import { type Html, html, ownMarkup, safeUri } from './html.ts';
import { civilDate, duration, internetDate } from './http-date.ts';
import { explorers, links, sourceLink } from './links.ts';
import { inlineLogo } from './logo.ts';
import { chain } from './page-chain.ts';
import { walletStory } from './page-wallet.ts';
import { recordPages } from './pages.ts';
import { bundleOf, type SiteView } from './view.ts';

/** The first screen: what this is, what hangs in it, and how it stands. */
export function hero(view: SiteView, now: number): Html {
  return html`
<div class="hero">
<div>
<p class="eyebrow">A bug bounty without forms</p>
<h1>Bitcoin Piñata</h1>
<p class="lead">This machine holds the key to a bitcoin wallet, and gives it to whoever completes a mutually authenticated TLS handshake with it. Only the machine itself has certificates that can. Get in anyway, and the coins are yours: nothing to fill in, nobody to ask.</p>
</div>
<div>${ownMarkup(inlineLogo)}</div>
</div>
${wallet(view)}${chain(view, now)}
${tiles(view, now)}
<nav class="elsewhere" aria-label="The site"><ul>${recordPages.map(([path, name]) => html`<li><a href="${path}">${name}</a></li>`)}</ul></nav>`;
}

const networks = {
  mainnet: 'Bitcoin',
  testnet4: 'Bitcoin testnet4',
  signet: 'Bitcoin signet',
  regtest: 'Bitcoin regtest',
} as const;

function wallet(view: SiteView): Html {
  const { wallet, operator } = view;
  const explorer = explorers[wallet.network];
  return html`
<div class="wallet">
<div><h2 id="wallet">What hangs inside (${networks[wallet.network]})</h2>
<p class="address"><code>${wallet.address}</code></p>
<p><a class="button" href="${safeUri(wallet.uri)}">Open in a wallet</a>${
    operator.statusPage === undefined
      ? undefined
      : html`<a class="button plain" href="${safeUri(operator.statusPage)}">Was it taken?</a>`
  }${explorer === undefined ? undefined : html`<a class="button plain" href="${safeUri(explorer + wallet.address)}">See it on the chain</a>`}</p>${
    wallet.kind === 'vault'
      ? html`<p class="small soft">A vault. Its descriptor, which says who can spend:<br><code>${wallet.descriptor}</code></p>`
      : undefined
  }</div>
<p class="small soft">${walletStory(wallet)} Whoever likes the game may add to the prize: the address takes donations, and nothing sweeps them. The link is a <a href="${links.bip21}">BIP-21</a> one.</p>
</div>`;
}

function tiles(view: SiteView, now: number): Html {
  const { statistics } = view;
  const tile = (label: string, value: string | number): Html =>
    html`<div class="tile"><dt>${label}</dt><dd>${value}</dd></div>`;
  return html`
<dl class="tiles">
${tile('Connections since it was hung up', grouped(statistics.connections))}
${tile('Times it was talked into talking to itself', grouped(statistics.bridges))}
${tile('Times it was broken', grouped(statistics.successes.unpaired))}
${tile('Hanging for', duration(now - view.startedAt))}
</dl>
<p class="small soft">As of <time datetime="${internetDate(now)}">${civilDate(now)}</time>, by this machine’s own account; <a href="#claims">what that is worth</a>.</p>`;
}

/** 1234567 as 1 234 567, with narrow no-break spaces. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ' ');

/** `now`: when the page was made, where it says so. One that does not is the same until something happens. */
export function footer(view: SiteView, now?: number): Html {
  const { program, startedAt } = view;
  return html`
<footer>
<p>btc-pinata ${program.version}, ${
    bundleOf(program) === undefined
      ? 'run from its source files'
      : html`build <code class="fingerprint">${program.build}</code> (<code>btc-pinata verify</code> compares it with the release)`
  }. ${sourceLink(program.source, 'Source')}, under the BSD 2-clause licence.</p>
<p>Started <time datetime="${internetDate(startedAt)}">${civilDate(startedAt)}</time>. Made ${
    now === undefined ? undefined : html`<time datetime="${internetDate(now)}">${civilDate(now)}</time> `
  }by the same program that guards the key, and sent by the same TLS if you came by HTTPS. This page runs no script, sets no cookie and loads nothing from anybody else.</p>
</footer>`;
}
