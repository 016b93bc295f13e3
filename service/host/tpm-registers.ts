import { concatBytes } from '@noble/hashes/utils.js';
import { type HashAlgorithm, hashes, TPM_CC } from '../attest/tpm-constants.ts';
import { marshalSelection, type PcrSelection, type PcrValues, readSelection } from '../attest/tpm-pcr.ts';
import { u16, u32 } from '../attest/tpm-wire.ts';
import { parametersOf, type Run } from './tpm.ts';
import { emptyPassword, TpmGarbled } from './tpm-command.ts';

/* The platform configuration registers of a TPM: TPM 2.0 Library, Part 3 §22. */

/** TPM2_PCR_Read, §22.4: eight values a command at most, so that it is asked until all are there. */
export async function readPcrs(run: Run, { hash, pcrs }: PcrSelection): Promise<PcrValues> {
  const values = new Map<number, Uint8Array>();
  while (values.size < pcrs.length) {
    const missing = pcrs.filter((pcr) => !values.has(pcr));
    const response = await run({
      name: 'PCR_Read',
      code: TPM_CC.PCR_Read,
      parameters: [marshalSelection([{ hash, pcrs: missing }])],
    });
    const read = parametersOf('PCR_Read', response, (reader) => {
      reader.u32('pcrUpdateCounter');
      const given = readSelection(reader).flatMap((selection) => (selection.hash === hash ? selection.pcrs : []));
      const count = reader.u32('pcrValues.count');
      if (count !== given.length) reader.refuse(`${count} values for ${given.length} registers`);
      return given.map((pcr): [number, Uint8Array] => [pcr, reader.sized(`PCR ${pcr}`, 64)]);
    });
    if (read.length === 0)
      throw new TpmGarbled(`the TPM has no bank 0x${hash.toString(16)} of PCR ${missing.join(', ')}`);
    for (const [pcr, value] of read) values.set(pcr, value);
  }
  return values;
}

/** TPM2_PCR_Extend, §22.2: SHA-256 and SHA-384 at once, each with the digest of `data` by that hash. */
export async function extendPcr(
  run: Run,
  pcr: number,
  data: Uint8Array,
  banks: readonly HashAlgorithm[],
): Promise<void> {
  const digests = banks.map((bank) => concatBytes(u16(bank), hashes[bank](data)));
  await run({
    name: 'PCR_Extend',
    code: TPM_CC.PCR_Extend,
    handles: [pcr],
    authorizations: [emptyPassword],
    parameters: [u32(digests.length), ...digests],
  });
}
