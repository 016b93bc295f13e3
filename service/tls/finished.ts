import { failure, type Result, success } from '../x509/index.ts';
import { type Fault, misbehaviour } from './fault.ts';
import { equalBytes, type HashName } from './hkdf.ts';
import { verifyData } from './key-schedule.ts';
import { verifyData12 } from './prf.ts';

/** The proof that the peer's Finished was right. Made in this file alone. */
export type FinishedVerified = InstanceType<typeof FinishedVerifiedProof>;

class FinishedVerifiedProof {
  readonly #verified = true;
  static made(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #verified in value && value.#verified === true;
  }
}

/** The brand of a verified Finished (RFC 9846 §4.4.4), looked at at run time. */
export const isFinishedVerified = (value: unknown): value is FinishedVerified => FinishedVerifiedProof.made(value);

/** RFC 9846 §4.4.4. `baseKey` is the peer's handshake traffic secret. */
export const verifyFinished = (
  hash: HashName,
  baseKey: Uint8Array,
  transcriptHash: Uint8Array,
  received: Uint8Array,
): Result<FinishedVerified, Fault> => compare(verifyData(hash, baseKey, transcriptHash), received);

/** RFC 5246 §7.4.9 */
export const verifyFinished12 = (
  hash: HashName,
  mainSecret: Uint8Array,
  sender: 'client' | 'server',
  transcriptHash: Uint8Array,
  received: Uint8Array,
): Result<FinishedVerified, Fault> => compare(verifyData12(hash, mainSecret, sender, transcriptHash), received);

/** Takes the same time wherever the first difference is. */
const compare = (expected: Uint8Array, received: Uint8Array): Result<FinishedVerified, Fault> =>
  equalBytes(expected, received) === true
    ? success(new FinishedVerifiedProof())
    : failure(misbehaviour('bad_finished', 'verify_data of Finished is wrong'));
