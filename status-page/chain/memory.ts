import * as v from 'valibot';
import { type BlockReference, sourceFailureReasons } from './facts.ts';
import type { SourceMemory } from './source-watch.ts';
import type { Known } from './view.ts';

/* What a look leaves for the next one, as JSON: whoever looks once a minute and does not live in between keeps it. */

export interface ChainMemory {
  readonly known: Known;
  readonly sources: readonly SourceMemory[];
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const outpoint = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}:\d{1,10}$/));
const path = v.picklist(['key', 'script']);
const block = v.object({ height: count, hash, time: count });
const sums = v.object({ fundedCount: count, funded: count, spentCount: count, spent: count, transactions: count });
/** Of a value that may be undefined, which JSON leaves out. */
const maybe = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.pipe(
    v.nullish(schema),
    v.transform((value) => value ?? undefined),
  );

const transaction = v.pipe(
  v.object({
    txid: hash,
    block: v.nullish(block),
    fundings: v.array(v.object({ outpoint, satoshis: count })),
    spendings: v.array(v.object({ outpoint, satoshis: count, path })),
  }),
  v.transform(({ block: there, ...rest }) => ({ ...rest, block: there ?? undefined })),
);

const spend = v.pipe(
  v.object({
    txid: hash,
    outpoints: v.array(outpoint),
    satoshis: count,
    path,
    block: v.nullish(block),
    confirmations: count,
  }),
  v.transform(({ block: there, ...rest }) => ({ ...rest, block: there ?? undefined })),
);
const spendThere = { spend: maybe(spend) };
const optionalSpend = <Fields extends { readonly spend?: v.InferOutput<typeof spend> | undefined }>(
  fields: Fields,
) => ({
  ...fields,
  spend: fields.spend,
});

const settled = v.object({ txid: hash, height: count, hash, time: count });

const verdict = v.variant('type', [
  v.object({ type: v.literal('unfunded') }),
  v.object({ type: v.literal('live') }),
  v.object({ type: v.literal('live_refundable'), since: count }),
  v.pipe(v.object({ type: v.literal('spend_seen'), contested: count, ...spendThere }), v.transform(optionalSpend)),
  v.pipe(
    v.object({ type: v.literal('spend_confirmed'), confirmations: count, ...spendThere }),
    v.transform(optionalSpend),
  ),
  v.object({ type: v.literal('claimed'), settled }),
  v.object({ type: v.literal('spent'), settled }),
  v.object({ type: v.literal('refunded'), settled }),
]);

const known = v.pipe(
  v.object({
    contest: v.array(v.object({ outpoint, txids: v.array(hash) })),
    last: v.nullish(v.object({ verdict, at: count })),
  }),
  v.transform(({ contest, last }) => ({ contest, last: last ?? undefined })),
);

const blocks = v.pipe(
  v.array(block),
  v.minLength(1),
  v.transform((all): readonly [BlockReference, ...BlockReference[]] => {
    const [first, ...others] = all;
    if (first === undefined) throw new RangeError('an array that has one element has a first');
    return [first, ...others];
  }),
);

const source = v.pipe(
  v.object({
    url: v.string(),
    history: v.pipe(
      v.object({ transactions: v.array(transaction), frontier: v.nullish(hash) }),
      v.transform(({ transactions, frontier }) => ({ transactions, frontier: frontier ?? undefined })),
    ),
    allowance: v.object({ left: v.pipe(v.number(), v.minValue(0)), at: count }),
    seen: v.nullish(v.object({ blocks, sums: v.object({ confirmed: sums, mempool: sums }), at: count })),
    reportedAt: v.nullish(count),
    failed: v.nullish(v.object({ at: count, reason: v.picklist(sourceFailureReasons), message: v.string() })),
    failures: count,
    next: count,
  }),
  v.transform(
    ({ seen, reportedAt, failed, ...rest }): SourceMemory => ({
      ...rest,
      seen: seen ?? undefined,
      reportedAt: reportedAt ?? undefined,
      failed: failed ?? undefined,
    }),
  ),
);

/** Of what JSON.parse gave. It was written by a process like this one; what is not in its form is none. */
export const chainMemorySchema: v.GenericSchema<unknown, ChainMemory> = v.object({ known, sources: v.array(source) });
