import * as v from 'valibot';
import type { AddressTransaction, BlockReference, SpendPath, Sums } from './facts.ts';

/* The parts of Esplora's JSON that are read (Blockstream/esplora API.md), as values of ours. What is not named is ignored. */

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const height = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff));
const hexText = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2})*$/));

export const hashSchema = hash;

export const blocksSchema = v.pipe(
  v.array(v.object({ id: hash, height, timestamp: count, previousblockhash: v.nullish(hash) })),
  v.minLength(1),
  v.check((blocks) =>
    blocks.every((block, at) => {
      const next = blocks[at + 1];
      return next === undefined || (block.previousblockhash === next.id && block.height === next.height + 1);
    }),
  ),
  v.transform((blocks): BlockReference[] =>
    blocks.slice(0, 12).map(({ id, height, timestamp }) => ({ height, hash: id, time: timestamp })),
  ),
);

const sums = v.pipe(
  v.object({
    funded_txo_count: count,
    funded_txo_sum: count,
    spent_txo_count: count,
    spent_txo_sum: count,
    tx_count: count,
  }),
  v.transform(
    (stats): Sums => ({
      fundedCount: stats.funded_txo_count,
      funded: stats.funded_txo_sum,
      spentCount: stats.spent_txo_count,
      spent: stats.spent_txo_sum,
      transactions: stats.tx_count,
    }),
  ),
);

export const addressSchema = v.object({ address: v.string(), chain_stats: sums, mempool_stats: sums });

/** A source that says `confirmed` without saying in which block has said nothing that can be checked. */
const status = v.variant('confirmed', [
  v.object({ confirmed: v.literal(false) }),
  v.object({ confirmed: v.literal(true), block_height: height, block_hash: hash, block_time: count }),
]);

export const transactionSchema = v.object({
  txid: hash,
  vin: v.array(
    v.object({
      txid: hash,
      vout: count,
      prevout: v.nullish(v.object({ scriptpubkey: hexText, value: count })),
      witness: v.optional(v.array(hexText), []),
    }),
  ),
  vout: v.array(v.object({ scriptpubkey: hexText, value: count })),
  status,
});

export const transactionsSchema = v.array(transactionSchema);

export const outspendSchema = v.variant('spent', [
  v.object({ spent: v.literal(false) }),
  v.object({ spent: v.literal(true), txid: hash }),
]);

/** What of a transaction concerns this locking script. */
export function concerning(script: string, transaction: v.InferOutput<typeof transactionSchema>): AddressTransaction {
  const { txid, status, vin, vout } = transaction;
  return {
    txid,
    block: status.confirmed
      ? { height: status.block_height, hash: status.block_hash, time: status.block_time }
      : undefined,
    fundings: vout.flatMap(({ scriptpubkey, value }, index) =>
      scriptpubkey === script ? [{ outpoint: `${txid}:${index}`, satoshis: value }] : [],
    ),
    spendings: vin.flatMap((input) =>
      input.prevout?.scriptpubkey === script
        ? [
            {
              outpoint: `${input.txid}:${input.vout}`,
              satoshis: input.prevout.value,
              path: script.startsWith(taproot) ? pathOf(input.witness) : ('key' as const),
            },
          ]
        : [],
    ),
  };
}

/** BIP-341: version 1, and a push of 32 bytes. */
const taproot = '5120';

/** BIP-341: an annex, the last of two or more items and begun by 0x50, does not count. */
function pathOf(witness: readonly string[]): SpendPath {
  const annex = witness.length >= 2 && witness.at(-1)?.startsWith('50') === true;
  return witness.length - (annex ? 1 : 0) <= 1 ? 'key' : 'script';
}
