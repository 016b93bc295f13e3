import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { decodeEvidence, statementName } from '../../service/attest/evidence.ts';
import { committedChallenge, encodeProof, type ProofCheck, verifyProof } from '../../service/attest/index.ts';
import { decodeStatement, type StatementFields } from '../../service/bitcoin/index.ts';
import { proofOf } from '../../service/tools/challenge.ts';
import { clockTolerance } from '../../service/tools/challenge-record.ts';
import { evidenceOf } from '../../service/tools/verify-evidence.ts';
import { pollerAgent } from './agent.ts';

/** A statement that answers a challenge of this run; what it was held against comes later. */
export interface Answered {
  readonly fields: StatementFields;
  readonly text: string;
  /** What hardware says of it, as it came and not judged; undefined where there is none in time, or none of this statement. */
  readonly evidence: string | undefined;
  readonly statementSha256: string;
  /** Hex. */
  readonly random: string;
  readonly blockHash: string;
  readonly askedAt: number;
  readonly answeredAt: number;
  /** What did not hold, without regard to authorities and build. */
  readonly failed: readonly ProofCheck[];
}

export interface Challenge {
  /** Of the newest block that is known, hex. */
  readonly blockHash: string;
  readonly earlier: { readonly address: string; readonly startedAt: number; readonly time: number } | undefined;
  readonly clock: () => number;
}

/** Rejects with an Error for people where there is no answer. */
export async function lookAtProof(base: URL, challenge: Challenge, signal: AbortSignal): Promise<Answered> {
  const random = crypto.getRandomValues(new Uint8Array(32));
  const blockHash = hexToBytes(challenge.blockHash);
  const bytes = committedChallenge(random, blockHash);
  const askedAt = challenge.clock();
  const proof = await proofOf(base, bytes, signal, pollerAgent);
  const answeredAt = challenge.clock();
  const fields = decodeStatement(proof.statement)?.fields;
  if (fields === undefined) throw new Error('what the host signed is no statement');
  const checks = verifyProof(proof, {
    challenge: bytes,
    preimage: { random, blockHash },
    asked: { from: askedAt, until: answeredAt, tolerance: clockTolerance },
    earlier: challenge.earlier,
  });
  return {
    fields,
    text: encodeProof(proof),
    evidence: await evidenceText(base, proof.statement, signal),
    statementSha256: bytesToHex(statementName(proof.statement)),
    random: bytesToHex(random),
    blockHash: challenge.blockHash,
    askedAt,
    answeredAt,
    // That test credentials exist is said, and is no fault of the proof.
    failed: checks.filter(({ name, outcome }) => outcome === 'fail' && name !== 'test'),
  };
}

/** Milliseconds for a TPM to quote: it is slow, and the statement is worth showing without it. */
const patience = 5000;

/** Whatever a host hands out under our name is at least a document of evidence, and about this statement. */
async function evidenceText(base: URL, statement: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
    const shown = await evidenceOf({ base, patience, signal: limited, agent: pollerAgent }, statement);
    const read = shown === undefined ? undefined : decodeEvidence(shown.text);
    if (read?.ok !== true) return undefined;
    return bytesToHex(read.value.statementSha256) === bytesToHex(statementName(statement)) ? shown?.text : undefined;
  } catch {
    // The statement was verified without it.
    return undefined;
  }
}
