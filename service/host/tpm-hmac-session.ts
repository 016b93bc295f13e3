import { equalBytes } from '@noble/curves/utils.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { encryptOaep } from '../attest/rsa-oaep.ts';
import { TPM_ALG, TPM_CC, TPM_RH } from '../attest/tpm-constants.ts';
import { kdfa } from '../attest/tpm-kdf.ts';
import { unmarshalPublic } from '../attest/tpm-public.ts';
import { sized, u8, u16, u32, unmarshal } from '../attest/tpm-wire.ts';
import { parametersOf, type Run } from './tpm.ts';
import { continueSession, type TpmCommand, TpmGarbled, type TpmResponse } from './tpm-command.ts';
import type { LoadedKey } from './tpm-keys.ts';

/*
 * A salted HMAC session with SHA-512, TPM 2.0 Library, Part 1 §19.6: nobody between us and the TPM can change a command or a
 * response, for the session's key comes from a salt that only the endorsement key decrypts.
 */

export interface SaltedSession {
  readonly handle: number;
  readonly key: Uint8Array;
  /** The TPM's last nonce. */
  readonly nonceTpm: Uint8Array;
}

export type Entropy = (length: number) => Uint8Array;

const TPM_SE_HMAC = 0;

/** TPM2_StartAuthSession with a salt, §19.6.8 to §19.6.12. The caller flushes it and zeroes its key. */
export async function startSaltedSession(run: Run, key: LoadedKey, entropy: Entropy): Promise<SaltedSession> {
  const publicKey = unmarshalPublic(key.publicArea);
  if (!publicKey.ok || publicKey.value.type !== 'rsa') throw new TpmGarbled('the endorsement key is no RSA key');
  const { unique, keyBits } = publicKey.value;
  const [salt, nonceCaller] = [entropy(32), entropy(64)];
  const modulus = { modulus: BigInt(`0x${bytesToHex(unique)}`), exponent: 65_537n, bits: keyBits };
  const response = await run({
    name: 'StartAuthSession',
    code: TPM_CC.StartAuthSession,
    handles: [key.handle, TPM_RH.NULL],
    parameters: [
      sized(nonceCaller),
      sized(encryptOaep(modulus, 'SECRET', salt, entropy(32))),
      u8(TPM_SE_HMAC),
      u16(TPM_ALG.NULL),
      u16(TPM_ALG.SHA512),
    ],
    responseHandles: 1,
  });
  const nonceTpm = parametersOf('StartAuthSession', response, (reader) => reader.sized('nonceTPM', 64));
  const sessionKey = kdfa(TPM_ALG.SHA512, salt, 'ATH', nonceTpm, nonceCaller, 512);
  salt.fill(0);
  return { handle: response.handle, key: sessionKey, nonceTpm };
}

/**
 * A command whose first handle the session authorises, an object with an empty password; `names` are those of its handles.
 * Throws a TpmGarbled where the response's HMAC is not by the TPM. For one command: the session's next nonce is not kept.
 */
export async function runAuthorized(
  run: Run,
  session: SaltedSession,
  command: Omit<TpmCommand, 'authorizations'>,
  names: readonly Uint8Array[],
  entropy: Entropy,
): Promise<TpmResponse> {
  const { code, name, parameters = [] } = command;
  const nonceCaller = entropy(64);
  const cpHash = sha512(concatBytes(u32(code), ...names, ...parameters)); // §18.7
  const proof = hmac(sha512, session.key, concatBytes(cpHash, nonceCaller, session.nonceTpm, u8(continueSession)));
  const authorizations = [{ session: session.handle, nonceCaller, hmac: proof }];
  const response = await run({ ...command, authorizations });
  const area = unmarshal(response.authorizations, (reader) => ({
    nonceTpm: reader.sized('nonceTPM', 64),
    attributes: reader.u8('sessionAttributes'),
    hmac: reader.sized('hmac', 64),
  }));
  if (!area.ok) throw new TpmGarbled(`TPM2_${name}: ${area.fault}`);
  const rpHash = sha512(concatBytes(u32(0), u32(code), response.parameters)); // §18.8
  const { nonceTpm, attributes } = area.value;
  const expected = hmac(sha512, session.key, concatBytes(rpHash, nonceTpm, nonceCaller, u8(attributes)));
  if (!equalBytes(expected, area.value.hmac)) throw new TpmGarbled(`TPM2_${name}: the response is not by the TPM`);
  return response;
}
