import { concatBytes } from '@noble/hashes/utils.js';
import { TPM_CC, TPM_RH, TPMA_NV } from '../attest/tpm-constants.ts';
import { TPM_RC } from '../attest/tpm-response-code.ts';
import { sized, u16, u32 } from '../attest/tpm-wire.ts';
import { parametersOf, type Run } from './tpm.ts';
import { type Authorization, emptyPassword, TpmError } from './tpm-command.ts';

/* Memory of a TPM that outlives a reset: TPM 2.0 Library, Part 3 §31. */

/** TPMS_NV_PUBLIC, Part 2 §13.5. */
export interface NvPublic {
  readonly nvIndex: number;
  readonly nameAlg: number;
  /** TPMA_NV */
  readonly attributes: number;
  readonly authPolicy: Uint8Array;
  readonly dataSize: number;
}

/** Who authorises: the owner's hierarchy, the index itself, or a policy session. */
export interface NvAccess {
  readonly authHandle: number;
  readonly authorization: Authorization;
}

export const byOwner: NvAccess = { authHandle: TPM_RH.OWNER, authorization: emptyPassword };
export const byIndex = (nvIndex: number): NvAccess => ({ authHandle: nvIndex, authorization: emptyPassword });
export const byPolicy = (nvIndex: number, session: number): NvAccess => ({
  authHandle: nvIndex,
  authorization: { session },
});

/** What every TPM of a PC takes and gives in one piece (TPM_PT_NV_BUFFER_MAX is 512 at least in practice). */
const piece = 512;

/** TPM2_NV_DefineSpace, §31.3, in the owner's hierarchy. */
export async function defineNv(
  run: Run,
  { nvIndex, nameAlg, attributes, authPolicy, dataSize }: NvPublic,
): Promise<void> {
  const area = concatBytes(u32(nvIndex), u16(nameAlg), u32(attributes), sized(authPolicy), u16(dataSize));
  await run({
    name: 'NV_DefineSpace',
    code: TPM_CC.NV_DefineSpace,
    handles: [TPM_RH.OWNER],
    authorizations: [emptyPassword],
    parameters: [sized(new Uint8Array()), sized(area)],
  });
}

/** TPM2_NV_UndefineSpace, §31.4. What was in it is gone. */
export async function undefineNv(run: Run, nvIndex: number): Promise<void> {
  await run({
    name: 'NV_UndefineSpace',
    code: TPM_CC.NV_UndefineSpace,
    handles: [TPM_RH.OWNER, nvIndex],
    authorizations: [emptyPassword],
  });
}

/** TPM2_NV_ReadPublic, §31.6; undefined where there is no such index. */
export async function readNvPublic(run: Run, nvIndex: number): Promise<NvPublic | undefined> {
  try {
    const response = await run({ name: 'NV_ReadPublic', code: TPM_CC.NV_ReadPublic, handles: [nvIndex] });
    return parametersOf('NV_ReadPublic', response, (reader) => {
      reader.u16('nvPublic.size');
      const area = {
        nvIndex: reader.u32('nvIndex'),
        nameAlg: reader.u16('nameAlg'),
        attributes: reader.u32('attributes'),
        authPolicy: reader.sized('authPolicy', 64),
        dataSize: reader.u16('dataSize'),
      };
      reader.sized('nvName', 66);
      return area;
    });
  } catch (error) {
    if (error instanceof TpmError && error.kind === TPM_RC.HANDLE) return undefined;
    throw error;
  }
}

/** The Name of an index, Part 1 §16: it changes when the index is first written, and when it is locked. */
export async function nameOfNv(run: Run, nvIndex: number): Promise<Uint8Array> {
  const response = await run({ name: 'NV_ReadPublic', code: TPM_CC.NV_ReadPublic, handles: [nvIndex] });
  return parametersOf('NV_ReadPublic', response, (reader) => {
    reader.sized('nvPublic', 128);
    return reader.sized('nvName', 66);
  });
}

/** TPM2_NV_Write, §31.7. A policy session authorises one command: `data` is to be of one piece with it. */
export async function writeNv(
  run: Run,
  nvIndex: number,
  { authHandle, authorization }: NvAccess,
  data: Uint8Array,
): Promise<void> {
  for (let offset = 0; offset < data.length; offset += piece) {
    const buffer = sized(data.subarray(offset, offset + piece));
    await run({
      name: 'NV_Write',
      code: TPM_CC.NV_Write,
      handles: [authHandle, nvIndex],
      authorizations: [authorization],
      parameters: [buffer, u16(offset)],
    });
    buffer.fill(0);
  }
}

/** TPM2_NV_Read, §31.13, from the start. */
export async function readNv(
  run: Run,
  nvIndex: number,
  { authHandle, authorization }: NvAccess,
  length: number,
): Promise<Uint8Array> {
  const data = new Uint8Array(length);
  for (let offset = 0; offset < length; offset += piece) {
    const size = Math.min(piece, length - offset);
    const response = await run({
      name: 'NV_Read',
      code: TPM_CC.NV_Read,
      handles: [authHandle, nvIndex],
      authorizations: [authorization],
      parameters: [u16(size), u16(offset)],
    });
    const read = parametersOf('NV_Read', response, (reader) => {
      const bytes = reader.sized('data', size);
      if (bytes.length !== size) reader.refuse(`${bytes.length} bytes of ${size}`);
      return bytes;
    });
    response.parameters.fill(0);
    data.set(read, offset);
    read.fill(0);
  }
  return data;
}

/** TPM2_NV_WriteLock, §31.11: with TPMA_NV_WRITEDEFINE for good. */
export const lockNvWrites = (run: Run, nvIndex: number, access: NvAccess): Promise<void> =>
  lock(run, 'NV_WriteLock', TPM_CC.NV_WriteLock, nvIndex, access);

/** TPM2_NV_ReadLock, §31.14: with TPMA_NV_READ_STCLEAR until the next boot. */
export const lockNvReads = (run: Run, nvIndex: number, access: NvAccess): Promise<void> =>
  lock(run, 'NV_ReadLock', TPM_CC.NV_ReadLock, nvIndex, access);

async function lock(run: Run, name: string, code: number, nvIndex: number, access: NvAccess): Promise<void> {
  const { authHandle, authorization } = access;
  await run({ name, code, handles: [authHandle, nvIndex], authorizations: [authorization] });
}

/** The DER certificate that the maker of a TPM left in an index, without what fills it up; undefined where there is none. */
export async function readNvCertificate(run: Run, nvIndex: number): Promise<Uint8Array | undefined> {
  const area = await readNvPublic(run, nvIndex);
  if (area === undefined || (area.attributes & TPMA_NV.WRITTEN) === 0 || area.dataSize > 8192) return undefined;
  const access = (area.attributes & TPMA_NV.AUTHREAD) !== 0 ? byIndex(nvIndex) : byOwner;
  const data = await readNv(run, nvIndex, access, area.dataSize);
  const [tag, lengths, high = 0, low = 0] = data;
  const length = lengths === 0x82 ? 4 + high * 256 + low : undefined;
  return tag === 0x30 && length !== undefined && length <= data.length ? data.slice(0, length) : undefined;
}
