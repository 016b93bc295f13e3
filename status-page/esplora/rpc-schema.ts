import * as v from 'valibot';

/* What is read of Core's answers (0.21 and later). */

export const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const hexText = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2})*$/));
/** Core prints coins as a decimal fraction; the nearest satoshi is what it means. */
const amount = v.pipe(
  v.number(),
  v.minValue(0),
  v.transform((coins) => Math.round(coins * 100_000_000)),
);

export const transactionSchema = v.object({
  txid: hash,
  version: v.number(),
  locktime: v.number(),
  size: v.number(),
  weight: v.number(),
  hex: v.optional(hexText),
  blockhash: v.optional(hash),
  /** Absent in `getblock`; 0 or less where the block is not in the best chain. */
  confirmations: v.optional(v.number()),
  vin: v.array(
    v.object({
      txid: v.optional(hash),
      vout: v.optional(v.number()),
      coinbase: v.optional(hexText),
      scriptSig: v.optional(v.object({ hex: hexText })),
      txinwitness: v.optional(v.array(hexText), []),
      sequence: v.number(),
    }),
  ),
  vout: v.array(v.object({ n: v.number(), value: amount, scriptPubKey: v.object({ hex: hexText }) })),
});
export type CoreTransaction = v.InferOutput<typeof transactionSchema>;

const header = {
  hash,
  height: v.number(),
  version: v.number(),
  time: v.number(),
  mediantime: v.number(),
  nonce: v.number(),
  bits: v.string(),
  difficulty: v.number(),
  merkleroot: hash,
  confirmations: v.number(),
  previousblockhash: v.optional(hash),
};

export const headerSchema = v.object(header);
export type CoreHeader = v.InferOutput<typeof headerSchema>;

export const blockSchema = v.object({ ...header, size: v.number(), weight: v.number(), tx: v.array(hash) });
export type CoreBlock = v.InferOutput<typeof blockSchema>;

/** With its transactions, as `getblock HASH 2` has them. */
export const fullBlockSchema = v.object({ ...header, tx: v.array(transactionSchema) });

export const hashesSchema = v.array(hash);
export const chainSchema = v.object({ chain: v.string(), blocks: v.number(), bestblockhash: hash });
export const feeSchema = v.object({ feerate: v.optional(v.number()) });
/** Null: spent, or not there. */
export const txOutSchema = v.nullable(v.object({ value: amount }));
