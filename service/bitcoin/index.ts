/** The public face of bitcoin: the wallet's key, what everybody may know of it, what a winner receives, and what the key signs. */
export { decodeSegwitAddress, type WitnessProgram } from './address.ts';
export { type Verdict, verifySimple } from './bip322.ts';
export { type PublicDescriptor, readPublicDescriptor } from './descriptor.ts';
export { type Network, type NetworkName, networkNames, networks } from './network.ts';
export { releasePayload } from './payload.ts';
export {
  addressOf,
  bip21Uri,
  isRecovery,
  type KeyOrigin,
  keyOrigins,
  type PublicWallet,
  publicWallet,
  type Recovery,
  type WalletTerms,
} from './public-wallet.ts';
export { hedgeLength, signStatement } from './sign-statement.ts';
export {
  decodeStatement,
  encodeStatement,
  type StatementFields,
  type StatementText,
} from './statement.ts';
export { taggedHash } from './tagged-hash.ts';
export { isRefundHeight, type Refund, type RefundKeyFault, readRefundKey, refundHeights } from './vault.ts';
export { UnusableKey, type UnusableKeyReason, WalletKey, walletKeyEntropyLength } from './wallet-key.ts';
