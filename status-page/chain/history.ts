import type { Esplora } from './esplora.ts';
import {
  type AddressTransaction,
  type BlockReference,
  hashAt,
  type Outpoint,
  SourceFailure,
  type Sums,
} from './facts.ts';

/** Transactions kept of one source. An address that has more is watched all the same; its oldest are not read. */
export const historyLimit = 12_000;
/** Outputs and inputs kept with them: a source that makes up transactions may give each a hundred thousand. */
export const coinLimit = 100_000;
/** What one process leaves for the next: it is written and read at each look, and the rest can be asked for again. */
export const remembered = { transactions: 1000, coins: 8000 } as const;

const coinsIn = (transactions: Iterable<AddressTransaction>): number => {
  let count = 0;
  for (const { fundings, spendings } of transactions) count += fundings.length + spendings.length;
  return count;
};

/** Asked for one by one in a look, at most: spends that are not listed any more, and coins where the list is cut short. */
const asked = { spends: 8, coins: 3 } as const;

/** Plain data, the newest first. */
export interface HistoryMemory {
  readonly transactions: readonly AddressTransaction[];
  readonly frontier: string | undefined;
}

export interface HistoryLook {
  readonly blocks: readonly BlockReference[];
  readonly confirmed: Sums;
  readonly mempool: Sums;
  /** Requests that may go into lists, at least one. */
  readonly pages: number;
  /** The coins announced as the bait, where they are. */
  readonly bait: readonly Outpoint[];
}

/**
 * The transactions of an address as one source lists them, newest first, read as far as is needed. Whatever is in a block
 * that both it and we have settles everything below: a block fixes all of its past. So a look reads down to the first
 * transaction that is known in the same block, and what was known above it and is not listed any more was replaced, evicted
 * or left behind by a reorganisation.
 *
 * Nothing here is about sums: those come from the source's own, however much was read.
 */
export class History {
  readonly #esplora: Esplora;
  #known = new Map<string, AddressTransaction>();
  /** Where reading goes on: the oldest confirmed one that was listed. Undefined: everything was read. */
  #frontier: string | undefined;

  constructor(esplora: Esplora, memory?: HistoryMemory) {
    this.#esplora = esplora;
    if (memory === undefined) return;
    this.#known = new Map(memory.transactions.map((transaction) => [transaction.txid, transaction]));
    this.#frontier = memory.frontier;
  }

  /** What is to be known the next time, in a process that does not know it: of a long history the newest part. */
  get memory(): HistoryMemory {
    const { kept, cut } = newestOf(this.transactions, remembered);
    return { transactions: kept, frontier: cut ? (oldestConfirmed(kept) ?? this.#frontier) : this.#frontier };
  }

  get transactions(): readonly AddressTransaction[] {
    return [...this.#known.values()];
  }

  /** Whether all there is is known, as far as the source lists it. */
  get complete(): boolean {
    return this.#frontier === undefined;
  }

  /** Rejects with a SourceFailure, and is then as it was. */
  async look({ blocks, confirmed, mempool, pages, bait }: HistoryLook): Promise<void> {
    const listed = await this.#list(confirmed.transactions, pages);
    const known = new Map<string, AddressTransaction>();
    for (const transaction of listed.transactions) known.set(transaction.txid, transaction);
    let frontier = listed.end;
    if (listed.metAt !== undefined) {
      frontier = this.#frontier;
      for (const transaction of this.#known.values()) {
        const { txid, block } = transaction;
        if (block !== undefined && block.height <= listed.metAt && !known.has(txid)) known.set(txid, transaction);
      }
    }
    // A list of the mempool may be cut short: whoever floods it could otherwise hide a spend.
    const cut = listed.waiting < mempool.transactions;
    // Confirmed ones below a frontier drawn anew are read again by and by; they are not missing.
    const missing = [...this.#known.values()].filter(
      ({ txid, block }) => !known.has(txid) && (block === undefined || listed.end === undefined),
    );
    await this.#askAfterTheMissing(known, missing, cut);
    const spends = [...known.values()].reduce((count, { spendings }) => count + spendings.length, 0);
    if (cut || spends < confirmed.spentCount + mempool.spentCount) await this.#askAfterCoins(known, bait);
    assertFits(known.values(), blocks);
    this.#known = known;
    this.#frontier = frontier;
    this.#forgetTheOldest();
    await this.readOn(pages - listed.pages, confirmed.transactions);
  }

  async #list(confirmedCount: number, pages: number) {
    const transactions: AddressTransaction[] = [];
    let page = await this.#esplora.newest();
    const waiting = page.filter(({ block }) => block === undefined).length;
    let confirmed = 0;
    for (let read = 1; ; read += 1) {
      transactions.push(...page);
      const settled = page.filter(({ block }) => block !== undefined);
      confirmed += settled.length;
      const met = settled.find(
        ({ txid, block }) => block !== undefined && this.#known.get(txid)?.block?.hash === block.hash,
      );
      const last = settled.at(-1);
      if (met !== undefined) return { transactions, waiting, pages: read, metAt: met.block?.height, end: undefined };
      if (last === undefined || confirmed >= confirmedCount) {
        return { transactions, waiting, pages: read, end: undefined };
      }
      const next = read < pages && coinsIn(transactions) < coinLimit ? await this.#older(last.txid) : undefined;
      if (next === undefined) return { transactions, waiting, pages: read, end: last.txid };
      page = next;
    }
  }

  /** Undefined: the page is too large to be read, which somebody can make it. That does not keep us from the rest. */
  async #older(txid: string): Promise<readonly AddressTransaction[] | undefined> {
    try {
      return await this.#esplora.after(txid);
    } catch (error) {
      if (error instanceof SourceFailure && error.reason === 'too_large') return undefined;
      throw error;
    }
  }

  /** What was there before and is not listed now: 404 is gone, anything else is what it is now. */
  async #askAfterTheMissing(
    known: Map<string, AddressTransaction>,
    missing: readonly AddressTransaction[],
    cut: boolean,
  ): Promise<void> {
    const spends = missing.filter(({ spendings }) => spendings.length > 0);
    for (const { txid } of spends.slice(0, asked.spends)) {
      const now = await this.#esplora.transaction(txid);
      if (now !== undefined) known.set(txid, now);
    }
    if (!cut) return;
    for (const other of missing) {
      if (other.spendings.length === 0) known.set(other.txid, { ...other, block: undefined });
    }
  }

  async #askAfterCoins(known: Map<string, AddressTransaction>, bait: readonly Outpoint[]): Promise<void> {
    const spent = new Set([...known.values()].flatMap(({ spendings }) => spendings.map(({ outpoint }) => outpoint)));
    const largest = [...known.values()]
      .flatMap(({ fundings }) => fundings)
      .toSorted((one, other) => other.satoshis - one.satoshis)
      .map(({ outpoint }) => outpoint);
    const coins = [...new Set([...bait, ...largest])].filter((outpoint) => !spent.has(outpoint));
    for (const outpoint of coins.slice(0, asked.coins)) {
      const txid = await this.#spenderOf(outpoint);
      const spender = txid === undefined || known.has(txid) ? undefined : await this.#esplora.transaction(txid);
      if (spender !== undefined) known.set(spender.txid, spender);
    }
  }

  /** A coin that was announced and is not there is not spent either. */
  async #spenderOf(outpoint: Outpoint): Promise<string | undefined> {
    try {
      return await this.#esplora.spenderOf(outpoint);
    } catch (error) {
      if (error instanceof SourceFailure && error.reason === 'not_found') return undefined;
      throw error;
    }
  }

  /** Further into the past, where earlier looks stopped. `confirmedCount` is how many there are in all. */
  async readOn(pages: number, confirmedCount: number): Promise<void> {
    for (let read = 0; read < pages && this.#frontier !== undefined && !this.#isFull; read += 1) {
      const page = await this.#older(this.#frontier);
      if (page === undefined) return;
      for (const transaction of page) this.#known.set(transaction.txid, transaction);
      const confirmed = this.transactions.filter(({ block }) => block !== undefined).length;
      const last = page.at(-1);
      this.#frontier = last === undefined || confirmed >= confirmedCount ? undefined : last.txid;
    }
  }

  get #isFull(): boolean {
    return this.#known.size >= historyLimit || coinsIn(this.#known.values()) >= coinLimit;
  }

  #forgetTheOldest(): void {
    const { kept, cut } = newestOf(this.transactions, { transactions: historyLimit, coins: coinLimit });
    if (!cut) return;
    this.#known = new Map(kept.map((transaction) => [transaction.txid, transaction]));
    this.#frontier = oldestConfirmed(kept) ?? this.#frontier;
  }
}

/** They are in order, the newest first. */
function newestOf(
  transactions: readonly AddressTransaction[],
  most: { readonly transactions: number; readonly coins: number },
): { readonly kept: readonly AddressTransaction[]; readonly cut: boolean } {
  if (transactions.length <= most.transactions && coinsIn(transactions) <= most.coins) {
    return { kept: transactions, cut: false };
  }
  let coins = 0;
  const kept = transactions.slice(0, most.transactions).filter((transaction, index) => {
    coins += coinsIn([transaction]);
    return index === 0 || coins <= most.coins;
  });
  return { kept, cut: true };
}

const oldestConfirmed = (transactions: readonly AddressTransaction[]): string | undefined =>
  transactions.findLast(({ block }) => block !== undefined)?.txid;

/** Answers of before and after a block, or of two branches, are no account of anything. */
function assertFits(transactions: Iterable<AddressTransaction>, blocks: readonly BlockReference[]): void {
  const tip = blocks[0]?.height ?? 0;
  for (const { txid, block } of transactions) {
    if (block === undefined) continue;
    const own = hashAt(blocks, block.height);
    if (block.height > tip || (own !== undefined && own !== block.hash)) {
      throw new SourceFailure('torn', `${txid} is in a block that its list of blocks does not have`);
    }
  }
}
