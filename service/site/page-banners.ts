import { type Html, html } from './html.ts';
import type { NetworkName, SiteView } from './view.ts';

/** What the coins are worth, where they are worth nothing. */
const worthless: Readonly<Record<NetworkName, string | undefined>> = {
  mainnet: undefined,
  testnet4: 'This is a testnet4 piñata. Its coins are play money by design.',
  signet: 'This is a signet piñata. Its coins are play money by design.',
  regtest:
    'This is a regtest piñata. Its coins exist in a chain of this machine’s own and are worth nothing: practise here.',
};

/** Above everything: broken, test credentials, worthless. */
export function banners(view: SiteView): Html {
  const { unpaired } = view.statistics.successes;
  const value = worthless[view.wallet.network];
  return html`${
    unpaired > 0
      ? html`<div class="banner alarm" role="status"><p>It is broken: ${unpaired} ${unpaired === 1 ? 'handshake' : 'handshakes'} succeeded without an other end of ours. <a href="/breaches">What it means</a></p></div>`
      : undefined
  }${
    view.test
      ? html`<div class="banner" role="status"><p><strong>Test credentials exist for this piñata.</strong> Whoever holds them is let in, so a success here proves nothing.</p></div>`
      : undefined
  }${value === undefined ? undefined : html`<div class="banner" role="status"><p>${value}</p></div>`}`;
}
