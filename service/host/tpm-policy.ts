import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { TPM_ALG, TPM_CC, TPM_RH } from '../attest/tpm-constants.ts';
import { marshalSelection, type PcrSelection, type PcrValues, pcrDigest } from '../attest/tpm-pcr.ts';
import { sized, u8, u16, u32 } from '../attest/tpm-wire.ts';
import { parametersOf, type Run } from './tpm.ts';

/* Policy sessions (TPM 2.0 Library, Part 1 §19.7): what must be true of the machine for an object to be used. */

const TPM_SE_POLICY = 1;

/** TPM2_StartAuthSession, Part 3 §11.1, of a policy that no secret goes with. The caller flushes it. */
export async function startPolicySession(run: Run): Promise<number> {
  const response = await run({
    name: 'StartAuthSession',
    code: TPM_CC.StartAuthSession,
    handles: [TPM_RH.NULL, TPM_RH.NULL],
    // The nonce enters nothing that is used here: the session has no HMAC, and its policies no expiry.
    parameters: [
      sized(new Uint8Array(32)),
      sized(new Uint8Array()),
      u8(TPM_SE_POLICY),
      u16(TPM_ALG.NULL),
      u16(TPM_ALG.SHA256),
    ],
    responseHandles: 1,
  });
  parametersOf('StartAuthSession', response, (reader) => reader.sized('nonceTPM', 64));
  return response.handle;
}

/** TPM2_PolicyPCR, Part 3 §23.7, over the values that the registers have now. */
export async function policyPcr(run: Run, session: number, selection: PcrSelection): Promise<void> {
  await run({
    name: 'PolicyPCR',
    code: TPM_CC.PolicyPCR,
    handles: [session],
    parameters: [sized(new Uint8Array()), marshalSelection([selection])],
  });
}

/** The policyDigest that a session has after PolicyPCR alone: from zeros by command, selection and digest of the values. */
export function pcrPolicyDigest(selection: PcrSelection, values: PcrValues): Uint8Array {
  const digest = pcrDigest(TPM_ALG.SHA256, selection, values);
  if (digest === undefined) throw new RangeError(`not all of PCR ${selection.pcrs.join(', ')} are known`);
  return sha256(concatBytes(new Uint8Array(32), u32(TPM_CC.PolicyPCR), marshalSelection([selection]), digest));
}
