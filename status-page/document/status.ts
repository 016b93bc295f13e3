import * as v from 'valibot';
import { chainSchema } from './chain.ts';
import { buildHash, byCategory, byDoor, count, day, observed, path, seconds, sha256, text } from './fields.ts';
import { incidentSchema } from './incidents.ts';

/* `/status.json`: all that the page shows, as of one poll. The page is rendered from this and the history, and from nothing else. */

export const statusFormat = 'btc-pinata/status/v1';

/** One door, as it is seen from outside. `since` is when it came into this state. */
const probe = v.object({
  state: v.picklist(['up', 'down', 'unknown']),
  since: seconds,
  lastUp: v.nullable(seconds),
  checkedAt: v.nullable(seconds),
  /** What was found, or what went wrong. */
  sentence: text,
});

const wallet = v.variant('kind', [
  v.object({ kind: v.literal('classic') }),
  /** The operator's refund is in a block above this one. */
  v.object({ kind: v.literal('vault'), refundHeight: v.nullable(count) }),
]);

const release = v.object({
  version: v.pipe(v.string(), v.maxLength(64)),
  /** Of the program. */
  sha256,
  /** release.json beside the page, whose registers a machine is expected to report. */
  document: v.optional(path),
});

/** What the poller was told to watch, and what the host said of it in its last proven statement. */
const watched = v.object({
  network: v.picklist(['mainnet', 'testnet4', 'signet', 'regtest']),
  /** Null until the host was heard for the first time, where the operator did not say. */
  address: v.nullable(v.pipe(v.string(), v.regex(/^(?:bc|tb|bcrt)1[02-9ac-hj-np-z]{6,87}$/))),
  descriptor: v.nullable(text),
  wallet: v.nullable(wallet),
  host: v.pipe(v.string(), v.minLength(1), v.maxLength(253)),
  ports: byDoor(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535))),
  /** Test credentials exist: a win then proves nothing. */
  test: v.boolean(),
});

const build = v.object({
  /** What the host says of itself. */
  reported: observed(v.object({ version: v.pipe(v.string(), v.maxLength(64)), sha256: v.nullable(buildHash) })),
  /** The published release; null where the operator names none. */
  expected: v.nullable(release),
  /** `unknown` wherever either of them is. */
  verdict: v.picklist(['match', 'mismatch', 'unknown']),
});

const authorityPair = { generation: count, caSha256: sha256, siteCaSha256: sha256 } as const;

const authorities = v.object({
  /** As shown on the ports, which is what the statement was held against. */
  current: observed(v.object(authorityPair)),
  /** Every pair that was ever seen, the newest first; `until` is null of the one in use. */
  history: v.array(v.object({ ...authorityPair, from: seconds, until: v.nullable(seconds) })),
});

/** A statement that was verified whole: fresh challenge, signature, address, both authorities. */
const proof = v.object({
  /** When it was signed, by the host's own clock; when it was asked for and had come, by the poller's. */
  signedAt: seconds,
  askedAt: seconds,
  answeredAt: seconds,
  statementSha256: sha256,
  /** The archived document (docs/proofs.md): format, challenge, path, statement, signature. */
  url: path,
  /** What the challenge was made from, as hex: 32 bytes, and the hash of the newest block then known. */
  random: sha256,
  blockHash: sha256,
  keyOrigin: v.picklist(['measured-image', 'host', 'imported']),
  /** `none`, or an age recipient, of which the longest has 4004 letters. */
  recovery: v.pipe(v.string(), v.maxLength(4004)),
});

const evidence = v.object({
  level: v.picklist(['none', 'L1', 'L2', 'L3', 'L4']),
  /** What may be said there, and what is not proven even so. */
  claim: text,
  unproven: v.array(text),
  refused: v.boolean(),
  /** The archived verification (docs/verify.md), or evidence; null where there is no hardware. */
  url: v.nullable(path),
});

const counters = v.object({
  /** Since when they count. */
  since: seconds,
  /** `host`: since its process started. `archive`: over the life of the archive, restarts included. */
  of: v.picklist(['host', 'archive']),
  connections: count,
  open: count,
  /** Connections that were no probe of ours. */
  attempts: count,
  probes: count,
  visitors: count,
  byDoor: byDoor(count),
  byCategory,
  successes: v.object({ paired: count, unpaired: count, test: count }),
});

const archive = v.object({
  segments: count,
  attempts: count,
  bytes: count,
  /** Up to here the hash chain was computed anew; null of an empty one. */
  head: v.nullable(v.object({ number: count, digest: sha256, day })),
});

const retirement = v.object({
  announcedAt: seconds,
  effectiveAt: seconds,
  /** The operator's words. */
  text,
  url: v.nullable(path),
});

export const statusSchema = v.object({
  format: v.literal(statusFormat),
  asOf: seconds,
  page: v.object({
    /** Of the status page itself: absolute, `https:` but for a local one. No slash at its end. */
    url: v.pipe(v.string(), v.regex(/^https?:\/\/[!-~]+[^/]$/)),
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(80)),
    /** Seconds between polls. */
    interval: v.pipe(v.number(), v.integer(), v.minValue(1)),
    /** A `mailto:` or `https:` URI; without one there is no security.txt. */
    contact: v.nullable(v.pipe(v.string(), v.regex(/^(?:mailto:|https:\/\/)[!-~]+$/))),
    /** Base URLs of Esplora APIs which a visitor's browser may ask after a click; they are in the policy of the page. */
    explorers: v.array(v.pipe(v.string(), v.regex(/^https?:\/\/[0-9A-Za-z._:/-]+$/))),
  }),
  watched,
  chain: observed(chainSchema),
  host: byDoor(probe),
  build,
  authorities,
  proof: observed(proof),
  evidence: observed(evidence),
  counters: observed(counters),
  archive: observed(archive),
  /** The newest first, open ones among them. */
  incidents: v.array(incidentSchema),
  retirement: v.nullable(retirement),
});

export type StatusDocument = v.InferOutput<typeof statusSchema>;
export type ProbeDocument = v.InferOutput<typeof probe>;
export type ProofDocument = v.InferOutput<typeof proof>;
export type EvidenceDocument = v.InferOutput<typeof evidence>;
export type CountersDocument = v.InferOutput<typeof counters>;
export type ArchiveDocument = v.InferOutput<typeof archive>;
export type AuthorityDocument = StatusDocument['authorities']['history'][number];
