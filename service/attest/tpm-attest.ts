import { concatBytes } from '@noble/hashes/utils.js';
import type { Result } from '../x509/index.ts';
import { type HashAlgorithm, TPM_ALG, TPM_GENERATED_VALUE, TPM_ST } from './tpm-constants.ts';
import { marshalSelection, type PcrSelection, readSelection } from './tpm-pcr.ts';
import { hashAlgorithm } from './tpm-public.ts';
import { sized, type TpmReader, u8, u16, u32, u64, unmarshal } from './tpm-wire.ts';

/** TPMS_CLOCK_INFO, TPM 2.0 Library, Part 2 §10.11.1. */
export interface ClockInfo {
  /** Milliseconds that the TPM was powered. */
  readonly clock: bigint;
  /** How many times it was reset: the boots of the machine. */
  readonly resetCount: number;
  /** How many times it was resumed since then. */
  readonly restartCount: number;
  /** No value of `clock` was reported that is greater. */
  readonly safe: boolean;
}

/** TPMS_ATTEST, §10.12.8, of the one type that is read here, TPM_ST_ATTEST_QUOTE. */
export interface QuoteAttest {
  /** The Name of the key with those of its parents (Part 1 §16). */
  readonly qualifiedSigner: Uint8Array;
  /** What the caller gave: the nonce. */
  readonly extraData: Uint8Array;
  readonly clockInfo: ClockInfo;
  readonly firmwareVersion: bigint;
  readonly pcrSelect: readonly PcrSelection[];
  readonly pcrDigest: Uint8Array;
}

export const unmarshalQuote = (bytes: Uint8Array): Result<QuoteAttest, string> => unmarshal(bytes, readQuote);

function readQuote(reader: TpmReader): QuoteAttest {
  const magic = reader.u32('magic');
  if (magic !== TPM_GENERATED_VALUE) reader.refuse(`magic 0x${magic.toString(16)}: no TPM made this`);
  const type = reader.u16('type');
  if (type !== TPM_ST.ATTEST_QUOTE) reader.refuse(`type 0x${type.toString(16)} is no quote`);
  return {
    qualifiedSigner: reader.sized('qualifiedSigner', 66),
    extraData: reader.sized('extraData', 64),
    clockInfo: {
      clock: reader.u64('clock'),
      resetCount: reader.u32('resetCount'),
      restartCount: reader.u32('restartCount'),
      safe: reader.yesNo('safe'),
    },
    firmwareVersion: reader.u64('firmwareVersion'),
    pcrSelect: readSelection(reader),
    pcrDigest: reader.sized('pcrDigest', 64),
  };
}

export function marshalQuote(quote: QuoteAttest): Uint8Array {
  const { clockInfo } = quote;
  return concatBytes(
    u32(TPM_GENERATED_VALUE),
    u16(TPM_ST.ATTEST_QUOTE),
    sized(quote.qualifiedSigner),
    sized(quote.extraData),
    u64(clockInfo.clock),
    u32(clockInfo.resetCount),
    u32(clockInfo.restartCount),
    u8(clockInfo.safe ? 1 : 0),
    u64(quote.firmwareVersion),
    marshalSelection(quote.pcrSelect),
    sized(quote.pcrDigest),
  );
}

/** TPMT_SIGNATURE, §11.3.4, of ECDSA: the numbers as the TPM gives them, without leading zeros or with them. */
export interface EcdsaSignature {
  readonly hash: HashAlgorithm;
  readonly signatureR: Uint8Array;
  readonly signatureS: Uint8Array;
}

export const unmarshalSignature = (bytes: Uint8Array): Result<EcdsaSignature, string> =>
  unmarshal(bytes, readSignature);

export function readSignature(reader: TpmReader): EcdsaSignature {
  const algorithm = reader.u16('sigAlg');
  if (algorithm !== TPM_ALG.ECDSA) reader.refuse(`sigAlg 0x${algorithm.toString(16)} is not ECDSA`);
  return {
    hash: hashAlgorithm(reader, 'hash'),
    signatureR: reader.sized('signatureR', 66),
    signatureS: reader.sized('signatureS', 66),
  };
}

export const marshalSignature = ({ hash, signatureR, signatureS }: EcdsaSignature): Uint8Array =>
  concatBytes(u16(TPM_ALG.ECDSA), u16(hash), sized(signatureR), sized(signatureS));
