/*
 * What one source says of an address, once parsed. Satoshis are numbers, safe up to 2^53 (all there will ever be is 2^51);
 * times are whole seconds since 1970; hashes and txids are lower-case hex as explorers print them. All of it is plain data
 * that survives JSON.
 */

export interface BlockReference {
  readonly height: number;
  readonly hash: string;
  /** Of the block's header. */
  readonly time: number;
}

export const hashAt = (blocks: readonly BlockReference[], height: number): string | undefined =>
  blocks.find((block) => block.height === height)?.hash;

/** `TXID:VOUT`. Coins are tracked by this, never by the transaction that spends them: that one can be replaced. */
export type Outpoint = string;

export interface Funding {
  readonly outpoint: Outpoint;
  readonly satoshis: number;
}

/** By the witness of a P2TR input (BIP-341): one item is a signature of the internal key, three are the leaf's. */
export type SpendPath = 'key' | 'script';

export interface Spending {
  readonly outpoint: Outpoint;
  readonly satoshis: number;
  readonly path: SpendPath;
}

/** A transaction, as far as it concerns the address. */
export interface AddressTransaction {
  readonly txid: string;
  /** Undefined: it waits in the mempool. */
  readonly block: BlockReference | undefined;
  readonly fundings: readonly Funding[];
  readonly spendings: readonly Spending[];
}

/** Sums that a source keeps itself: they do not depend on how much of the history was read. */
export interface Sums {
  readonly fundedCount: number;
  readonly funded: number;
  readonly spentCount: number;
  readonly spent: number;
  readonly transactions: number;
}

/** One source's account of the address, as of its own tip. */
export interface Report {
  /** The newest first, without a gap; at most a dozen. */
  readonly blocks: readonly [BlockReference, ...BlockReference[]];
  readonly confirmed: Sums;
  readonly mempool: Sums;
  /** The newest part of the history, and all of it where `complete`. */
  readonly transactions: readonly AddressTransaction[];
  readonly complete: boolean;
}

export const sourceFailureReasons = [
  'unreachable',
  'timeout',
  'too_large',
  /** 429, or a block page of a proxy in its place. */
  'rate_limited',
  'http_status',
  'not_found',
  'malformed',
  /** A block came in while we were asking: the answers do not fit each other. */
  'torn',
  /** Our own limit: this source was asked often enough in this hour. */
  'allowance',
] as const;
export type SourceFailureReason = (typeof sourceFailureReasons)[number];

/** Why a source could not be read. The message says what it answered; `retryAfter` is in seconds, where it said so. */
export class SourceFailure extends Error {
  readonly reason: SourceFailureReason;
  readonly retryAfter: number | undefined;

  constructor(reason: SourceFailureReason, message: string, retryAfter?: number) {
    super(message);
    this.reason = reason;
    this.retryAfter = retryAfter;
  }
}
