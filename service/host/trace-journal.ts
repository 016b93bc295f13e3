import * as v from 'valibot';
import {
  type AttemptHead,
  failureKeys,
  type GenerationLine,
  headLine,
  type PortKey,
  parseAttemptHead,
  parseTraceLine,
  portKeys,
} from '../trace/index.ts';
import type { Counts } from './trace-counts.ts';
import type { VisitorTraces } from './visitor-footprints.ts';

/*
 * The lines of a store's journal: the heads of attempts, which make the chain, the connections that were counted since the line
 * of counts before, and generations before their first attempt. All the statistics can be computed from them anew.
 */

export interface CountsLine {
  readonly type: 'counts';
  /** Milliseconds since 1970 of the first and of the last of these connections. */
  readonly first: number;
  readonly last: number;
  readonly connections: Counts;
  /** Of these, attempts that were not recorded. */
  readonly sampledAway: number;
  /** Under the key of the day: what is under the store's own stands nowhere beside a time. */
  readonly visitors: VisitorTraces;
}

export type JournalLine =
  | { readonly type: 'head'; readonly head: AttemptHead; readonly text: string }
  | { readonly type: 'counts'; readonly counts: CountsLine }
  | { readonly type: 'generation'; readonly generation: GenerationLine };

export const journalText = (line: CountsLine | GenerationLine | AttemptHead): string =>
  'number' in line ? headLine(line) : JSON.stringify(line);

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const traces = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{6})*$/));
const byPort = <const Schema extends v.GenericSchema>(schema: Schema) =>
  v.strictObject({
    http: v.optional(schema),
    https: v.optional(schema),
    server: v.optional(schema),
    dialback: v.optional(schema),
    reverse: v.optional(schema),
  });

const countsSchema = v.strictObject({
  type: v.literal('counts'),
  first: natural,
  last: natural,
  connections: byPort(v.record(v.picklist(failureKeys), natural)),
  sampledAway: natural,
  visitors: byPort(traces),
});

/** Undefined for what no store wrote. */
export function readJournalLine(text: string): JournalLine | undefined {
  if (text.startsWith('{"number":')) {
    const parsed = parseAttemptHead(text);
    return parsed.ok ? { type: 'head', head: parsed.value, text } : undefined;
  }
  if (text.startsWith('{"type":"counts"')) {
    const parsed = v.safeParse(countsSchema, jsonOf(text));
    return parsed.success ? { type: 'counts', counts: withoutAbsent(parsed.output) } : undefined;
  }
  const parsed = parseTraceLine(text);
  return parsed.ok && parsed.line.type === 'generation' ? { type: 'generation', generation: parsed.line } : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** valibot says `undefined` where a port is not there. */
function withoutAbsent(line: v.InferOutput<typeof countsSchema>): CountsLine {
  return {
    ...line,
    connections: present(line.connections),
    visitors: present(line.visitors),
  };
}

function present<Value>(byPort: { readonly [Port in PortKey]?: Value | undefined }): { [Port in PortKey]?: Value } {
  const result: { [Port in PortKey]?: Value } = {};
  for (const port of portKeys) {
    const value = byPort[port];
    if (value !== undefined) result[port] = value;
  }
  return result;
}
