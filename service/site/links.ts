import { type Html, html, safeUri } from './html.ts';

/** Where the page points to outside of itself. It loads nothing from any of them. */
export const links = {
  pathValidation: 'https://www.rfc-editor.org/rfc/rfc5280#section-6',
  tls13: 'https://www.rfc-editor.org/rfc/rfc9846',
  bip21: 'https://github.com/bitcoin/bips/blob/master/bip-0021.mediawiki',
  schneier: 'https://www.schneier.com/crypto-gram/archives/1998/1215.html#contests',
  firstAnnounced: 'https://mirage.io/blog/announcing-bitcoin-pinata',
  firstRecap: 'https://mirage.io/blog/bitcoin-pinata-results',
} as const;

/** Explorers of the public chains, by network; regtest has no chain but its own. */
export const explorers = {
  mainnet: 'https://mempool.space/address/',
  testnet4: 'https://mempool.space/testnet4/address/',
  signet: 'https://mempool.space/signet/address/',
  regtest: undefined,
} as const;

/** A link where the operator says where the source is, the bare word where not. */
export const sourceLink = (source: string | undefined, word: string): Html =>
  source === undefined ? html`${word}` : html`<a href="${safeUri(source)}">${word}</a>`;

/** Where the operator does not say where it is. */
export const askForSource =
  'Where the source is, this page was not told: ask the operator, or anybody who has a clone.';
