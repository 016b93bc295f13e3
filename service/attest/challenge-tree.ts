import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { taggedHash } from '../bitcoin/index.ts';

/*
 * One signature answers any number of challenges: they are the leaves of a Merkle tree, its root is in the signed text, and
 * each challenger is given the path from their leaf to it. Leaves, inner nodes and the root of no challenge are hashed
 * under tags of their own (BIP-340), so that none of them can be taken for another.
 */

export const challengeLength = 32;

export interface PathStep {
  /** On which side of the node reached so far `hash` stands. */
  readonly side: 'left' | 'right';
  /** 32 bytes. */
  readonly hash: Uint8Array;
}

/** No tree of ours is higher, so that a path may not be longer. */
export const longestPath = 32;

/** As taggedHash, where there are thousands of one tag: the block that every one of them begins with is hashed once. */
function hasher(tag: string): (...parts: readonly Uint8Array[]) => Uint8Array {
  const tagHash = sha256(utf8ToBytes(tag));
  const begun = sha256.create().update(tagHash).update(tagHash);
  return (...parts) => {
    const hash = begun.clone();
    for (const part of parts) hash.update(part);
    return hash.digest();
  };
}

const leaf = hasher('btc-pinata/challenge/v1');
const node = hasher('btc-pinata/challenge-node/v1');

/** The hash of a challenge of 32 bytes. */
export function challengeLeaf(challenge: Uint8Array): Uint8Array {
  if (challenge.length !== challengeLength) {
    throw new RangeError(`a challenge of ${challenge.length} bytes; it has ${challengeLength}`);
  }
  return leaf(challenge);
}

/** The root that a statement names when nobody waited for it. */
export const noChallengeRoot: Uint8Array = taggedHash('btc-pinata/challenge-none/v1', new Uint8Array(32));

/**
 * What a challenger hands in to bound the time from below: 32 random bytes, which are published with the proof, and the hash
 * of the newest block as it is shown (32 zero bytes without one). Nobody could have known it before that block.
 */
export const committedChallenge = (random: Uint8Array, blockHash: Uint8Array): Uint8Array =>
  taggedHash('btc-pinata/challenge-preimage/v1', exactly32(random), exactly32(blockHash));

function exactly32(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== 32) throw new RangeError(`${bytes.length} bytes, where 32 are wanted`);
  return bytes;
}

/** All levels of a tree, leaves first; a node without a neighbour is the same one level up. */
export class ChallengeTree {
  /** Each as one buffer of 32 bytes a node. */
  readonly #levels: readonly Uint8Array[];
  readonly size: number;

  /** In the order of their arrival; at least one. */
  constructor(challenges: readonly Uint8Array[]) {
    if (challenges.length === 0) throw new RangeError('a tree of no challenges has no root');
    this.size = challenges.length;
    const levels: Uint8Array[] = [concatBytes(...challenges.map(challengeLeaf))];
    for (let level = levels[0]; level !== undefined && level.length > 32; level = levels.at(-1)) {
      levels.push(above(level));
    }
    this.#levels = levels;
  }

  get root(): Uint8Array {
    return nodeAt(this.#levels.at(-1) ?? noChallengeRoot, 0);
  }

  /** From the leaf to the root. */
  path(index: number): readonly PathStep[] {
    if (!Number.isInteger(index) || index < 0 || index >= this.size) {
      throw new RangeError(`no leaf ${index} in a tree of ${this.size}`);
    }
    const steps: PathStep[] = [];
    let at = index;
    for (const level of this.#levels) {
      const neighbour = at ^ 1;
      if (neighbour * 32 < level.length && level.length > 32) {
        steps.push({ side: neighbour < at ? 'left' : 'right', hash: nodeAt(level, neighbour) });
      }
      at >>= 1;
    }
    return steps;
  }
}

const nodeAt = (level: Uint8Array, index: number): Uint8Array => level.slice(index * 32, index * 32 + 32);

function above(level: Uint8Array): Uint8Array {
  const nodes: Uint8Array[] = [];
  for (let at = 0; at < level.length; at += 64) {
    const left = level.subarray(at, at + 32);
    const right = level.subarray(at + 32, at + 64);
    nodes.push(right.length === 0 ? left : node(left, right));
  }
  return concatBytes(...nodes);
}

/** Where a path leads from a challenge. Undefined for a path that is longer than any. */
export function rootOf(challenge: Uint8Array, path: readonly PathStep[]): Uint8Array | undefined {
  if (path.length > longestPath) return undefined;
  let hash = challengeLeaf(challenge);
  for (const { side, hash: neighbour } of path) {
    hash = side === 'left' ? node(neighbour, hash) : node(hash, neighbour);
  }
  return hash;
}
