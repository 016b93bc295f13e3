import { equalBytes } from '@noble/curves/utils.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { TPM_CC, TPM_RH } from '../attest/tpm-constants.ts';
import type { Credential } from '../attest/tpm-credential.ts';
import { endorsementKeyTemplate } from '../attest/tpm-endorsement-key.ts';
import { marshalSelection, type PcrSelection } from '../attest/tpm-pcr.ts';
import { attestationKeyTemplate, marshalPublic, type TpmtPublic, unmarshalPublic } from '../attest/tpm-public.ts';
import { sized, u16, u32 } from '../attest/tpm-wire.ts';
import { flush, parametersOf, type Run } from './tpm.ts';
import { emptyPassword, TpmError } from './tpm-command.ts';
import { startPolicySession } from './tpm-policy.ts';

/* Keys of a TPM, and what is done with them: TPM 2.0 Library, Part 3 §12, §18, §24. */

export interface LoadedKey {
  readonly handle: number;
  /** TPMT_PUBLIC */
  readonly publicArea: Uint8Array;
}

/** TPMS_SENSITIVE_CREATE with an empty password and no data; no outsideInfo, no creationPCR. */
const noSensitive = sized(concatBytes(sized(new Uint8Array()), sized(new Uint8Array())));

/**
 * TPM2_CreatePrimary, §24.1: the key is derived from the seed of the hierarchy and the template, so that the same template
 * gives the same key until the seed changes. The caller flushes it.
 */
export async function createPrimary(run: Run, hierarchy: number, template: TpmtPublic): Promise<LoadedKey> {
  const response = await run({
    name: 'CreatePrimary',
    code: TPM_CC.CreatePrimary,
    handles: [hierarchy],
    authorizations: [emptyPassword],
    parameters: [noSensitive, sized(marshalPublic(template)), sized(new Uint8Array()), marshalSelection([])],
    responseHandles: 1,
  });
  const publicArea = parametersOf('CreatePrimary', response, (reader) => {
    const area = reader.sized('outPublic', 1024);
    reader.sized('creationData', 1024);
    reader.sized('creationHash', 64);
    reader.take(2 + 4, 'creationTicket');
    reader.sized('creationTicket.digest', 64);
    reader.sized('name', 66);
    return area;
  });
  return { handle: response.handle, publicArea };
}

/** Where the maker of a TPM may have put the endorsement key for good (TCG EK Credential Profile §2.2.1.4). */
const persistentEndorsementKey = 0x8101_0001;

/**
 * The endorsement key of the default template: the one that its maker left there for good, or one made now. It stays loaded: a TPM in a
 * chip may take half a minute to make an RSA key.
 */
export async function loadEndorsementKey(run: Run): Promise<LoadedKey> {
  const publicArea = await readPublic(run, persistentEndorsementKey);
  if (publicArea !== undefined && isEndorsementKey(publicArea)) return { handle: persistentEndorsementKey, publicArea };
  return createPrimary(run, TPM_RH.ENDORSEMENT, endorsementKeyTemplate);
}

function isEndorsementKey(publicArea: Uint8Array): boolean {
  const key = unmarshalPublic(publicArea);
  if (!key.ok || key.value.type !== 'rsa') return false;
  return equalBytes(marshalPublic({ ...endorsementKeyTemplate, unique: key.value.unique }), publicArea);
}

/** In the endorsement hierarchy, as the endorsement key: a new owner of the machine does not change it. */
export const createAttestationKey = (run: Run): Promise<LoadedKey> =>
  createPrimary(run, TPM_RH.ENDORSEMENT, attestationKeyTemplate);

/** TPM2_ReadPublic, §12.4: TPMT_PUBLIC, or undefined where there is no such object. */
export async function readPublic(run: Run, handle: number): Promise<Uint8Array | undefined> {
  try {
    const response = await run({ name: 'ReadPublic', code: TPM_CC.ReadPublic, handles: [handle] });
    return parametersOf('ReadPublic', response, (reader) => {
      const area = reader.sized('outPublic', 1024);
      reader.sized('name', 66);
      reader.sized('qualifiedName', 66);
      return area;
    });
  } catch (error) {
    if (error instanceof TpmError) return undefined;
    throw error;
  }
}

/** TPM2_Quote, §18.4: TPMS_ATTEST and TPMT_SIGNATURE. `nonce` becomes its extraData. */
export async function quote(
  run: Run,
  key: LoadedKey,
  nonce: Uint8Array,
  selections: readonly PcrSelection[],
): Promise<{ readonly quote: Uint8Array; readonly signature: Uint8Array }> {
  const schemeOfTheKey = u16(0x0010);
  const response = await run({
    name: 'Quote',
    code: TPM_CC.Quote,
    handles: [key.handle],
    authorizations: [emptyPassword],
    parameters: [sized(nonce), schemeOfTheKey, marshalSelection(selections)],
  });
  return parametersOf('Quote', response, (reader) => {
    const attest = reader.sized('quoted', 1024);
    const signature = reader.rest();
    return { quote: attest, signature };
  });
}

/** TPM2_ActivateCredential, §12.5: the secret, or undefined where the credential is not for these two keys. */
export async function activateCredential(
  run: Run,
  attestationKey: LoadedKey,
  endorsementKey: LoadedKey,
  { credentialBlob, secret }: Credential,
): Promise<Uint8Array | undefined> {
  const session = await startPolicySession(run);
  try {
    await policySecretOfEndorsement(run, session);
    const response = await run({
      name: 'ActivateCredential',
      code: TPM_CC.ActivateCredential,
      handles: [attestationKey.handle, endorsementKey.handle],
      authorizations: [emptyPassword, { session }],
      parameters: [credentialBlob, secret],
    });
    return parametersOf('ActivateCredential', response, (reader) => reader.sized('certInfo', 64));
  } catch (error) {
    // Whatever the TPM finds wrong with a stranger's credential is the stranger's fault.
    if (error instanceof TpmError) return undefined;
    throw error;
  } finally {
    await flush(run, session);
  }
}

/** TPM2_PolicySecret of the endorsement hierarchy, §23.4, whose password is empty: the policy of the endorsement key. */
async function policySecretOfEndorsement(run: Run, session: number): Promise<void> {
  const empty = sized(new Uint8Array());
  await run({
    name: 'PolicySecret',
    code: TPM_CC.PolicySecret,
    handles: [TPM_RH.ENDORSEMENT, session],
    authorizations: [emptyPassword],
    parameters: [empty, empty, empty, u32(0)],
  });
}
