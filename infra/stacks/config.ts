import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { networkNames } from '../../service/bitcoin/index.ts';

/*
 * What the CDK app is told: one JSON file of plain values, `-c config=FILE`. None of them is secret, because all of them end
 * up in a template, which whoever may look at the account may read.
 */

const hex = (bytes: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`)));
const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const dnsName = v.pipe(v.string(), v.regex(/^(?=.{1,253}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/));
/** More would not have the form that a target of an alarm takes. */
const email = v.pipe(v.string(), v.email(), v.maxLength(50));

export const stackConfigSchema = v.strictObject({
  /** Of the deployment; every name in a stack begins with it. */
  name: v.pipe(v.string(), v.regex(/^[a-z](?:[a-z0-9-]{0,22}[a-z0-9])?$/)),
  account: v.nullable(v.pipe(v.string(), v.regex(/^\d{12}$/))),
  /** Of the host; the status page is in us-east-1. */
  region: v.string(),
  /** Of the host: an availability zone that has its type of machine. Null: EC2 chooses one, which may not have it. */
  zone: v.optional(v.nullable(v.pipe(v.string(), v.regex(/^[a-z0-9-]{5,40}$/))), null),
  network: v.picklist(networkNames),
  /** Of DNS, where the host has a name besides its address. */
  hostName: v.nullable(dnsName),
  refundKey: v.nullable(hex(32)),
  lockHeight: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Of EC2, x86-64 and with NitroTPM. */
  instanceType: v.string(),
  /** Of the measured image as it was registered; null: the host is not on EC2, and there is no stack for it. */
  imageId: v.nullable(v.pipe(v.string(), v.regex(/^ami-[0-9a-f]{8,17}$/))),
  /** A domain of one's own for the page, and its zone in Route 53. Null: CloudFront's name. */
  pageDomain: v.nullable(dnsName),
  hostedZone: v.optional(v.nullable(v.pipe(v.string(), v.regex(/^Z[0-9A-Z]{1,31}$/))), null),
  /** Who is written to by the alarms and the budget. */
  email: v.nullable(email),
  /** Base URLs of Esplora APIs that the poller asks. */
  sources: v.array(v.pipe(v.string(), v.url())),
  /** Null: there is no host yet, and the poller waits. */
  host: v.nullable(
    v.strictObject({
      address: v.string(),
      ports: v.strictObject({ http: port, https: port, server: port, dialback: port, reverse: port }),
    }),
  ),
  wallet: v.nullable(v.string()),
  release: v.strictObject({
    version: v.string(),
    sha256: hex(32),
    /** Where the page has its release.json, from the root. */
    document: v.optional(v.pipe(v.string(), v.regex(/^\/[0-9A-Za-z._/-]{1,200}$/))),
  }),
  pageUrl: v.optional(v.nullable(v.pipe(v.string(), v.url())), null),
  /** Whole minutes between two polls: EventBridge knows no less. */
  pollMinutes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(60)), 1),
  /** USD a month above which a letter is written. */
  budget: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 25),
  /**
   * At most one poll at a time. Null where the account may not set that aside: a new one has ten at once in all, and has to
   * leave ten unreserved. Two polls at a time lose nothing, because writes are conditional.
   */
  reservedConcurrency: v.optional(v.nullable(v.literal(1)), 1),
  /** That the machine cannot be terminated by one call, nor its stack deleted. `destroy` takes that away first. */
  protected: v.optional(v.boolean(), true),
});

export type StackConfig = v.InferOutput<typeof stackConfigSchema>;

/** Throws an Error that names the file, the key and what was given. */
export function readStackConfig(file: string): StackConfig {
  const read = v.safeParse(stackConfigSchema, JSON.parse(readFileSync(file, 'utf8')));
  if (read.success) return read.output;
  const [issue] = read.issues;
  throw new Error(`${file}: ${v.getDotPath(issue) ?? 'the document'}: ${issue.message}`);
}
