import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { compareChain, type JournalOfDay, journalDay, verifyJournals } from '../trace/chain.ts';
import { framesIn, parseAttemptHead } from '../trace/index.ts';
import { Misuse } from './command-words.ts';
import { Problems } from './trace-problems.ts';
import type { PublishedDay } from './trace-site.ts';
import type { Verdict } from './trace-verify.ts';

/* The folder in which a piñata keeps its traces: journals of heads, and bodies beside them, segment by segment. */

/** What is in a store: its journals, by name, which is in order. Throws a Misuse where there is none. */
export function storeIn(path: string): { readonly folder: string; readonly journals: readonly string[] } {
  const folder = existsSync(join(path, 'traces')) ? join(path, 'traces') : path;
  const journals = newestForms(readdirSync(folder).filter((file) => journalDay(file) !== undefined));
  if (journals.length > 0) return { folder, journals };
  throw new Misuse(
    `SOURCE is ${JSON.stringify(path)}, a folder without a journal of traces; wanted is the one that \`--data\` names, or its traces`,
  );
}

/** Computes the chain anew from the heads, and every body's digest; `days` are those that were published. Throws a Misuse where there is no store. */
export function verifyFolder(path: string, days: readonly PublishedDay[] | undefined): Verdict {
  const { folder, journals } = storeIn(path);
  const bodies: CheckedBodies = { checked: 0, dropped: 0, problems: new Problems() };
  const report = verifyJournals(segments(folder, journals, bodies));
  const chainProblem = report.ok ? (days === undefined ? undefined : compareChain(days, report.days)) : report.problem;
  const { problems } = bodies;
  if (chainProblem !== undefined) problems.add(chainProblem);
  return {
    ok: problems.none,
    lines: [
      ...report.days.map(({ day, first, last, digest }) => `${day}: attempts ${first} to ${last}, ${digest}`),
      `${bodies.checked} bodies are what their heads say; ${bodies.dropped} were dropped`,
      ...problems.lines,
      !problems.none
        ? 'THIS IS NOT WHAT WAS RECORDED'
        : days === undefined
          ? 'the chain is whole; --against URL compares it with what is published'
          : 'nothing was changed',
    ],
  };
}

interface CheckedBodies {
  checked: number;
  dropped: number;
  readonly problems: Problems;
}

/** Journal by journal; while the chain is made of one its bodies are checked. */
function* segments(folder: string, journals: readonly string[], bodies: CheckedBodies): Generator<JournalOfDay> {
  for (const file of journals) {
    const lines = linesOf(join(folder, file));
    checkBodies(lines, bodiesBeside(folder, file), bodies);
    yield { day: journalDay(file) ?? '', lines };
  }
}

/** Of the segment of a journal, a line each; undefined where they were dropped. */
export function bodiesBeside(folder: string, journal: string): readonly string[] | undefined {
  const name = journal.replace(/\.journal\.jsonl(\.zst)?$/, '.bodies.jsonl');
  const beside = [`${name}.zst`, name].find((candidate) => existsSync(join(folder, candidate)));
  return beside === undefined ? undefined : linesOf(join(folder, beside));
}

/** Of a body, without reading all of it. */
export const numberOfBody = (line: string): number => Number(/^\{"format":"[^"]*","number":(\d+),/.exec(line)?.[1]);

function checkBodies(journal: readonly string[], lines: readonly string[] | undefined, bodies: CheckedBodies): void {
  const digests = new Map<number, string>();
  for (const line of journal) {
    const head = parseAttemptHead(line);
    if (head.ok) digests.set(head.value.number, head.value.bodySha256);
  }
  if (lines === undefined) {
    bodies.dropped += digests.size;
    return;
  }
  for (const line of lines) {
    const number = numberOfBody(line);
    const said = digests.get(number);
    // A body is written before its head: a process that was killed leaves one alone.
    if (said === undefined) continue;
    digests.delete(number);
    bodies.checked += 1;
    const digest = createHash('sha256').update(line).digest('hex');
    if (digest !== said)
      bodies.problems.add(`the body of attempt ${number} has the digest ${digest}, and its head says ${said}`);
  }
  for (const number of digests.keys()) bodies.problems.add(`the body of attempt ${number} is missing`);
}

/** Of a segment that was being compressed the compressed one: it is there once it is whole. */
const newestForms = (files: readonly string[]): readonly string[] =>
  files.filter((file) => !files.includes(`${file}.zst`)).toSorted();

/** Whole lines: what follows the last end is being written. */
export function linesOf(path: string): readonly string[] {
  const bytes = readFileSync(path);
  // Node's zlib reads one frame, and stops.
  const texts = path.endsWith('.zst') ? [...framesIn(bytes)].map((frame) => zstdDecompressSync(frame)) : [bytes];
  return Buffer.concat(texts).toString('utf8').split('\n').slice(0, -1);
}
