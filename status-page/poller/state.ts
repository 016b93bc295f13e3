import * as v from 'valibot';
import { type ChainMemory, chainMemorySchema } from '../chain/index.ts';
import { type HistoryDocument, historySchema, type StatusDocument, statusSchema } from '../document/index.ts';

/* What one run leaves for the next, `state/poller.json`: what is shown, and what it takes to go on from there. */

const stateFormat = 'btc-pinata/poller/v1';

export interface State {
  readonly document: StatusDocument;
  readonly history: HistoryDocument;
  /** Undefined while no address is known. */
  readonly chain: ChainMemory | undefined;
  /** The authorities that the page published last, PEM. */
  readonly authorities: Pems | undefined;
  /** Of the newest statement that was verified whole: nothing in a later one may go back. */
  readonly earlier: { readonly address: string; readonly startedAt: number; readonly time: number } | undefined;
  /** When the ports that are looked at once an hour were. */
  readonly hourlyAt: number | undefined;
  readonly archive: ArchiveState | undefined;
}

export interface Pems {
  readonly bounty: string;
  readonly site: string;
}

/** How far the traces of the host are archived. A host that begins anew begins another life. */
export interface ArchiveState {
  readonly life: number;
  /** The last attempt that was archived, the chain's digest after it, and the SHA-256 of its head's line. */
  readonly number: number;
  readonly digest: string;
  readonly headSha256: string | undefined;
  /** The end of the last day that agrees with what the host publishes of it. */
  readonly verified: { readonly number: number; readonly digest: string; readonly day: string } | undefined;
  readonly segments: number;
  readonly attempts: number;
  readonly bytes: number;
  readonly at: number;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const archive = v.object({
  life: count,
  number: count,
  digest: sha256,
  headSha256: v.optional(sha256),
  verified: v.optional(v.object({ number: count, digest: sha256, day: v.string() })),
  segments: count,
  attempts: count,
  bytes: count,
  at: count,
});

const schema = v.object({
  format: v.literal(stateFormat),
  document: statusSchema,
  history: historySchema,
  chain: v.optional(chainMemorySchema),
  authorities: v.optional(v.object({ bounty: v.string(), site: v.string() })),
  earlier: v.optional(v.object({ address: v.string(), startedAt: count, time: count })),
  hourlyAt: v.optional(count),
  archive: v.optional(archive),
});

export const encodeState = (state: State): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ format: stateFormat, ...state }));

/** Undefined for what no poller like this one wrote. */
export function decodeState(bytes: Uint8Array): State | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
  const read = v.safeParse(schema, value);
  if (!read.success) return undefined;
  const { document, history, chain, authorities, earlier, hourlyAt, archive: archived } = read.output;
  return {
    document,
    history,
    chain,
    authorities,
    earlier,
    hourlyAt,
    archive: archived && { ...archived, headSha256: archived.headSha256, verified: archived.verified },
  };
}
