import { type AttemptHead, headLine } from '../trace/index.ts';
import type { AttemptFilter } from './trace-options.ts';
import type { Output } from './trace-output.ts';
import type { TraceSource } from './trace-source.ts';
import { ending, instant } from './trace-words.ts';

export interface Listing {
  readonly filter: AttemptFilter;
  /** So many of the latest alone. */
  readonly newest: number | undefined;
  readonly json: boolean;
}

/** A line for each attempt, and how many there were. */
export async function listAttempts(
  source: TraceSource,
  { filter, newest, json }: Listing,
  output: Output,
): Promise<number> {
  let shown = 0;
  for await (const head of source.heads(filter, newest)) {
    shown += 1;
    if (shown === 1 && !json) await output.write(`${heading}\n`);
    await output.write(`${json ? headLine(head) : headRow(head)}\n`);
  }
  return shown;
}

/** Name, width, and whether it is a number. */
const columns = [
  ['attempt', 8, true],
  ['when (UTC)', 19, false],
  ['port', 8, false],
  ['TLS', 3, false],
  ['visitor', 16, false],
  ['in', 7, true],
  ['out', 7, true],
  ['ended as', 0, false],
] as const;

const row = (cells: readonly string[]): string =>
  columns
    .map(([, width, right], index) =>
      right ? (cells[index] ?? '').padStart(width) : (cells[index] ?? '').padEnd(width),
    )
    .join('  ');

const heading = row(columns.map(([name]) => name));

const headRow = (head: AttemptHead): string =>
  row([
    String(head.number),
    instant(head.at),
    head.port,
    head.version ?? '–',
    head.visitor,
    String(head.bytesReceived),
    String(head.bytesSent),
    ending(head),
  ]);
