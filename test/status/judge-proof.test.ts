import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { challengeLeaf, committedChallenge, encodeProof } from '../../service/attest/index.ts';
import { judgeProof } from '../../status-page/site/browser/judge-proof.ts';
import { proofOf } from '../attest/sample-statement.ts';
import { blockHash, random, sampleAsOf, sampleFields } from './sample-proof.ts';

/* What a visitor's browser makes of the archived statement. */

function judged(block: Uint8Array, claimed: Uint8Array = block) {
  const challenge = committedChallenge(random, block);
  const fields = { ...sampleFields, challengeRoot: bytesToHex(challengeLeaf(challenge)) };
  return judgeProof({
    text: encodeProof(proofOf(fields, bytesToHex(challenge))),
    address: fields.address,
    random: bytesToHex(random),
    blockHash: bytesToHex(claimed),
    caSha256: fields.caSha256,
    siteCaSha256: fields.siteCaSha256,
    asked: sampleAsOf - 8,
    answered: sampleAsOf - 4,
  });
}

describe('the judge of the archived statement', () => {
  test('finds one that names a block to hold', () => {
    expect(judged(blockHash)).toMatchObject({ outcome: 'good' });
  });

  test('finds one to hold that was asked for before any block was known, and says what that leaves open', () => {
    const judgement = judged(new Uint8Array(32));
    expect(judgement).toMatchObject({ outcome: 'good' });
    expect(judgement).toHaveProperty(
      'findings',
      expect.arrayContaining([{ outcome: 'unchecked', text: expect.stringContaining('no block was known') }]),
    );
  });

  test('and neither where another block is claimed, or none', () => {
    for (const [made, claimed] of [
      [blockHash, new Uint8Array(32)],
      [new Uint8Array(32), blockHash],
      [blockHash, new Uint8Array(32).fill(1)],
    ] as const) {
      expect(judged(made, claimed)).toMatchObject({ outcome: 'bad' });
    }
  });
});
