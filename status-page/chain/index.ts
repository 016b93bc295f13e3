/** The public face of the chain view: values in satoshis, times in whole seconds since 1970. */
export { type Agreement, type Look, type Standing, staleAfter, tolerance } from './agreement.ts';
export { type Answer, type Ask, askLimits, askWith, type Platform, pageHint } from './ask.ts';
export { ChainWatch, type ChainWatchOptions } from './chain-watch.ts';
export { type ChainDocument, chainDocument } from './document.ts';
export {
  type AddressTransaction,
  type BlockReference,
  type Outpoint,
  type Report,
  SourceFailure,
  type SourceFailureReason,
  type Sums,
} from './facts.ts';
export { dustLimit, type Funds, listedDonations } from './funds.ts';
export { greeting, keepAlive, saysLook } from './hints.ts';
export { type ChainMemory, chainMemorySchema } from './memory.ts';
export { type ChainNetwork, chainNetworks, publicSources } from './network.ts';
export { type SourceMemory, SourceWatch } from './source-watch.ts';
export type { Spend } from './spends.ts';
export { type Target, targetOf } from './target.ts';
export { finality, type Verdict, type WalletEnd } from './verdict.ts';
export { type ChainView, judge, type Known, nothingKnown, type Retirement, type Watched } from './view.ts';
export { inBitcoin, verdictWords } from './words.ts';
