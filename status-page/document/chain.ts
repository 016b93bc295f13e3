import * as v from 'valibot';
import { sourceFailureReasons } from '../chain/facts.ts';
import type { ChainDocument } from '../chain/index.ts';
import { count, satoshis, seconds, text } from './fields.ts';

/* The chain document (docs/chain.md), as a schema: its type is that of status-page/chain. */

const height = count;
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const outpoint = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}:\d{1,10}$/));

export const verdicts = [
  'unfunded',
  'live',
  'live_refundable',
  'spend_seen',
  'spend_confirmed',
  'claimed',
  'spent',
  'refunded',
  'disagreement',
  'stale',
] as const;
export type VerdictName = (typeof verdicts)[number];

const coin = v.object({ outpoint, satoshis, height, time: seconds });

const source = v.object({
  source: text,
  standing: v.picklist(['agrees', 'alone', 'lagging', 'disagrees', 'stale', 'unread']),
  height: v.nullable(height),
  tip: v.nullable(hash),
  balance: v.nullable(satoshis),
  heardAt: v.nullable(seconds),
  failure: v.nullable(
    v.object({
      reason: v.picklist(sourceFailureReasons),
      message: text,
      at: seconds,
    }),
  ),
});

export const chainSchema: v.GenericSchema<unknown, ChainDocument & { readonly verdict: VerdictName }> = v.object({
  asOf: seconds,
  network: v.string(),
  address: v.string(),
  verdict: v.picklist(verdicts),
  title: text,
  sentence: text,
  support: v.picklist(['quorum', 'single', 'none']),
  contested: v.nullable(count),
  confirmations: v.nullable(count),
  settled: v.nullable(v.object({ txid: hash, height, hash, time: seconds })),
  last: v.nullable(v.object({ verdict: v.picklist(verdicts), at: seconds })),
  retirement: v.nullable(v.object({ announcedAt: seconds, effectiveAt: seconds, url: v.nullable(text) })),
  common: v.nullable(v.object({ height, hash })),
  balance: v.nullable(v.object({ confirmed: satoshis, incoming: satoshis, outgoing: satoshis })),
  received: v.nullable(satoshis),
  bait: v.nullable(v.object({ first: coin, satoshis, announced: v.boolean() })),
  donations: v.nullable(
    v.object({
      count,
      satoshis,
      newest: v.array(coin),
      dust: v.object({ count, satoshis }),
      complete: v.boolean(),
    }),
  ),
  spends: v.array(
    v.object({
      txid: hash,
      satoshis,
      path: v.picklist(['key', 'script']),
      confirmations: count,
      height: v.nullable(height),
    }),
  ),
  sources: v.array(source),
});
