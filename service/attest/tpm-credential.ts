import { cfb } from '@noble/ciphers/aes.js';
import { hmac } from '@noble/hashes/hmac.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { failure, type PublicKey, type Result, success } from '../x509/index.ts';
import { encryptOaep } from './rsa-oaep.ts';
import { hashes, TPM_ALG } from './tpm-constants.ts';
import { kdfa } from './tpm-kdf.ts';
import { sized, unmarshal } from './tpm-wire.ts';

/*
 * Credential protection, TPM 2.0 Library, Part 1 §24: a secret that comes out again only of a TPM that holds the endorsement
 * key of a certificate and, at the same time, the attestation key of a Name. It is how an attestation key is bound to a
 * chip: the certificate is of a key that signs nothing.
 */

/** 32 random bytes each. */
export interface CredentialEntropy {
  readonly credential: Uint8Array;
  readonly seed: Uint8Array;
  readonly oaepSeed: Uint8Array;
}

/** What TPM2_ActivateCredential takes: TPM2B_ID_OBJECT and TPM2B_ENCRYPTED_SECRET, with their sizes. */
export interface Credential {
  readonly credentialBlob: Uint8Array;
  readonly secret: Uint8Array;
}

export const credentialLength = 32;

/** The endorsement keys that MakeCredential is for here: RSA 2048, by the template of tpm-endorsement-key.ts. */
export const endorsementKeyBits = 2048;

/** TPM2_MakeCredential, Part 3 §12.6, without a TPM; `name` is that of the attestation key. */
export function makeCredential(
  endorsementKey: PublicKey,
  name: Uint8Array,
  { credential, seed, oaepSeed }: CredentialEntropy,
): Result<Credential, string> {
  if (endorsementKey.algorithm !== 'rsa' || endorsementKey.bits !== endorsementKeyBits)
    return failure(`an endorsement key that is no RSA of ${endorsementKeyBits} bits: ${endorsementKey.algorithm}`);
  const none = new Uint8Array();
  const hash = TPM_ALG.SHA256;
  const symKey = kdfa(hash, seed, 'STORAGE', name, none, 128);
  const encIdentity = cfb(symKey, new Uint8Array(16)).encrypt(sized(credential));
  const hmacKey = kdfa(hash, seed, 'INTEGRITY', none, none, 256);
  const integrity = hmac(hashes[hash], hmacKey, concatBytes(encIdentity, name));
  return success({
    credentialBlob: sized(concatBytes(sized(integrity), encIdentity)),
    secret: sized(encryptOaep(endorsementKey, 'IDENTITY', seed, oaepSeed)),
  });
}

/** Both one behind the other, 328 bytes: the body of `POST /credential`. */
export const credentialRequestLength = 2 + 2 + 32 + 2 + credentialLength + 2 + endorsementKeyBits / 8;

export const encodeCredentialRequest = ({ credentialBlob, secret }: Credential): Uint8Array =>
  concatBytes(credentialBlob, secret);

/** Refuses whatever has other sizes than those of `makeCredential`; what is in it is for the TPM to judge. */
export const decodeCredentialRequest = (bytes: Uint8Array): Result<Credential, string> =>
  unmarshal(bytes, (reader) => {
    const blob = reader.sized('credentialBlob', 68);
    const secret = reader.sized('secret', 256);
    if (blob.length !== 68 || secret.length !== 256)
      reader.refuse(`a credential of ${blob.length} and ${secret.length} bytes; 68 and 256 are wanted`);
    return { credentialBlob: sized(blob), secret: sized(secret) };
  });
