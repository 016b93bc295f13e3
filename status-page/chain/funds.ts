import { type Agreement, sumsAt } from './agreement.ts';
import type { AddressTransaction, BlockReference, Outpoint } from './facts.ts';

/** Satoshis. What is smaller is summed up and not listed: it costs whoever sends it less than it would cost us to show it. */
export const dustLimit = 1000;
/** Donations listed, the newest first. */
export const listedDonations = 50;

export interface Coin {
  readonly outpoint: Outpoint;
  readonly satoshis: number;
  readonly block: BlockReference;
}

export interface Funds {
  readonly balance: {
    /** At the common block, of the sources' own sums. */
    readonly confirmed: number;
    /** On the way in and out: in the mempool, or above the common block. */
    readonly incoming: number;
    readonly outgoing: number;
  };
  /** Everything that ever came in, confirmed. */
  readonly received: number;
  /** The bait. Undefined while none is confirmed, or while the oldest part of a long history is not read. */
  readonly bait: { readonly first: Coin; readonly satoshis: number; readonly announced: boolean } | undefined;
  /** Of others, confirmed. Undefined where it is not known what is the bait. */
  readonly donations: Donations | undefined;
}

export interface Donations {
  readonly count: number;
  readonly satoshis: number;
  readonly newest: readonly Coin[];
  readonly dust: { readonly count: number; readonly satoshis: number };
  /** False: the sums are of the part of the history that was read. */
  readonly complete: boolean;
}

/**
 * The bait is the coins that were announced. Without an announcement it is what the first transaction sent that brought
 * `dustLimit` or more, and everything that came later is a donation; so is what somebody sends before the operator does,
 * which is why operators announce. What a spend returns to the address is neither.
 */
export function fundsOf({ members, common }: Agreement, announced: readonly Outpoint[]): Funds | undefined {
  const [report] = members;
  if (report === undefined || common === undefined) return undefined;
  const at = sumsAt(report, common.height);
  const { confirmed, mempool, transactions, complete } = report;
  const confirmedThere = transactions.filter(
    (entry) => entry.block !== undefined && entry.block.height <= common.height,
  );
  const coins = confirmedThere
    .filter(({ spendings }) => spendings.length === 0)
    .flatMap(coinsOf)
    .toSorted((one, other) => one.block.height - other.block.height || (one.outpoint < other.outpoint ? -1 : 1));
  const bait = baitAmong(coins, announced, complete);
  return {
    balance: {
      confirmed: at.funded - at.spent,
      incoming: confirmed.funded + mempool.funded - at.funded,
      outgoing: confirmed.spent + mempool.spent - at.spent,
    },
    received: at.funded,
    bait: bait && {
      first: bait.first,
      satoshis: sum(bait.coins),
      announced: announced.length > 0,
    },
    donations: bait && donationsAmong(coins, new Set(bait.coins), complete),
  };
}

const coinsOf = ({ block, fundings }: AddressTransaction): readonly Coin[] =>
  block === undefined ? [] : fundings.map(({ outpoint, satoshis }) => ({ outpoint, satoshis, block }));

function baitAmong(coins: readonly Coin[], announced: readonly Outpoint[], complete: boolean) {
  const found =
    announced.length > 0
      ? coins.filter(({ outpoint }) => announced.includes(outpoint))
      : firstTransaction(complete ? coins : []);
  const [first] = found;
  return first === undefined ? undefined : { first, coins: found };
}

function firstTransaction(coins: readonly Coin[]): readonly Coin[] {
  const first = coins.find(({ satoshis }) => satoshis >= dustLimit);
  if (first === undefined) return [];
  const txid = first.outpoint.slice(0, 64);
  return coins.filter(({ outpoint, satoshis }) => satoshis >= dustLimit && outpoint.startsWith(txid));
}

function donationsAmong(coins: readonly Coin[], bait: ReadonlySet<Coin>, complete: boolean): Donations {
  const donations = coins.filter((coin) => !bait.has(coin));
  const listed = donations.filter(({ satoshis }) => satoshis >= dustLimit);
  const dust = donations.filter(({ satoshis }) => satoshis < dustLimit);
  return {
    count: listed.length,
    satoshis: sum(listed),
    newest: listed.slice(-listedDonations).reverse(),
    dust: { count: dust.length, satoshis: sum(dust) },
    complete,
  };
}

const sum = (coins: readonly Coin[]): number => coins.reduce((total, { satoshis }) => total + satoshis, 0);
