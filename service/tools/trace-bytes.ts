import { hexToBytes } from '@noble/hashes/utils.js';
import { type Annotation, ConnectionExplainer, type ExplainedBytes } from '../tls/index.ts';
import type { AttemptLine, TraceStep } from '../trace/index.ts';
import { paint, printable, type Style } from './sequence-diagram.ts';
import { toldRecord } from './trace-records.ts';
import { ending, instant, remarkOf, titleOf } from './trace-words.ts';

/* Every byte of an attempt, as a hexadecimal dump with a column that says what they are, and by which section. */

/** Line by line: an attempt may be long. */
export function* attemptBytes({ head, body }: AttemptLine, style: Style): Generator<string> {
  yield paint(style, 'bold', `attempt ${head.number}, ${instant(head.at)} UTC, port ${head.port}`);
  yield `${ending(head)}: ${titleOf(head)}`;
  if (body === null) {
    yield 'Of this attempt only that is left: its steps were dropped, or are withheld.';
    return;
  }
  const explainer = new ConnectionExplainer();
  let record = 0;
  let fault: string | undefined;
  for (const step of body.steps) {
    if (step.type === 'record') {
      record += 1;
      yield* recordLines(step, record, explainer, style);
    } else if (step.type === 'rest') yield* restLines(step, style);
    else {
      const remark = remarkOf(step);
      // What the engine says of a fault is said once more where the connection ends.
      if (step.type === 'fault' && remark === fault) continue;
      if (step.type === 'fault') fault = remark;
      if (remark !== undefined) yield* ['', paint(style, 'dim', `${step.t} ms: ${printable(remark)}`)];
    }
  }
  for (const message of explainer.unfinished()) yield* titled('a message that did not end', message, style);
  if (body.omitted > 0) yield* ['', `${body.omitted} steps were left out: there were too many`];
}

function* recordLines(
  step: Extract<TraceStep, { type: 'record' }>,
  number: number,
  explainer: ConnectionExplainer,
  style: Style,
): Generator<string> {
  const { wire, inner, joined } = explainer.record(toldRecord(step));
  yield* titled(`record ${number}, ${step.direction} at ${step.t} ms`, wire, style);
  if (inner !== undefined) yield* titled(`what was in record ${number}, decrypted`, inner, style);
  for (const message of joined) yield* titled(`a message that ends in record ${number}`, message, style);
}

function* restLines({ t, length, bytes }: Extract<TraceStep, { type: 'rest' }>, style: Style): Generator<string> {
  yield* ['', paint(style, 'bold', `at ${t} ms: ${length} bytes that are no whole record`)];
  const kept = hexToBytes(bytes);
  for (let at = 0; at < kept.length; at += perRow) {
    const row = kept.subarray(at, at + perRow);
    yield `${dumped(row, at)}  ${String.fromCharCode(...row).replaceAll(/[^ -~]/g, '.')}`;
  }
  if (kept.length < length) yield `  the other ${length - kept.length} were not recorded`;
}

function* titled(title: string, { bytes, annotation }: ExplainedBytes, style: Style): Generator<string> {
  yield* ['', paint(style, 'bold', `${title}: ${bytes.length} bytes`)];
  yield* lines(annotation, bytes, 0, undefined, style);
}

const perRow = 8;
const bytesWidth = 6 + 3 * perRow;
const sectionColumn = 92;

/** A field, and those it is made of below it. What holds others has no bytes of its own. */
function* lines(
  { name, start, end, value, section, problem, fields }: Annotation,
  bytes: Uint8Array,
  depth: number,
  around: string | undefined,
  style: Style,
): Generator<string> {
  const own = fields.length === 0 ? bytes.subarray(start, end) : new Uint8Array(0);
  const said = `${'  '.repeat(depth)}${name}${value === undefined ? '' : `: ${printable(value)}`}`;
  const first = own.length === 0 ? ' '.repeat(bytesWidth) : dumped(own.subarray(0, perRow), start);
  const where = section === undefined || section === around ? '' : paint(style, 'dim', `  ${section}`);
  yield `${first}  ${where === '' ? said : said.padEnd(sectionColumn - bytesWidth)}${where}`;
  if (problem !== undefined) {
    yield `${' '.repeat(bytesWidth)}  ${'  '.repeat(depth)}${paint(style, 'red', `^ ${printable(problem)}`)}`;
  }
  for (let at = perRow; at < own.length; at += perRow)
    yield dumped(own.subarray(at, at + perRow), start + at).trimEnd();
  for (const field of fields) yield* lines(field, bytes, depth + 1, section ?? around, style);
}

const dumped = (bytes: Uint8Array, at: number): string =>
  `${at.toString(16).padStart(4, '0')}  ${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')}`.padEnd(
    bytesWidth,
  );
