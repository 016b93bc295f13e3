import * as v from 'valibot';

/* What a host publishes of itself, as far as it is read here (docs/website.md). It is its own word. */

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const ports = v.object({ http: count, https: count, server: count, dialback: count, reverse: count });
/** As many categories as there are, and some more: 1440 of them stand in the object of a day. */
const longestCategories = 8192;
const byCategory = v.pipe(
  v.record(v.pipe(v.string(), v.regex(/^[a-z0-9_.]{1,64}$/)), count),
  // Those that never happened say nothing, and stand in every line of the history.
  v.transform((counts) => Object.fromEntries(Object.entries(counts).filter(([, number]) => number > 0))),
  v.check((counts) => JSON.stringify(counts).length <= longestCategories),
);
const time = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  v.transform((text) => Math.floor(Date.parse(text) / 1000)),
  count,
);

export const hostStatusSchema = v.object({
  version: v.pipe(v.string(), v.maxLength(64)),
  test: v.boolean(),
  startedAt: time,
  generation: count,
  connections: v.object({ total: count, open: count, byPort: ports, byCategory }),
  visitors: count,
  successes: v.object({ paired: count, unpaired: count, test: count }),
});
export type HostStatus = v.InferOutput<typeof hostStatusSchema>;

const day = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/));
export const hostDaysSchema = v.object({
  days: v.pipe(
    v.array(
      v.object({
        day,
        byPort: ports,
        byCategory,
        chain: v.nullable(v.object({ first: count, last: count, digest: sha256, closed: v.boolean() })),
      }),
    ),
    v.maxLength(200),
  ),
});
export type HostDay = v.InferOutput<typeof hostDaysSchema>['days'][number];

/** Throws an Error that says which document is not what it should be, and where. */
export function readDocument<Schema extends v.GenericSchema>(
  name: string,
  text: string,
  schema: Schema,
): v.InferOutput<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`its ${name} is no JSON`);
  }
  const read = v.safeParse(schema, value);
  if (read.success) return read.output;
  const [issue] = read.issues;
  throw new Error(`its ${name} is not what a piñata publishes: ${v.getDotPath(issue) ?? ''} ${issue.message}`);
}
