import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import type { Result } from '../x509/index.ts';
import { decodeCanonical, Malformed } from './json-fields.ts';
import type { QuoteEvidence } from './quote.ts';
import { type BankName, bankNames, type PcrValues } from './tpm-pcr.ts';

/*
 * The document of evidence (docs/attestation.md), as JSON: what hardware says about the machine that made a statement. It
 * stands beside the proof, which names it by the hash of the statement. What is read here came from anybody.
 */

export const evidenceFormat = 'btc-pinata/evidence/v1';

export interface TpmEvidence extends QuoteEvidence {
  /** DER of the certificate of the endorsement key; some TPMs have none. */
  readonly ekCertificate: Uint8Array | undefined;
  /** Of the firmware, crypto-agile; only where the kernel shows it. */
  readonly eventLog: Uint8Array | undefined;
}

export interface Evidence {
  /** Which statement it is about. */
  readonly statementSha256: Uint8Array;
  /** The canonical text that was measured into PCR 8, as ASCII (machine-configuration.ts); of a machine that measures one. */
  readonly configuration: string | undefined;
  readonly tpm: TpmEvidence | undefined;
  /** The COSE_Sign1 document of AWS. */
  readonly nitroTpm: Uint8Array | undefined;
}

export const statementName = (statement: string): Uint8Array => sha256(utf8ToBytes(statement));

/** An event log that is longer is left out by the machine: it is in each document. */
export const longestShownLog = 65_536;

/** Of the whole text: an event log of 256 KiB in base64, and what goes with it. */
export const longestEvidence = 524_288;

/** As JSON text. */
export function encodeEvidence({ statementSha256, configuration, tpm, nitroTpm }: Evidence): string {
  const document = {
    format: evidenceFormat,
    statementSha256: bytesToHex(statementSha256),
    configuration: configuration ?? null,
    tpm: tpm === undefined ? null : tpmDocument(tpm),
    nitroTpm: optionalBase64(nitroTpm),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

const tpmDocument = ({ quote, signature, akPublic, ekCertificate, eventLog, pcrs }: TpmEvidence) => ({
  quote: base64.encode(quote),
  signature: base64.encode(signature),
  akPublic: base64.encode(akPublic),
  ekCertificate: optionalBase64(ekCertificate),
  eventLog: optionalBase64(eventLog),
  pcrs: Object.fromEntries(
    Object.entries(pcrs).map(([bank, values]) => [
      bank,
      Object.fromEntries([...values].map(([pcr, value]) => [String(pcr), bytesToHex(value)])),
    ]),
  ),
});

const optionalBase64 = (bytes: Uint8Array | undefined): string | null =>
  bytes === undefined ? null : base64.encode(bytes);

/** Of JSON text, to the byte as `encodeEvidence` writes it. */
export const decodeEvidence = (text: string): Result<Evidence, string> =>
  decodeCanonical(text, {
    longest: longestEvidence,
    read: readEvidence,
    encode: encodeEvidence,
    otherwiseWritten: 'it is not written as evidence is (canonical form)',
  });

function readEvidence(value: unknown): Evidence {
  const fields = entries(value, 'it');
  const format = fields.get('format');
  if (format !== evidenceFormat)
    throw new Malformed(`its format is ${quoted(format)}; known is ${quoted(evidenceFormat)}`);
  expectKeys(fields, ['format', 'statementSha256', 'configuration', 'tpm', 'nitroTpm'], 'it');
  const tpm = fields.get('tpm');
  return {
    statementSha256: hex(fields.get('statementSha256'), 32, 'statementSha256'),
    configuration: optional(fields.get('configuration'), readConfiguration),
    tpm: optional(tpm, readTpm),
    nitroTpm: optional(fields.get('nitroTpm'), (given) => bytes(given, 65_536, 'nitroTpm')),
  };
}

function readTpm(value: unknown): TpmEvidence {
  const fields = entries(value, 'tpm');
  expectKeys(fields, ['quote', 'signature', 'akPublic', 'ekCertificate', 'eventLog', 'pcrs'], 'tpm');
  return {
    quote: bytes(fields.get('quote'), 1_024, 'quote'),
    signature: bytes(fields.get('signature'), 1_024, 'signature'),
    akPublic: bytes(fields.get('akPublic'), 1_024, 'akPublic'),
    ekCertificate: optional(fields.get('ekCertificate'), (given) => bytes(given, 16_384, 'ekCertificate')),
    eventLog: optional(fields.get('eventLog'), (given) => bytes(given, 262_144, 'eventLog')),
    pcrs: readPcrs(fields.get('pcrs')),
  };
}

/** ASCII, printable but for LF, with which the canonical text ends. */
function readConfiguration(value: unknown): string {
  if (typeof value !== 'string' || !/^[ -~\n]{1,4096}$/.test(value))
    throw new Malformed('configuration is not 1 to 4096 characters of ASCII');
  return value;
}

const digestLengths: Readonly<Record<BankName, number>> = { sha256: 32, sha384: 48 };

const isBank = (name: string): name is BankName => Object.hasOwn(bankNames, name);

function readPcrs(value: unknown): TpmEvidence['pcrs'] {
  const banks: Partial<Record<BankName, PcrValues>> = {};
  for (const [bank, given] of entries(value, 'pcrs')) {
    if (!isBank(bank)) throw new Malformed(`pcrs has a bank ${quoted(bank)}; known are sha256 and sha384`);
    const values = new Map<number, Uint8Array>();
    for (const [pcr, digest] of entries(given, `pcrs.${bank}`)) {
      if (!/^(?:[0-9]|1[0-9]|2[0-3])$/.test(pcr)) throw new Malformed(`${quoted(pcr)} is no number of a register`);
      values.set(Number(pcr), hex(digest, digestLengths[bank], `PCR ${pcr}`));
    }
    banks[bank] = values;
  }
  return banks;
}

const optional = <T>(value: unknown, read: (given: unknown) => T): T | undefined =>
  value === null ? undefined : read(value);

function hex(value: unknown, length: number, name: string): Uint8Array {
  if (typeof value !== 'string' || value.length !== 2 * length || !/^[0-9a-f]+$/.test(value))
    throw new Malformed(`${name} is not ${2 * length} lower-case hex digits`);
  return hexToBytes(value);
}

/** Base64 with padding, RFC 4648 §4; a value has one spelling. */
function bytes(value: unknown, most: number, name: string): Uint8Array {
  if (typeof value !== 'string' || value.length > Math.ceil(most / 3) * 4)
    throw new Malformed(`${name} is no base64 of at most ${most} bytes`);
  try {
    return base64.decode(value);
  } catch {
    throw new Malformed(`${name} is no base64`);
  }
}

function entries(value: unknown, name: string): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Malformed(`${name} is no object`);
  return new Map(Object.entries(value));
}

function expectKeys(fields: ReadonlyMap<string, unknown>, wanted: readonly string[], name: string): void {
  const missing = wanted.find((key) => !fields.has(key));
  if (missing !== undefined) throw new Malformed(`${name} has no field ${quoted(missing)}`);
  const stray = [...fields.keys()].find((key) => !wanted.includes(key));
  if (stray !== undefined) throw new Malformed(`${name} has a field ${quoted(stray)}, which the format does not have`);
}

/** What is quoted of a stranger's document: short, and no control sign as it is. */
const quoted = (value: unknown): string => (JSON.stringify(value) ?? 'missing').slice(0, 80).replace(/[^ -~]/g, '?');
