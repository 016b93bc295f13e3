import { bytesToHex } from '@noble/hashes/utils.js';
import { challengeLeaf, committedChallenge, encodeProof } from '../../service/attest/index.ts';
import { fieldsOf, proofOf } from '../attest/sample-statement.ts';

/* What the key of the sample signed, and when: the rest of the sample is about it. */

export const sampleAsOf = 1_796_000_040;
export const day = 86_400;
/** A hash that people recognise. */
export const hex = (digit: string, length = 64): string => digit.repeat(length);

export const random = new Uint8Array(32).fill(0x5a);
export const blockHash = new Uint8Array(32).fill(0x1b);
const challenge = committedChallenge(random, blockHash);
export const sampleFields = {
  ...fieldsOf('vault', 'mainnet'),
  startedAt: sampleAsOf - 46 * day,
  challengeRoot: bytesToHex(challengeLeaf(challenge)),
  time: sampleAsOf - 6,
};
export const signed = proofOf(sampleFields, bytesToHex(challenge));
/** The archived document that the sample names, by its path without a slash. */
export const sampleProof = { path: 'proofs/2026-11-29/000040.json', text: encodeProof(signed) } as const;
