import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hexToBytes } from '@noble/hashes/utils.js';

/*
 * Wycheproof (C2SP), run over our glue to noble rather than over noble itself. A file is run whole: every case is judged,
 * the number of cases is compared with the file's own, and what we differ in is counted under a written reason.
 */

export interface Case {
  readonly tcId: number;
  readonly comment?: string;
  readonly flags: readonly string[];
  readonly result: 'valid' | 'invalid' | 'acceptable';
}

interface Vectors<Group, Test> {
  readonly numberOfTests: number;
  readonly testGroups: readonly (Group & { readonly tests: readonly (Test & Case)[] })[];
}

/** What the glue did: gave the expected result, gave another, or said no. */
export type Verdict = 'accepted' | 'wrong' | 'refused';

export interface Outcome {
  readonly cases: number;
  readonly accepted: number;
  readonly refused: number;
  /** Cases that Wycheproof has as valid or acceptable and that our profile refuses, by reason. */
  readonly outside: Readonly<Record<string, number>>;
  /** tcIds with a verdict that nothing here expects: must be empty. */
  readonly mistaken: readonly string[];
  /** Cases left out of this run (0 with PINATA_FULL=1). */
  readonly left: number;
  readonly numberOfTests: number;
}

export interface Judge<Group, Test> {
  verdict(test: Test & Case, group: Group): Verdict;
  /** Why our profile refuses what Wycheproof calls valid or acceptable; undefined for all it must accept. */
  outside?(test: Test & Case, group: Group): string | undefined;
  /** False leaves a case out of the default run. */
  sampled?(test: Test & Case, index: number): boolean;
}

export const wholeRun = process.env['PINATA_FULL'] === '1';

export function judged<Group, Test>(folder: string, file: string, judge: Judge<Group, Test>): Outcome {
  const vectors: Vectors<Group, Test> = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const outside: Record<string, number> = {};
  const mistaken: string[] = [];
  const count = { accepted: 0, refused: 0, wrong: 0 };
  let left = 0;
  let index = 0;
  for (const group of vectors.testGroups) {
    for (const test of group.tests) {
      index++;
      if (!wholeRun && judge.sampled?.(test, index) === false) {
        left++;
        continue;
      }
      const reason = test.result === 'invalid' ? undefined : judge.outside?.(test, group);
      const expected = test.result === 'invalid' || reason !== undefined ? 'refused' : 'accepted';
      const verdict = judge.verdict(test, group);
      if (reason !== undefined) outside[reason] = (outside[reason] ?? 0) + 1;
      if (verdict !== expected)
        mistaken.push(`tcId ${test.tcId} (${test.result}: ${test.comment ?? ''}) was ${verdict}`);
      count[verdict]++;
    }
  }
  const { accepted, refused } = count;
  return { cases: index - left, accepted, refused, outside, mistaken, left, numberOfTests: vectors.numberOfTests };
}

export const hex = hexToBytes;
