import { decodeNitroResponse, encodeNitroRequest } from '../attest/nitro-document.ts';
import { TPM_ALG, TPM_CC, TPMA_NV } from '../attest/tpm-constants.ts';
import { TPM_RC } from '../attest/tpm-response-code.ts';
import { flush, type Run, type Tpm } from './tpm.ts';
import { TpmError, TpmGarbled } from './tpm-command.ts';
import { type Entropy, runAuthorized, startSaltedSession } from './tpm-hmac-session.ts';
import type { LoadedKey } from './tpm-keys.ts';
import { byIndex, defineNv, nameOfNv, readNv, readNvPublic, undefineNv, writeNv } from './tpm-nv.ts';

/*
 * The attestation document of NitroTPM, asked for as aws/NitroTPM-Tools does: a request in CBOR is written to an NV index,
 * a vendor command exchanges it for the answer, and that is read from the same place. The command is authorised by an HMAC
 * session with SHA-512, salted to the endorsement key.
 */

export interface NitroRequest {
  readonly userData: Uint8Array;
  readonly nonce: Uint8Array;
  readonly entropy: Entropy;
  readonly endorsementKey: LoadedKey;
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
      await attest(run, request.endorsementKey, request.entropy);
      const answer = await readNv(run, nitroIndex, byIndex(nitroIndex), size);
      const document = decodeNitroResponse(answer);
      if (!document.ok) throw new TpmGarbled(`NitroTPM: ${document.fault}`);
      return document.value;
    } finally {
      await undefineNv(run, nitroIndex);
    }
  });
}

async function attest(run: Run, key: LoadedKey, entropy: Entropy): Promise<void> {
  const session = await startSaltedSession(run, key, entropy);
  try {
    const name = await nameOfNv(run, nitroIndex);
    const command = { name: 'NitroTPM attestation', code: TPM_CC.NITRO_Attest, handles: [nitroIndex, nitroIndex] };
    await runAuthorized(run, session, command, [name, name], entropy);
  } finally {
    await flush(run, session.handle);
    session.key.fill(0);
  }
}

/** True of what a TPM answers that does not know the vendor command. */
export const isNoNitroTpm = (error: unknown): boolean =>
  error instanceof TpmError && error.code === TPM_RC.COMMAND_CODE;
