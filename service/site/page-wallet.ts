import { type Html, html } from './html.ts';
import type { WalletView } from './view.ts';

/* What is said of the wallet beside its address: how its end would look on the chain, who may have its key, and what keeps it. */

export const walletStory = (wallet: WalletView): Html =>
  html`${endOf(wallet)} ${keyOf(wallet)}${recoveryOf(wallet)} ${keptBy(wallet)}`;

/** What the chain can tell of the coins' end, which differs by the kind of wallet. */
function endOf(wallet: WalletView): Html {
  switch (wallet.kind) {
    case 'classic':
      return html`As long as the coins are at this address, nobody took them. Once they are spent, the chain cannot tell a winner from the operator.`;
    case 'vault':
      return html`As long as the coins are at this address, nobody took them. The chain tells two ends apart: a spend by the key that hangs in here, and the refund, which the operator can have in a block above ${wallet.refund.height} and in none before.`;
  }
}

function keyOf({ kind, keyOrigin }: WalletView): Html {
  switch (keyOrigin) {
    case 'imported':
      return html`The key was handed in by the operator, who may have kept it.`;
    case 'host':
      return kind === 'vault'
        ? html`The key was made by this program on the operator’s machine. That nobody copied it there, so that a spend by it is a win, the operator promises.`
        : html`The key was made by this program on the operator’s machine. That nobody copied it there, the operator promises.`;
    case 'measured-image':
      return html`The key was made inside a measured image, where its operator cannot read it. Whether this is one, ask its hardware, not this page.`;
  }
}

const recoveryOf = ({ recovery }: WalletView): Html | undefined =>
  recovery === 'none'
    ? undefined
    : html` There is a copy of it, encrypted to <code>${recovery}</code>: whoever has the identity to that can take the coins.`;

function keptBy(wallet: WalletView): Html | undefined {
  if (!wallet.ephemeral) return undefined;
  return wallet.kind === 'vault'
    ? html`<strong>It is kept in memory alone:</strong> once this process has ended nobody can win any more, and the coins are locked until block ${wallet.refund.height}.`
    : html`<strong>It is kept in memory alone:</strong> once this process has ended nobody can ever spend what is at this address.`;
}
