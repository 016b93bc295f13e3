import { hexToBytes } from '@noble/hashes/utils.js';
import { type Attestation, type Expectations, isProof, type NoProof, type Proof, readProof } from '../attest/index.ts';

/*
 * What `btc-pinata challenge --out` writes (docs/proofs.md): a proof, what its challenge was made from, and what its maker
 * saw. Of the last two parts a reader has the maker's word.
 */

export const recordFormat = 'btc-pinata/challenge-record/v1';

export interface ChallengeRecord {
  readonly format: typeof recordFormat;
  readonly proof: Proof;
  /** 64 hex digits each. */
  readonly preimage: { readonly random: string; readonly blockHash: string };
  readonly seen: { readonly caSha256: string | null; readonly siteCaSha256: string | null };
  /** Whole seconds since 1970. */
  readonly asked: number;
  readonly answered: number;
}

/** By how many seconds two clocks may differ. */
export const clockTolerance = 120;

/** A proof, and what a record of it says that it can be held against. */
export interface Saved {
  readonly document: Proof | Attestation;
  readonly expected: Expectations;
}

export const savedOf = (record: ChallengeRecord): Saved => ({
  document: record.proof,
  expected: {
    preimage: { random: hexToBytes(record.preimage.random), blockHash: hexToBytes(record.preimage.blockHash) },
    caSha256: record.seen.caSha256 ?? undefined,
    siteCaSha256: record.seen.siteCaSha256 ?? undefined,
    asked: { from: record.asked, until: record.answered, tolerance: clockTolerance },
  },
});

/** A record, or a proof by itself. */
export function readSaved(text: string): Saved | NoProof {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: 'it is no JSON' };
  }
  if (!isObject(value) || value['format'] !== recordFormat) {
    const document = readProof(value);
    return 'fault' in document ? document : { document, expected: {} };
  }
  const proof = readProof(value['proof']);
  if ('fault' in proof) return { fault: `its proof: ${proof.fault}` };
  if (!isProof(proof)) return { fault: 'its proof answers no challenge' };
  const { preimage, seen, asked, answered } = value;
  if (!isObject(preimage) || !isHex(preimage['random']) || !isHex(preimage['blockHash'])) {
    return { fault: 'its preimage is not two times 64 lower-case hex digits, random and blockHash' };
  }
  if (!isObject(seen) || !isSeen(seen['caSha256']) || !isSeen(seen['siteCaSha256'])) {
    return { fault: 'what it says was seen is neither hex nor null' };
  }
  if (!isTime(asked) || !isTime(answered)) return { fault: 'its times are not whole seconds since 1970' };
  return savedOf({
    format: recordFormat,
    proof,
    preimage: { random: preimage['random'], blockHash: preimage['blockHash'] },
    seen: { caSha256: seen['caSha256'], siteCaSha256: seen['siteCaSha256'] },
    asked,
    answered,
  });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isHex = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isSeen = (value: unknown): value is string | null => value === null || typeof value === 'string';
const isTime = (value: unknown): value is number => Number.isSafeInteger(value);
