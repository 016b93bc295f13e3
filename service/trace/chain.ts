import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { DayChain } from './archive.ts';
import type { AttemptHead } from './attempt.ts';
import { headLine } from './head-line.ts';
import { parseAttemptHead } from './trace-line.ts';

/*
 * The chain over the heads of attempts: digest = SHA-256(digest || line), from 32 zero bytes on. Whoever noted the digest of a
 * closed day can tell later that no head of that day or before was changed, added or taken away, and by `bodySha256` no body.
 */

export const chainStart: Uint8Array = new Uint8Array(32);

export const chained = (digest: Uint8Array, line: string): Uint8Array => sha256(concatBytes(digest, utf8ToBytes(line)));

/** A day as its heads say. */
export interface VerifiedDay {
  readonly day: string;
  readonly first: number;
  readonly last: number;
  readonly digest: string;
}

export type ChainReport =
  | { readonly ok: true; readonly days: readonly VerifiedDay[] }
  /** `days` that were whole before it. */
  | { readonly ok: false; readonly days: readonly VerifiedDay[]; readonly problem: string };

/** The lines of a store's journals, those of heads among others, of one day after the other: see `journalDay`. */
export interface JournalOfDay {
  readonly day: string;
  readonly lines: Iterable<string>;
}

/** The name of a journal in a store's folder, plain or compressed (zstd): in the order of their names they make the chain. */
export const journalDay = (file: string): string | undefined =>
  /^(\d{4}-\d\d-\d\d)-\d{8}\.journal\.jsonl(?:\.zst)?$/.exec(file)?.[1];

const isHead = (line: string): boolean => line.startsWith('{"number":');

/**
 * Computes the chain anew from the journals of a whole store, oldest first: every head is in its place, no number is missing,
 * and each is written as `headLine` writes it.
 */
export function verifyJournals(journals: Iterable<JournalOfDay>): ChainReport {
  const days: VerifiedDay[] = [];
  let digest = chainStart;
  let number = 0;
  for (const { day, lines } of journals) {
    const before = days.at(-1);
    if (before !== undefined && day < before.day) {
      return { ok: false, days, problem: `a journal of ${day} comes after one of ${before.day}: sort them by name` };
    }
    for (const line of lines) {
      if (!isHead(line)) continue;
      const head = readHead(line, number + 1);
      if (typeof head === 'string') return { ok: false, days, problem: `${day}: ${head}` };
      number = head.number;
      digest = chained(digest, line);
      const same = days.at(-1)?.day === day ? days.pop() : undefined;
      days.push({ day, first: same?.first ?? number, last: number, digest: bytesToHex(digest) });
    }
  }
  return { ok: true, days };
}

/** A head, or what is wrong with it. */
function readHead(line: string, expected: number): AttemptHead | string {
  const parsed = parseAttemptHead(line);
  if (!parsed.ok) return `where attempt ${expected} should be: ${parsed.problem}`;
  if (parsed.value.number !== expected) return `attempt ${parsed.value.number} stands where ${expected} should be`;
  if (headLine(parsed.value) !== line) return `attempt ${expected} is not written as a store writes it`;
  return parsed.value;
}

/** What was published of the days, held against what the heads say; undefined if all agrees. */
export function compareChain(
  published: readonly { readonly day: string; readonly chain: DayChain | undefined }[],
  computed: readonly VerifiedDay[],
): string | undefined {
  const byDay = new Map(computed.map((day) => [day.day, day]));
  for (const { day, chain } of published) {
    const found = byDay.get(day);
    if (chain === undefined) {
      if (found !== undefined) return `${day}: ${found.last - found.first + 1} attempts, where none were published`;
      continue;
    }
    if (found === undefined) return `${day}: no attempt, where ${chain.first} to ${chain.last} were published`;
    if (found.first !== chain.first || (chain.closed && found.last !== chain.last)) {
      return `${day}: attempts ${found.first} to ${found.last}, where ${chain.first} to ${chain.last} were published`;
    }
    if (found.last === chain.last && found.digest !== chain.digest) {
      return `${day}: the heads make ${found.digest}, and ${chain.digest} was published`;
    }
  }
  return undefined;
}
