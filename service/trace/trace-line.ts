import { type AttemptBody, type AttemptHead, type GenerationLine, traceFormat } from './attempt.ts';
import { portKeys } from './connection-event.ts';
import { reasonsByKind } from './failure-key.ts';
import { failureTable } from './failure-table.ts';
import {
  array,
  boolean,
  hex,
  integer,
  type JsonSchema,
  keysOf,
  Misread,
  nullable,
  object,
  oneOf,
  type Shape,
  tagged,
  text,
  where,
} from './shape.ts';
import { sha256, traceStepShape, version } from './step-shape.ts';

/* The lines of a file of traces: docs/traces.md says what they mean, docs/trace.schema.json is made from these shapes. */

/** `body` is null where it was dropped or is withheld. */
export interface AttemptLine {
  readonly format: typeof traceFormat;
  readonly type: 'attempt';
  readonly head: AttemptHead;
  readonly body: AttemptBody | null;
}

export type TraceLine = AttemptLine | GenerationLine;

/** `problem` says where in the line what is wrong, and what would be right. */
export type ParsedTraceLine =
  | { readonly ok: true; readonly line: TraceLine }
  | { readonly ok: false; readonly problem: string };

const alert = nullable(integer(0, 255));
const number = integer(1);

const headShape: Shape<AttemptHead> = object({
  number,
  at: integer(0),
  milliseconds: integer(0),
  port: oneOf(portKeys),
  role: oneOf(['server', 'client']),
  visitor: hex(8),
  generation: nullable(sha256),
  version: nullable(version),
  state: nullable(text(64)),
  category: keysOf(failureTable),
  reason: nullable(oneOf(Object.values(reasonsByKind).flat())),
  alertSent: alert,
  alertReceived: alert,
  bytesReceived: integer(0),
  bytesSent: integer(0),
  test: boolean,
  bodySha256: sha256,
});

const format = oneOf([traceFormat]);
/** More than a recorder writes. */
const mostSteps = 1000;

const bodyShape: Shape<AttemptBody> = object({
  format,
  number,
  steps: array(traceStepShape, mostSteps),
  omitted: integer(0),
});

/** A certificate as short as none is, and longer than any that is read. */
const certificate = hex(1, 65_536);

const lineShape: Shape<TraceLine> = tagged<'type', TraceLine>('type', {
  attempt: where(
    object({ format, type: oneOf(['attempt']), head: headShape, body: nullable(bodyShape) }),
    ({ head, body }) => body === null || body.number === head.number,
    'an attempt whose head and body have the same number',
  ),
  generation: object({
    format,
    type: oneOf(['generation']),
    generation: sha256,
    authority: certificate,
    leaves: object({ server: certificate, client: certificate, website: certificate }),
  }),
});

/** One line, without its newline or with it. Total: whatever the text is, it is a line or a problem. */
export const parseTraceLine = (line: string): ParsedTraceLine => {
  const parsed = parse(line, lineShape);
  return parsed.ok ? { ok: true, line: parsed.value } : parsed;
};

/** A head or a body by itself, as a store keeps them. */
export const parseAttemptHead = (line: string): Parsed<AttemptHead> => parse(line, headShape);
/** The same of a value that was in a larger document. */
export const readAttemptHead = (value: unknown): Parsed<AttemptHead> => read(value, headShape);
export const parseAttemptBody = (line: string): Parsed<AttemptBody> => parse(line, bodyShape);

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

function parse<T>(line: string, shape: Shape<T>): Parsed<T> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { ok: false, problem: `the line is no JSON: ${error instanceof Error ? error.message : ''}` };
  }
  return read(value, shape);
}

function read<T>(value: unknown, shape: Shape<T>): Parsed<T> {
  try {
    return { ok: true, value: shape.read(value, '') };
  } catch (error) {
    if (error instanceof Misread) return { ok: false, problem: error.message };
    throw error;
  }
}

/** The text of a line, without a newline. */
export const traceLine = (line: TraceLine): string => JSON.stringify(line);

/** docs/trace.schema.json */
export const traceSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A line of a file of piñata traces',
  description: 'See docs/traces.md. Made from service/trace/trace-line.ts.',
  ...lineShape.schema,
};
