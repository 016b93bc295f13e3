import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ChallengeTree,
  challengeLeaf,
  committedChallenge,
  noChallengeRoot,
  type PathStep,
  rootOf,
} from '../../service/attest/index.ts';

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const challenges = fc.uniqueArray(bytes32, { minLength: 1, maxLength: 70, selector: bytesToHex });
const numbered = (count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, index) => sha256(Uint8Array.of(index >> 8, index & 255)));

/** As docs/proofs.md has it, by itself. */
const H = (tag: string, ...parts: readonly Uint8Array[]): Uint8Array => {
  const tagHash = sha256(utf8ToBytes(tag));
  return sha256(concatBytes(tagHash, tagHash, ...parts));
};
const leaf = (challenge: Uint8Array): Uint8Array => H('btc-pinata/challenge/v1', challenge);
const node = (left: Uint8Array, right: Uint8Array): Uint8Array => H('btc-pinata/challenge-node/v1', left, right);

describe('the tree', () => {
  test('of one, two, three and five challenges is what the document says', () => {
    const [a, b, c, d, e] = numbered(5).map(leaf);
    if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined) throw new Error();
    expect(new ChallengeTree(numbered(1)).root).toEqual(a);
    expect(new ChallengeTree(numbered(2)).root).toEqual(node(a, b));
    expect(new ChallengeTree(numbered(3)).root).toEqual(node(node(a, b), c));
    expect(new ChallengeTree(numbered(5)).root).toEqual(node(node(node(a, b), node(c, d)), e));
    expect(noChallengeRoot).toEqual(H('btc-pinata/challenge-none/v1', new Uint8Array(32)));
  });

  test('every path leads from its own challenge to the root, and no other challenge has it there', () => {
    fc.assert(
      fc.property(challenges, bytes32, (leaves, stranger) => {
        fc.pre(!leaves.some((each) => bytesToHex(each) === bytesToHex(stranger)));
        const tree = new ChallengeTree(leaves);
        leaves.forEach((challenge, index) => {
          const path = tree.path(index);
          expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(leaves.length)));
          expect(rootOf(challenge, path)).toEqual(tree.root);
          expect(rootOf(stranger, path)).not.toEqual(tree.root);
          const neighbour = leaves[(index + 1) % leaves.length];
          if (leaves.length > 1 && neighbour !== undefined) expect(rootOf(neighbour, path)).not.toEqual(tree.root);
        });
      }),
      { numRuns: 30 },
    );
  });

  test('a path with a step less, more, turned or changed leads elsewhere', () => {
    fc.assert(
      fc.property(challenges, fc.nat(), fc.nat(), bytes32, (leaves, which, where, other) => {
        fc.pre(leaves.length > 1);
        const tree = new ChallengeTree(leaves);
        const index = which % leaves.length;
        const challenge = leaves[index];
        const path = tree.path(index);
        if (challenge === undefined) throw new Error('no such leaf');
        const leads = (changed: readonly PathStep[]) => expect(rootOf(challenge, changed)).not.toEqual(tree.root);
        for (let length = 0; length < path.length; length++) leads(path.slice(0, length));
        for (let start = 1; start <= path.length; start++) leads(path.slice(start));
        leads([...path, { side: 'left', hash: other }]);
        const at = where % path.length;
        const step = path[at];
        if (step === undefined) throw new Error('no such step');
        leads(path.with(at, { ...step, side: step.side === 'left' ? 'right' : 'left' }));
        leads(path.with(at, { ...step, hash: other }));
      }),
      { numRuns: 50 },
    );
  });

  test('an inner node cannot be shown as a challenge, nor the empty root as anybody’s', () => {
    const leaves = numbered(4);
    const tree = new ChallengeTree(leaves);
    const [a, b] = leaves.map(leaf);
    if (a === undefined || b === undefined) throw new Error('no leaves');
    const above = tree.path(0).slice(1);
    expect(rootOf(node(a, b), above)).not.toEqual(tree.root);
    expect(rootOf(a, tree.path(0))).not.toEqual(tree.root);
    expect(challengeLeaf(new Uint8Array(32))).not.toEqual(noChallengeRoot);
  });

  test('a path that is longer than any is not followed', () => {
    const step: PathStep = { side: 'left', hash: new Uint8Array(32) };
    expect(
      rootOf(
        new Uint8Array(32),
        Array.from({ length: 32 }, () => step),
      ),
    ).toBeDefined();
    expect(
      rootOf(
        new Uint8Array(32),
        Array.from({ length: 33 }, () => step),
      ),
    ).toBeUndefined();
  });

  test('what is no challenge, no leaf and no tree is refused', () => {
    expect(() => challengeLeaf(new Uint8Array(31))).toThrow(RangeError);
    expect(() => challengeLeaf(new Uint8Array(33))).toThrow(RangeError);
    expect(() => new ChallengeTree([])).toThrow(RangeError);
    for (const index of [-1, 3, 0.5, Number.NaN]) {
      expect(() => new ChallengeTree(numbered(3)).path(index)).toThrow(RangeError);
    }
  });
});

test('a challenge that commits to a block hashes both, each of 32 bytes', () => {
  const [random, block] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  expect(committedChallenge(random, block)).toEqual(H('btc-pinata/challenge-preimage/v1', random, block));
  expect(() => committedChallenge(random.subarray(1), concatBytes(block, Uint8Array.of(1)))).toThrow(RangeError);
});
