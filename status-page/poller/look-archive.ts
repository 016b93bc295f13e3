import { createHash } from 'node:crypto';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { ask } from '../../service/tools/challenge-http.ts';
import { chained, chainStart } from '../../service/trace/chain.ts';
import { headLine } from '../../service/trace/head-line.ts';
import { type AttemptLine, parseTraceLine } from '../../service/trace/index.ts';
import { pollerAgent } from './agent.ts';
import type { HostDay } from './host-documents.ts';
import type { ArchiveState } from './state.ts';

/*
 * The traces of the host, as far as they are not archived yet: each head in the chain, each body by its digest, and the end of
 * each day as the host published it (docs/traces.md). What does not fit is not archived, and said.
 */

export interface Segment {
  readonly key: string;
  /** Lines of a file of traces. */
  readonly text: string;
}

export interface ArchiveSeen {
  readonly state: ArchiveState;
  readonly segments: readonly Segment[];
  /** Another life of the host's archive began: its numbers start again. */
  readonly anew: boolean;
}

export interface ArchiveOptions {
  readonly base: URL;
  readonly before: ArchiveState | undefined;
  /** As published, the newest first. */
  readonly days: readonly HostDay[];
  /** Also of the day that is not over: what is kept in memory alone is gone with a restart. */
  readonly live: boolean;
  readonly now: number;
  readonly signal: AbortSignal;
}

const none: ArchiveState = {
  life: 1,
  number: 0,
  digest: bytesToHex(chainStart),
  headSha256: undefined,
  verified: undefined,
  segments: 0,
  attempts: 0,
  bytes: 0,
  at: 0,
};

/** Of one run: the rest is for the next. */
const most = { pages: 24, bytes: 3 * 1024 * 1024 } as const;
const pageLength = 100;

/** Rejects with an Error for people. */
export async function lookAtArchive(options: ArchiveOptions): Promise<ArchiveSeen> {
  const { days, live, now } = options;
  const ends = days
    .flatMap(({ day, chain }) => (chain !== null && (chain.closed || live) ? [{ day, ...chain }] : []))
    .toSorted((one, other) => one.last - other.last);
  const goal = ends.at(-1)?.last ?? 0;
  const { state: start, anew } = await continued(options, goal);
  const republished = ends.find(({ last, digest }) => last === start.number && digest !== start.digest);
  if (republished !== undefined) throw new Error(unlike(republished, start.digest));
  const walk = new Walk(start, ends);
  for (let page = 0; page < most.pages && walk.number < goal && walk.bytes < most.bytes; page += 1) {
    const lines = await pageAbove(options, walk.number, Math.min(pageLength, goal - walk.number));
    const [first] = lines;
    if (first === undefined) throw new Error(`attempt ${walk.number + 1} is not to be had, and ${goal} are published`);
    for (const line of lines) if (walk.number < goal) walk.add(line);
  }
  return { ...walk.end(now), anew };
}

/** From where to go on: the host still has the last head that is archived, or it began anew. */
async function continued(
  options: ArchiveOptions,
  goal: number,
): Promise<{ readonly state: ArchiveState; readonly anew: boolean }> {
  const before = options.before ?? none;
  if (before.number === 0) return { state: before, anew: false };
  const [last] = goal < before.number && options.live ? [] : await pageAbove(options, before.number - 1, 1);
  if (last !== undefined && sha256(headLine(last.head)) === before.headSha256) return { state: before, anew: false };
  const { life, segments, attempts, bytes } = before;
  return { state: { ...none, life: life + 1, segments, attempts, bytes }, anew: true };
}

/**
 * Numbers from `number + 1` on, `most` of them or as many as fit, without a gap. There are that many: a page that reached beyond the
 * last would begin with what is known, and hold nothing else if that is long.
 */
async function pageAbove(
  { base, signal }: ArchiveOptions,
  number: number,
  most: number,
): Promise<readonly AttemptLine[]> {
  const path = `/attempts.jsonl?before=${number + most + 1}&limit=${most}`;
  const { status, text } = await ask(new URL(path, base), undefined, signal, {
    longest: longestPage,
    agent: pollerAgent,
  });
  if (status !== 200) throw new Error(`its ${path} is answered with ${status}`);
  const lines: AttemptLine[] = [];
  for (const each of text.split('\n')) {
    if (each === '') continue;
    const parsed = parseTraceLine(each);
    if (!parsed.ok) throw new Error(`its traces: ${parsed.problem}`);
    if (parsed.line.type !== 'attempt') throw new Error('among its attempts is what is none');
    if (parsed.line.head.number <= number) continue;
    if (parsed.line.head.number !== number + lines.length + 1) break;
    lines.push(parsed.line);
  }
  return lines;
}

const unlike = ({ day, digest }: { readonly day: string; readonly digest: string }, made: string): string =>
  `${day}: the heads make ${made}, and ${digest} was published`;

/** A body may have 128 KiB, and its hexadecimal twice that; 256 KiB is where the host stops. */
const longestPage = 1024 * 1024;

class Walk {
  readonly #start: ArchiveState;
  readonly #ends: ReadonlyMap<number, { readonly day: string; readonly digest: string }>;
  #lines: string[] = [];
  #digest: Uint8Array;
  #headSha256: string | undefined;
  #verified: ArchiveState['verified'];
  number: number;
  bytes = 0;

  constructor(start: ArchiveState, ends: readonly { day: string; last: number; digest: string }[]) {
    this.#start = start;
    this.#ends = new Map(ends.map(({ day, last, digest }) => [last, { day, digest }]));
    this.#digest = hexToBytes(start.digest);
    this.#headSha256 = start.headSha256;
    this.#verified = start.verified;
    this.number = start.number;
  }

  /** Throws an Error for people. */
  add(line: AttemptLine): void {
    const { head, body } = line;
    if (body !== null && sha256(JSON.stringify(body)) !== head.bodySha256) {
      throw new Error(`the body of attempt ${head.number} is not the one that its head speaks of`);
    }
    const text = headLine(head);
    this.#digest = chained(this.#digest, text);
    this.#headSha256 = sha256(text);
    this.number = head.number;
    const end = this.#ends.get(head.number);
    if (end !== undefined) {
      const digest = bytesToHex(this.#digest);
      if (digest !== end.digest) {
        throw new Error(unlike(end, digest));
      }
      this.#verified = { number: head.number, digest, day: end.day };
    }
    const written = `${JSON.stringify(line)}\n`;
    this.#lines.push(written);
    this.bytes += written.length;
  }

  end(now: number): Omit<ArchiveSeen, 'anew'> {
    const start = this.#start;
    const length = this.#lines.length;
    const state = {
      ...start,
      number: this.number,
      digest: bytesToHex(this.#digest),
      headSha256: this.#headSha256,
      verified: this.#verified,
      segments: start.segments + (length > 0 ? 1 : 0),
      attempts: start.attempts + length,
      bytes: start.bytes + this.bytes,
      at: now,
    };
    if (length === 0) return { state, segments: [] };
    const [first, last] = [start.number + 1, this.number].map((number) => String(number).padStart(10, '0'));
    return {
      state,
      segments: [{ key: `public/traces/${start.life}/${first}-${last}.jsonl`, text: this.#lines.join('') }],
    };
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
