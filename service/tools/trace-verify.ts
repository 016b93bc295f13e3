import { createHash } from 'node:crypto';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { chained, chainStart } from '../trace/chain.ts';
import { headLine } from '../trace/head-line.ts';
import type { AttemptHead, AttemptLine } from '../trace/index.ts';
import type { FileSource } from './trace-file.ts';
import { Problems } from './trace-problems.ts';
import type { PublishedDay, SiteSource } from './trace-site.ts';
import { everything } from './trace-source.ts';
import { howMany } from './trace-words.ts';

/* Is what a source says what was published? Bodies by the digest in their head, heads by the chain over them. */

export interface Verdict {
  readonly ok: boolean;
  /** For people. */
  readonly lines: readonly string[];
}

/** The chain as far as heads follow each other, held against the digests of published days. */
class ChainWalk {
  readonly #published: ReadonlyMap<number, { readonly day: string; readonly digest: string }>;
  /** After attempt `#number`; undefined where the chain before it is not known. */
  #digest: Uint8Array | undefined = chainStart;
  #number = 0;
  readonly agreed: string[] = [];
  readonly problems = new Problems();

  constructor(days: readonly PublishedDay[]) {
    this.#published = new Map(
      days.flatMap(({ day, chain }) => (chain === undefined ? [] : [[chain.last, { day, digest: chain.digest }]])),
    );
  }

  get end(): { readonly number: number; readonly digest: string } | undefined {
    return this.#digest === undefined || this.#number === 0
      ? undefined
      : { number: this.#number, digest: bytesToHex(this.#digest) };
  }

  head(head: AttemptHead): void {
    const { number } = head;
    if (number <= this.#number) this.problems.add(`attempt ${number} comes after attempt ${this.#number}`);
    if (number !== this.#number + 1) {
      const before = this.#published.get(number - 1)?.digest;
      this.#digest = before === undefined ? undefined : hexToBytes(before);
    }
    this.#number = number;
    if (this.#digest === undefined) return;
    this.#digest = chained(this.#digest, headLine(head));
    const published = this.#published.get(number);
    if (published === undefined) return;
    const { day, digest } = published;
    if (bytesToHex(this.#digest) === digest)
      this.agreed.push(`${day}: up to attempt ${number}, ${digest}, as published`);
    else
      this.problems.add(
        `${day}: the heads up to attempt ${number} make ${bytesToHex(this.#digest)}, and ${digest} was published`,
      );
  }
}

/** What is wrong with the body of an attempt; undefined where there is none, or it is what its head says. */
function bodyProblem({ head, body }: AttemptLine): string | undefined {
  if (body === null) return undefined;
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  if (digest === head.bodySha256) return undefined;
  return `the body of attempt ${head.number} has the digest ${digest}, and its head says ${head.bodySha256}`;
}

/** A file of traces: every body, and the chain where the file holds it from the first attempt or from the end of a published day. */
export async function verifyFile(source: FileSource, days: readonly PublishedDay[] | undefined): Promise<Verdict> {
  const walk = new ChainWalk(days ?? []);
  let [attempts, bodies] = [0, 0];
  for await (const line of source.lines(everything)) {
    if (line.type !== 'attempt') continue;
    attempts += 1;
    if (line.body !== null) bodies += 1;
    walk.head(line.head);
    const problem = bodyProblem(line);
    if (problem !== undefined) walk.problems.add(problem);
  }
  const end = walk.end;
  const good =
    end === undefined
      ? 'the bodies are what their heads say; the heads themselves could not be checked'
      : walk.agreed.length === 0
        ? days === undefined
          ? 'the chain is whole; --against URL compares it with what is published'
          : 'the chain is whole, and ends before any that is published does'
        : 'nothing was changed';
  return verdict(walk, good, [
    `${attempts} attempts, ${bodies} of them with a body`,
    end === undefined
      ? 'the chain is not in it to its end: that begins at attempt 1, or with --against URL after a published day, and leaves out none'
      : `the chain up to attempt ${end.number} is ${end.digest}`,
  ]);
}

/** What a piñata publishes: its heads against its days, and every body where that is asked for. */
export async function verifySite(source: SiteSource, bodies: boolean): Promise<Verdict> {
  const days = await source.days();
  const walk = new ChainWalk(days);
  let [attempts, checked, expected] = [0, 0, 1];
  const missing = (until: number): void => {
    if (until > expected) walk.problems.add(`${numbers(expected, until - 1)} missing`);
  };
  for (const { chain } of days) {
    if (chain === undefined) continue;
    for await (const head of source.chain(expected, chain.last)) {
      attempts += 1;
      missing(head.number);
      expected = head.number + 1;
      walk.head(head);
      if (!bodies) continue;
      const line = await source.attempt(head.number);
      if (line.body !== null) checked += 1;
      if (headLine(line.head) !== headLine(head)) walk.problems.add(`attempt ${head.number} has two different heads`);
      const problem = bodyProblem(line);
      if (problem !== undefined) walk.problems.add(problem);
    }
    missing(chain.last + 1);
    expected = chain.last + 1;
  }
  return verdict(walk, 'nothing was changed', [
    `${howMany(attempts, 'head')} on ${howMany(days.length, 'day')}${bodies ? `, ${checked} bodies` : ''}`,
  ]);
}

const numbers = (first: number, last: number): string =>
  first === last ? `attempt ${first} is` : `attempts ${first} to ${last} are`;

function verdict({ agreed, problems }: ChainWalk, good: string, summary: readonly string[]): Verdict {
  const end = problems.none ? good : 'THIS IS NOT WHAT WAS RECORDED';
  return { ok: problems.none, lines: [...agreed, ...summary, ...problems.lines, end] };
}
