import { equalBytes } from '@noble/curves/utils.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { decodeNitroResponse, encodeNitroRequest } from '../attest/nitro-document.ts';
import { encryptOaep } from '../attest/rsa-oaep.ts';
import { TPM_ALG, TPM_CC, TPM_RH, TPMA_NV } from '../attest/tpm-constants.ts';
import { kdfa } from '../attest/tpm-kdf.ts';
import { unmarshalPublic } from '../attest/tpm-public.ts';
import { sized, u8, u16, u32, unmarshal } from '../attest/tpm-wire.ts';
import { flush, parametersOf, type Run, type Tpm } from './tpm.ts';
import { continueSession, TpmError, TpmGarbled } from './tpm-command.ts';
import { type LoadedKey, withEndorsementKey } from './tpm-keys.ts';
import { byIndex, defineNv, readNv, readNvPublic, undefineNv, writeNv } from './tpm-nv.ts';

/*
 * The attestation document of NitroTPM, asked for as aws/NitroTPM-Tools does: a request in CBOR is written to an NV index,
 * a vendor command exchanges it for the answer, and that is read from the same place. The command is authorised by an HMAC
 * session with SHA-512, salted to the endorsement key.
 */

export interface NitroRequest {
  readonly userData: Uint8Array;
  readonly nonce: Uint8Array;
  readonly entropy: (length: number) => Uint8Array;
  /** Octets of the index. NitroTPM has 8192; other TPMs, on which the vendor command fails, have less. */
  readonly size?: number;
}

const nitroIndex = 0x0185_b7c1;
const nitroSize = 8192;

/** The signed document. Throws a TpmError with 0x143 where the TPM is no NitroTPM. */
export function requestNitroDocument(tpm: Tpm, request: NitroRequest): Promise<Uint8Array> {
  const { size = nitroSize } = request;
  return tpm.task(async (run) => {
    if ((await readNvPublic(run, nitroIndex)) !== undefined) await undefineNv(run, nitroIndex);
    await defineNv(run, {
      nvIndex: nitroIndex,
      nameAlg: TPM_ALG.SHA512,
      attributes: TPMA_NV.AUTHREAD | TPMA_NV.AUTHWRITE,
      authPolicy: new Uint8Array(),
      dataSize: size,
    });
    try {
      await writeNv(run, nitroIndex, byIndex(nitroIndex), encodeNitroRequest(request.userData, request.nonce));
      await withEndorsementKey(run, (key) => attest(run, key, request.entropy));
      const answer = await readNv(run, nitroIndex, byIndex(nitroIndex), size);
      const document = decodeNitroResponse(answer);
      if (!document.ok) throw new TpmGarbled(`NitroTPM: ${document.fault}`);
      return document.value;
    } finally {
      await undefineNv(run, nitroIndex);
    }
  });
}

/** The vendor command, and nobody but the TPM can have answered it: the response's HMAC is checked. */
async function attest(run: Run, key: LoadedKey, entropy: (length: number) => Uint8Array): Promise<void> {
  const session = await startSaltedSession(run, key, entropy);
  try {
    const name = await nameOfIndex(run);
    const nonceCaller = entropy(64);
    const cpHash = sha512(concatBytes(u32(TPM_CC.NITRO_Attest), name, name));
    const attributes = u8(continueSession);
    const proof = hmac(sha512, session.key, concatBytes(cpHash, nonceCaller, session.nonceTpm, attributes));
    const response = await run({
      name: 'NitroTPM attestation',
      code: TPM_CC.NITRO_Attest,
      handles: [nitroIndex, nitroIndex],
      authorizations: [{ session: session.handle, nonceCaller, hmac: proof }],
    });
    checkResponse(session.key, nonceCaller, response);
  } finally {
    await flush(run, session.handle);
    session.key.fill(0);
  }
}

/** Part 1 §19.6.5: rpHash, then the HMAC over it with the nonces turned about. */
export function checkResponse(
  key: Uint8Array,
  nonceCaller: Uint8Array,
  response: { readonly parameters: Uint8Array; readonly authorizations: Uint8Array },
): void {
  const area = unmarshal(response.authorizations, (reader) => ({
    nonceTpm: reader.sized('nonceTPM', 64),
    attributes: reader.u8('sessionAttributes'),
    hmac: reader.sized('hmac', 64),
  }));
  if (!area.ok) throw new TpmGarbled(`NitroTPM attestation: ${area.fault}`);
  const { nonceTpm, attributes } = area.value;
  const rpHash = sha512(concatBytes(u32(0), u32(TPM_CC.NITRO_Attest), response.parameters));
  const expected = hmac(sha512, key, concatBytes(rpHash, nonceTpm, nonceCaller, u8(attributes)));
  if (!equalBytes(expected, area.value.hmac))
    throw new TpmGarbled('NitroTPM attestation: the response is not by the TPM');
}

interface SaltedSession {
  readonly handle: number;
  readonly key: Uint8Array;
  readonly nonceTpm: Uint8Array;
}

const TPM_SE_HMAC = 0;

/** TPM2_StartAuthSession with a salt, Part 1 §19.6.8 to §19.6.12. */
async function startSaltedSession(
  run: Run,
  key: LoadedKey,
  entropy: (length: number) => Uint8Array,
): Promise<SaltedSession> {
  const publicKey = unmarshalPublic(key.publicArea);
  if (!publicKey.ok || publicKey.value.type !== 'rsa') throw new TpmGarbled('the endorsement key is no RSA key');
  const modulus = BigInt(`0x${bytesToHex(publicKey.value.unique)}`);
  const salt = entropy(32);
  const nonceCaller = entropy(64);
  const encryptedSalt = encryptOaep(
    { modulus, exponent: 65_537n, bits: publicKey.value.keyBits },
    'SECRET',
    salt,
    entropy(32),
  );
  const response = await run({
    name: 'StartAuthSession',
    code: TPM_CC.StartAuthSession,
    handles: [key.handle, TPM_RH.NULL],
    parameters: [sized(nonceCaller), sized(encryptedSalt), u8(TPM_SE_HMAC), u16(TPM_ALG.NULL), u16(TPM_ALG.SHA512)],
    responseHandles: 1,
  });
  const nonceTpm = parametersOf('StartAuthSession', response, (reader) => reader.sized('nonceTPM', 64));
  const sessionKey = kdfa(TPM_ALG.SHA512, salt, 'ATH', nonceTpm, nonceCaller, 512);
  salt.fill(0);
  return { handle: response.handle, key: sessionKey, nonceTpm };
}

/** The Name of the index, Part 1 §16: it changes when the index is first written. */
async function nameOfIndex(run: Run): Promise<Uint8Array> {
  const response = await run({ name: 'NV_ReadPublic', code: TPM_CC.NV_ReadPublic, handles: [nitroIndex] });
  return parametersOf('NV_ReadPublic', response, (reader) => {
    reader.sized('nvPublic', 128);
    return reader.sized('nvName', 66);
  });
}

/** True of what a TPM answers that does not know the vendor command. */
export const isNoNitroTpm = (error: unknown): boolean => error instanceof TpmError && error.code === 0x143;
