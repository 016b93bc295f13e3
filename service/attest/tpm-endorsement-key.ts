import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { TPM_ALG, TPM_CC, TPM_RH, TPMA_OBJECT } from './tpm-constants.ts';
import type { RsaPublic } from './tpm-public.ts';
import { u32 } from './tpm-wire.ts';

/* The endorsement key by the default template L-1 of the TCG EK Credential Profile 2.5 §B.3.3: RSA 2048, SHA-256, AES-128-CFB. */

/**
 * PolicySecret(TPM_RH_ENDORSEMENT), Part 3 §23.4: who knows the authorisation of the endorsement hierarchy may use the key. The digest
 * grows from zeros by command code and entity, and then by the reference, which is empty.
 */
export const endorsementPolicy = policySecret();

function policySecret(): Uint8Array {
  const first = sha256(concatBytes(new Uint8Array(32), u32(TPM_CC.PolicySecret), u32(TPM_RH.ENDORSEMENT)));
  return sha256(first);
}

export const endorsementKeyTemplate: RsaPublic = {
  type: 'rsa',
  nameAlg: TPM_ALG.SHA256,
  objectAttributes:
    TPMA_OBJECT.fixedTPM |
    TPMA_OBJECT.fixedParent |
    TPMA_OBJECT.sensitiveDataOrigin |
    TPMA_OBJECT.adminWithPolicy |
    TPMA_OBJECT.restricted |
    TPMA_OBJECT.decrypt,
  authPolicy: endorsementPolicy,
  symmetric: { keyBits: 128 },
  scheme: undefined,
  keyBits: 2048,
  exponent: 0,
  unique: new Uint8Array(256),
};

/** Where its certificate is, in DER: the NV index of §2.2.1.4. */
export const endorsementCertificateIndex = 0x01c0_0002;
