import { p256 } from '@noble/curves/nist.js';
import { equalBytes } from '@noble/curves/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { type Check, Checklist } from './check.ts';
import {
  type ClockInfo,
  type EcdsaSignature,
  type QuoteAttest,
  unmarshalQuote,
  unmarshalSignature,
} from './tpm-attest.ts';
import { TPM_ALG } from './tpm-constants.ts';
import { type BankName, bankNames, isZero, type PcrSelection, type PcrValues, pcrDigest } from './tpm-pcr.ts';
import { attestationKeyTemplate, type EccPublic, marshalPublic, unmarshalPublic } from './tpm-public.ts';

/* A quote of a TPM (TPM 2.0 Library, Part 1 §31, Part 3 §18.4), judged by what the verifier knows of his own. */

/** What the machine gives. */
export interface QuoteEvidence {
  /** TPMS_ATTEST */
  readonly quote: Uint8Array;
  /** TPMT_SIGNATURE */
  readonly signature: Uint8Array;
  /** TPMT_PUBLIC */
  readonly akPublic: Uint8Array;
  /** The values that were quoted. */
  readonly pcrs: Readonly<Partial<Record<BankName, PcrValues>>>;
}

/** What the verifier knows. */
export interface QuoteExpectations {
  /** Of attested-identity.ts, with his nonce in it. */
  readonly identity: Uint8Array;
  /** The values that follow from the release and the configuration; all of them must be quoted. */
  readonly pcrs: readonly ExpectedPcr[];
  /** Of a quote of the same machine that was seen before. */
  readonly earlier?: ClockInfo | undefined;
}

export interface ExpectedPcr {
  readonly bank: BankName;
  readonly pcr: number;
  readonly value: Uint8Array;
}

const table = {
  'attestation-key': {
    proves: 'the key is of the one template: restricted, it signs nothing but what its TPM made itself',
    unproven: 'that it is in a TPM: the credential tells',
  },
  'quote-form': {
    proves: 'what was signed is a TPMS_ATTEST, of type quote, made by a TPM',
    unproven: 'by which one',
  },
  'quote-signature': {
    proves: 'the attestation key signed this quote',
    unproven: 'that the key is in a TPM: the credential tells',
  },
  'quote-nonce': {
    proves: 'the quote was made for this statement, which holds your nonce, the wallet, both authorities and the build',
    unproven: 'that the machine you asked is the one that was quoted: compare the authorities with those on its ports',
  },
  'quote-pcrs': {
    proves: 'the values that are shown are those that were quoted',
    unproven: 'what they mean',
  },
  'expected-pcrs': {
    proves:
      'firmware measured what the release says, the command line and the configuration included, at the last boot',
    unproven: 'what happened in the machine since: a boot is measured, not what runs',
  },
  'quote-boot': {
    proves: 'the machine was not taken back to an earlier boot than the one seen before',
    unproven: 'that there was no boot in between: a count that is higher says that there was',
  },
} as const;

export type QuoteCheckName = keyof typeof table;

export interface JudgedQuote {
  readonly checks: readonly Check<QuoteCheckName>[];
  /** Counts of a quote whose signature holds: to be kept for the next. */
  readonly clockInfo: ClockInfo | undefined;
}

/** Total: nothing in the evidence makes it throw. */
export function verifyQuote(evidence: QuoteEvidence, expected: QuoteExpectations): JudgedQuote {
  const list = new Checklist(table);
  const key = attestationKey(evidence.akPublic);
  list.enter(
    'attestation-key',
    typeof key !== 'string',
    typeof key === 'string' ? key : bytesToHex(sha256(evidence.akPublic)),
  );
  const quote = unmarshalQuote(evidence.quote);
  const signature = unmarshalSignature(evidence.signature);
  list.enter('quote-form', quote.ok, quote.ok ? `firmware ${quote.value.firmwareVersion.toString(16)}` : quote.fault);
  if (!signature.ok) list.enter('quote-signature', false, signature.fault);
  if (!quote.ok || !signature.ok || typeof key === 'string') return { checks: list.list(), clockInfo: undefined };

  const holds = signatureHolds(key, signature.value, evidence.quote);
  list.enter('quote-signature', holds, holds ? 'ECDSA P-256 with SHA-256' : 'it is not by the attestation key');
  if (!holds) return { checks: list.list(), clockInfo: undefined };

  const { extraData, clockInfo } = quote.value;
  const same = equalBytes(extraData, expected.identity);
  list.enter(
    'quote-nonce',
    same,
    same ? bytesToHex(extraData) : `quoted is ${bytesToHex(extraData)}, expected ${bytesToHex(expected.identity)}`,
  );
  const unlike = quotedProblem(quote.value, evidence.pcrs);
  list.enter('quote-pcrs', unlike === undefined, unlike ?? selectionText(quote.value.pcrSelect));
  if (unlike === undefined) {
    const problems = expectedProblems(quote.value.pcrSelect, evidence.pcrs, expected.pcrs);
    list.enter('expected-pcrs', problems.length === 0, problems.join('; ') || selectionOf(expected.pcrs));
  }
  judgeBoot(list, clockInfo, expected.earlier);
  return { checks: list.list(), clockInfo };
}

/** The template with another point, to the octet: a verifier need not think about keys that are almost as good. */
function attestationKey(akPublic: Uint8Array): EccPublic | string {
  const key = unmarshalPublic(akPublic);
  if (!key.ok) return key.fault;
  if (key.value.type !== 'ecc') return 'it is no key of an elliptic curve';
  if (!equalBytes(marshalPublic({ ...attestationKeyTemplate, unique: key.value.unique }), akPublic))
    return `it is not of the template of attestation keys (objectAttributes 0x${key.value.objectAttributes.toString(16)})`;
  return point(key.value) === undefined ? 'it is no point of P-256' : key.value;
}

function point({ unique: { x, y } }: EccPublic): Uint8Array | undefined {
  const padded = [x, y].map((coordinate) => leftPadded(coordinate));
  const [px, py] = padded;
  if (px === undefined || py === undefined) return undefined;
  const bytes = concatBytes(Uint8Array.of(4), px, py);
  return p256.utils.isValidPublicKey(bytes, false) ? bytes : undefined;
}

/** To 32 octets: TPMs leave leading zeros out, or keep them (Part 2 §11.2.5.1). */
function leftPadded(number: Uint8Array): Uint8Array | undefined {
  if (number.length > 32) return undefined;
  const padded = new Uint8Array(32);
  padded.set(number, 32 - number.length);
  return padded;
}

function signatureHolds(
  key: EccPublic,
  { hash, signatureR, signatureS }: EcdsaSignature,
  message: Uint8Array,
): boolean {
  const [publicKey, r, s] = [point(key), leftPadded(signatureR), leftPadded(signatureS)];
  if (hash !== TPM_ALG.SHA256 || publicKey === undefined || r === undefined || s === undefined) return false;
  try {
    return p256.verify(concatBytes(r, s), sha256(message), publicKey, {
      prehash: false,
      lowS: false,
      format: 'compact',
    });
  } catch {
    return false; // numbers outside 1 to n - 1
  }
}

/** The digest is over one bank or over several, one behind the other, in the order of the selection (Part 1 §17.6). */
function quotedProblem({ pcrSelect, pcrDigest: quoted }: QuoteAttest, pcrs: QuoteEvidence['pcrs']): string | undefined {
  const parts: Uint8Array[] = [];
  for (const selection of pcrSelect) {
    const values = pcrs[bankOf(selection) ?? 'sha256'];
    if (bankOf(selection) === undefined || values === undefined)
      return `bank 0x${selection.hash.toString(16)} is quoted, and no values of it are shown`;
    if (values.size !== selection.pcrs.length)
      return `${values.size} values are shown of ${selection.pcrs.length} quoted`;
    for (const pcr of selection.pcrs) {
      const value = values.get(pcr);
      if (value === undefined) return `PCR ${pcr} is quoted, and its value is not shown`;
      parts.push(value);
    }
    if (pcrDigest(TPM_ALG.SHA256, selection, values) === undefined) return 'a value is not of the length of its bank';
  }
  const shown = Object.values(pcrs).filter((values) => values !== undefined).length;
  if (shown !== pcrSelect.length) return `${shown} banks are shown, ${pcrSelect.length} quoted`;
  const digest = sha256(concatBytes(...parts));
  if (equalBytes(digest, quoted)) return undefined;
  return `the values shown have the digest ${bytesToHex(digest)}, quoted is ${bytesToHex(quoted)}`;
}

function expectedProblems(
  selections: readonly PcrSelection[],
  pcrs: QuoteEvidence['pcrs'],
  expected: readonly ExpectedPcr[],
): readonly string[] {
  if (expected.length === 0) return ['no value is known that could be expected'];
  const problems = expected.flatMap(({ bank, pcr, value }) => {
    const actual = pcrs[bank]?.get(pcr);
    if (actual === undefined) return [`${bank} PCR ${pcr} is not quoted`];
    if (equalBytes(actual, value)) return [];
    return [`${bank} PCR ${pcr} is ${bytesToHex(actual)}, expected ${bytesToHex(value)}`];
  });
  // The register of the boot loader: where it is zero nothing was measured, whatever somebody expects.
  const unmeasured = selections.some((selection) => {
    const bank = bankOf(selection);
    const value = bank === undefined ? undefined : pcrs[bank]?.get(4);
    return value === undefined || isZero(value);
  });
  return unmeasured ? [...problems, 'PCR 4 is zero or not quoted: the firmware measured nothing'] : problems;
}

/** A reset count that is lower than before is that of another TPM, or of a state that was copied and put back. */
function judgeBoot(list: Checklist<QuoteCheckName>, now: ClockInfo, earlier: ClockInfo | undefined): void {
  const shown = `boot ${now.resetCount}, resumed ${now.restartCount} times, ${now.clock} ms`;
  if (earlier === undefined) return list.unchecked('quote-boot', `${shown}; nothing earlier to compare with`);
  const before = `; before: boot ${earlier.resetCount}, resumed ${earlier.restartCount} times, ${earlier.clock} ms`;
  const forward =
    now.resetCount > earlier.resetCount ||
    (now.resetCount === earlier.resetCount && now.restartCount >= earlier.restartCount && now.clock >= earlier.clock);
  list.enter('quote-boot', forward, shown + before);
}

function bankOf({ hash }: PcrSelection): BankName | undefined {
  if (hash === bankNames.sha256) return 'sha256';
  return hash === bankNames.sha384 ? 'sha384' : undefined;
}

const selectionText = (selections: readonly PcrSelection[]): string =>
  selections.map((selection) => `${bankOf(selection)} PCR ${selection.pcrs.join(', ')}`).join('; ');

const selectionOf = (expected: readonly ExpectedPcr[]): string =>
  expected.map(({ bank, pcr }) => `${bank} PCR ${pcr}`).join(', ');
