import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Answer, type Ask, SourceFailure, targetOf } from '../../status-page/chain/index.ts';

/*
 * A chain in memory, and what an explorer says of it: blocks, a mempool, replacement, eviction, reorganisation. Every change
 * makes a new state, so that a source can be left behind in an old one.
 */

export const vaultAddress = 'bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6';
export const classicAddress = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
/** Of the first block. */
export const genesisTime = 1_800_000_000;

export interface ModelTransaction {
  readonly txid: string;
  /** Outputs to the address, in satoshis. */
  readonly pays: readonly number[];
  /** Coins of the address that it takes. */
  readonly takes: readonly { readonly outpoint: string; readonly satoshis: number }[];
  readonly path: 'key' | 'script';
}

export interface ModelBlock {
  readonly height: number;
  readonly hash: string;
  readonly transactions: readonly ModelTransaction[];
}

export interface ModelState {
  readonly blocks: readonly ModelBlock[];
  readonly mempool: readonly ModelTransaction[];
}

let serial = 0;
export const freshHash = (what: string): string => {
  serial += 1;
  return bytesToHex(sha256(utf8ToBytes(`${what} ${serial}`)));
};

export const transaction = (parts: Partial<Omit<ModelTransaction, 'txid'>>): ModelTransaction => ({
  txid: freshHash('transaction'),
  pays: [],
  takes: [],
  path: 'key',
  ...parts,
});

export function modelChain(height = 10): ModelState {
  return mined({ blocks: [], mempool: [] }, height + 1);
}

const block = (height: number, transactions: readonly ModelTransaction[]): ModelBlock => ({
  height,
  hash: freshHash('block'),
  transactions,
});

/** One more block with the mempool, then empty ones. */
export function mined({ blocks, mempool }: ModelState, count = 1): ModelState {
  const more = Array.from({ length: count }, (_, index) => block(blocks.length + index, index === 0 ? mempool : []));
  return { blocks: [...blocks, ...more], mempool: [] };
}

export const sent = (state: ModelState, ...transactions: readonly ModelTransaction[]): ModelState => ({
  ...state,
  mempool: [
    ...state.mempool.filter((waiting) => !transactions.some((sent) => conflict(waiting, sent))),
    ...transactions,
  ],
});

/** Another branch from `depth` blocks below the tip, one block longer; what it does not confirm returns to the mempool. */
export function reorganised(
  { blocks, mempool }: ModelState,
  depth: number,
  instead: readonly ModelTransaction[] = [],
): ModelState {
  const kept = blocks.slice(0, Math.max(1, blocks.length - depth));
  const undone = blocks.slice(kept.length).flatMap(({ transactions }) => transactions);
  const branch = Array.from({ length: blocks.length - kept.length + 1 }, (_, index) =>
    block(kept.length + index, index === 0 ? instead : []),
  );
  const state = { blocks: [...kept, ...branch], mempool: [] };
  return {
    ...state,
    mempool: [...undone, ...mempool].filter(
      (waiting) =>
        instead.every(({ txid }) => txid !== waiting.txid) &&
        !instead.some((other) => conflict(waiting, other)) &&
        waiting.takes.every(({ outpoint }) => coins({ ...state, mempool: undone }).has(outpoint)),
    ),
  };
}

const conflict = (one: ModelTransaction, other: ModelTransaction): boolean =>
  one.txid !== other.txid && one.takes.some(({ outpoint }) => other.takes.some((taken) => taken.outpoint === outpoint));

/** All coins there ever were, spent or not, with their worth. */
export function coins({ blocks, mempool }: ModelState): ReadonlyMap<string, number> {
  const all = [...blocks.flatMap(({ transactions }) => transactions), ...mempool];
  return new Map(all.flatMap(({ txid, pays }) => pays.map((satoshis, vout) => [`${txid}:${vout}`, satoshis] as const)));
}

/** What an explorer answers, from whatever state it is in when it is asked. `asked` collects the paths. */
export function explorer(state: () => ModelState, address: string, asked: string[] = []): Ask {
  return (url) => {
    const path = new URL(url).pathname.replace(/^\/api/, '');
    asked.push(path);
    return Promise.resolve(answer(state(), address, path));
  };
}

/** One that cannot be reached. */
export const unreachable: Ask = () => Promise.reject(new SourceFailure('unreachable', 'it is down'));

const ok = (value: unknown): Answer => ({
  status: 200,
  body: typeof value === 'string' ? value : JSON.stringify(value),
  retryAfter: undefined,
});
const notFound = (body: string): Answer => ({ status: 404, body, retryAfter: undefined });

function answer(state: ModelState, address: string, path: string): Answer {
  const tip = state.blocks.at(-1);
  if (path === '/blocks/tip/hash') return ok(tip?.hash ?? '');
  if (path === '/blocks') return ok(state.blocks.slice(-10).reverse().map(blockJson(state)));
  const script = targetOf(address)?.script ?? '';
  const confirmed = state.blocks
    .toReversed()
    .flatMap((within) => within.transactions.map((entry) => transactionJson(entry, within, script)));
  const waiting = state.mempool.map((entry) => transactionJson(entry, undefined, script));
  const rest = path.replace(`/address/${address}`, '');
  if (rest === '') {
    const settled = state.blocks.flatMap(({ transactions }) => transactions);
    return ok({ address, chain_stats: sums(settled), mempool_stats: sums(state.mempool) });
  }
  if (rest === '/txs') return ok([...waiting.slice(0, 50), ...confirmed.slice(0, 25)]);
  const [, last] = rest.match(/^\/txs\/chain\/(\w+)$/) ?? [];
  if (last !== undefined) {
    const at = confirmed.findIndex(({ txid }) => txid === last);
    return ok(at === -1 ? [] : confirmed.slice(at + 1, at + 26));
  }
  const all = [...waiting, ...confirmed];
  const [, txid = '', vout] = path.match(/^\/tx\/(\w+)(?:\/outspend\/(\d+))?$/) ?? [];
  const known = all.find((entry) => entry.txid === txid);
  if (known === undefined) return notFound('Transaction not found');
  if (vout === undefined) return ok(known);
  const spender = all.find(({ vin }) => vin.some((input) => input.txid === txid && input.vout === Number(vout)));
  return ok(spender === undefined ? { spent: false } : { spent: true, txid: spender.txid, vin: 0 });
}

const blockJson =
  ({ blocks }: ModelState) =>
  ({ height, hash }: ModelBlock) => ({
    id: hash,
    height,
    timestamp: genesisTime + 600 * height,
    previousblockhash: blocks[height - 1]?.hash ?? null,
  });

function transactionJson({ txid, pays, takes, path }: ModelTransaction, block: ModelBlock | undefined, script: string) {
  return {
    txid,
    vin: takes.map(({ outpoint, satoshis }) => ({
      txid: outpoint.slice(0, 64),
      vout: Number(outpoint.slice(65)),
      prevout: { scriptpubkey: script, value: satoshis },
      witness: path === 'key' ? ['00'] : ['00', '00', '00'],
    })),
    vout: pays.map((value) => ({ scriptpubkey: script, value })),
    status:
      block === undefined
        ? { confirmed: false }
        : {
            confirmed: true,
            block_height: block.height,
            block_hash: block.hash,
            block_time: genesisTime + 600 * block.height,
          },
  };
}

function sums(transactions: readonly ModelTransaction[]) {
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  const funded = transactions.flatMap(({ pays }) => pays);
  const spent = transactions.flatMap(({ takes }) => takes.map(({ satoshis }) => satoshis));
  return {
    funded_txo_count: funded.length,
    funded_txo_sum: total(funded),
    spent_txo_count: spent.length,
    spent_txo_sum: total(spent),
    tx_count: transactions.length,
  };
}
