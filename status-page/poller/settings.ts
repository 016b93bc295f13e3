import * as v from 'valibot';

/* What a poller is told: by its environment as a Lambda, by a caller otherwise. None of it is secret. */

const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));
const source = v.pipe(v.string(), v.regex(/^https?:\/\/[0-9A-Za-z._:/[\]-]+$/));

export const watchedSchema = v.strictObject({
  network: v.picklist(['mainnet', 'testnet4', 'signet', 'regtest']),
  /** Without it the address of the first proven statement is watched, and none other from then on. */
  address: v.optional(v.pipe(v.string(), v.regex(/^(?:bc|tb|bcrt)1[02-9ac-hj-np-z]{6,87}$/))),
  /** A name or an address, without brackets. */
  host: v.pipe(v.string(), v.regex(/^[0-9A-Za-z.:-]{1,253}$/)),
  ports: v.strictObject({ http: port, https: port, server: port, dialback: port, reverse: port }),
  /** What ought to run there. */
  release: v.nullish(
    v.strictObject({
      version: v.pipe(v.string(), v.maxLength(64)),
      sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      /** Where the page has its release.json, from the root. */
      document: v.optional(v.pipe(v.string(), v.regex(/^\/[0-9A-Za-z._/-]{1,200}$/))),
    }),
  ),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(80)),
  /** Of the status page: absolute, without a slash at its end. */
  pageUrl: v.pipe(v.string(), v.regex(/^https?:\/\/[!-~]+[^/]$/)),
  /** Base URLs of Esplora APIs. With fewer than two, what is said of the chain is by the word of one, or not said. */
  sources: v.pipe(v.array(source), v.maxLength(8)),
  /** Those which a visitor's own browser may ask after a click; without it, the sources that are `https:`. */
  explorers: v.optional(v.pipe(v.array(source), v.maxLength(8))),
  /** X-only (BIP-340), hex: whose notices of retirement are believed. */
  refundKey: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  contact: v.optional(v.pipe(v.string(), v.regex(/^(?:mailto:|https:\/\/)[!-~]{1,300}$/))),
  /** Seconds between runs. */
  interval: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(86_400)), 60),
});

export type Settings = v.InferOutput<typeof watchedSchema>;

const environmentSchema = v.object({
  PINATA_BUCKET: v.pipe(v.string(), v.minLength(3), v.maxLength(63)),
  /** Without it there is no host yet, and the poller waits. */
  PINATA_WATCHED: v.optional(v.pipe(v.string(), v.maxLength(16_384), v.parseJson(), watchedSchema)),
});

/** Throws a RangeError that names what is wrong. */
export function settingsOf(environment: Readonly<Record<string, string | undefined>>): {
  readonly bucket: string;
  /** Undefined: there is nothing to watch yet. */
  readonly settings: Settings | undefined;
} {
  const read = v.safeParse(environmentSchema, environment);
  if (!read.success) {
    const [issue] = read.issues;
    throw new RangeError(`the environment of the poller: ${v.getDotPath(issue) ?? ''}: ${issue.message}`);
  }
  return { bucket: read.output.PINATA_BUCKET, settings: read.output.PINATA_WATCHED };
}
