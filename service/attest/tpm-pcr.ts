import { concatBytes } from '@noble/hashes/utils.js';
import { type HashAlgorithm, hashes, TPM_ALG } from './tpm-constants.ts';
import { hashAlgorithm } from './tpm-public.ts';
import { type TpmReader, u8, u16, u32 } from './tpm-wire.ts';

/* Platform configuration registers: which, their values, and the digests over them (TPM 2.0 Library, Part 1 §17). */

/** TPMS_PCR_SELECTION, Part 2 §10.6.2: one bank, and numbers that ascend, from 0 to 23. */
export interface PcrSelection {
  readonly hash: HashAlgorithm;
  readonly pcrs: readonly number[];
}

/** Number -> value, of one bank. */
export type PcrValues = ReadonlyMap<number, Uint8Array>;

export const bankNames = { sha256: TPM_ALG.SHA256, sha384: TPM_ALG.SHA384 } as const;
export type BankName = keyof typeof bankNames;

/** TPML_PCR_SELECTION, §10.9.7, with three octets a bank, as every PC has them. */
export const marshalSelection = (selections: readonly PcrSelection[]): Uint8Array =>
  concatBytes(u32(selections.length), ...selections.map(marshalBank));

function marshalBank({ hash, pcrs }: PcrSelection): Uint8Array {
  const select = new Uint8Array(3);
  for (const pcr of pcrs) select[pcr >> 3] = (select[pcr >> 3] ?? 0) | (1 << (pcr & 7));
  return concatBytes(u16(hash), u8(select.length), select);
}

export function readSelection(reader: TpmReader): readonly PcrSelection[] {
  const count = reader.u32('pcrSelect.count');
  if (count > 8) reader.refuse(`${count} banks are selected, at most 8 are read`);
  const selections: PcrSelection[] = [];
  for (let i = 0; i < count; i++) {
    const hash = hashAlgorithm(reader, 'pcrSelect.hash');
    const size = reader.u8('sizeofSelect');
    if (size !== 3) reader.refuse(`sizeofSelect is ${size}, not 3`);
    const select = reader.take(size, 'pcrSelect');
    selections.push({
      hash,
      pcrs: [...Array(24).keys()].filter((pcr) => ((select[pcr >> 3] ?? 0) & (1 << (pcr & 7))) !== 0),
    });
  }
  return selections;
}

/**
 * The pcrDigest of a quote and of PolicyPCR: over the values in the order of the selection, by `hash`, which is that of the
 * key's scheme or of the session (Part 1 §17.6). Undefined if a value is missing or is not of the bank's length.
 */
export function pcrDigest(
  hash: HashAlgorithm,
  { hash: bank, pcrs }: PcrSelection,
  values: PcrValues,
): Uint8Array | undefined {
  const selected: Uint8Array[] = [];
  for (const pcr of pcrs) {
    const value = values.get(pcr);
    if (value?.length !== hashes[bank].outputLen) return undefined;
    selected.push(value);
  }
  return hashes[hash](concatBytes(...selected));
}

/** PCR_Extend, Part 1 §17.4: the new value is the digest of the old one and what comes in. */
export const extended = (bank: HashAlgorithm, value: Uint8Array, digest: Uint8Array): Uint8Array =>
  hashes[bank](concatBytes(value, digest));

export const isZero = (value: Uint8Array): boolean => value.every((octet) => octet === 0);
