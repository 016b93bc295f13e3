import { hexToBytes } from '@noble/hashes/utils.js';

/*
 * release.json: what a release was made of and what came of it. All that a verifier takes for granted is in this file, so it is
 * read strictly, and its own hash and signature are what one compares elsewhere.
 */

export const releaseFormat = 'btc-pinata/release/v1';

export interface Release {
  readonly format: typeof releaseFormat;
  /** Of package.json. */
  readonly version: string;
  /** Of git: 40 hex digits. */
  readonly commit: string;
  /** By name, in alphabetical order. */
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
  /** What a machine reports that booted one of the outputs, by its name. */
  readonly measurements: readonly Measurement[];
}

export interface Input {
  readonly name: string;
  /** Where the input has one. */
  readonly version?: string;
  /** Hex. */
  readonly sha256: string;
}

export interface Output {
  /** The file's, without a folder. */
  readonly name: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export const registers = ['4', '7', '9', '11', '12'] as const;
export type Register = (typeof registers)[number];
export type Bank = 'sha256' | 'sha384';
export type Pcrs = Readonly<Record<Bank, Readonly<Record<Register, string>>>>;

export interface Measurement {
  /** Of an output. */
  readonly output: string;
  /** Hex. */
  readonly pcrs: Pcrs;
}

export interface NoRelease {
  readonly fault: string;
}

/** Longer than any: what is longer is not looked at. */
const longest = 256 * 1024;

/** As it is written: the same release has the same bytes. */
export const encodeRelease = (release: Release): string => `${JSON.stringify(release, undefined, 2)}\n`;

/** Of JSON text. Total; a field that the format does not have, or a list out of order, makes it none. */
export function decodeRelease(text: string): Release | NoRelease {
  if (text.length > longest) return { fault: `it is longer than ${longest} characters` };
  const value = parsed(text);
  if (value === undefined) return { fault: 'it is no JSON' };
  const release = read(value);
  if (release === undefined) return { fault: `it is not in the format ${releaseFormat}` };
  // What was read and written again is the same, so nothing was in it that was not looked at.
  return encodeRelease(release) === text ? release : { fault: 'it is not written as a release is (canonical form)' };
}

/** The expected values of one output; undefined where nothing measures it. */
export const pcrsOf = ({ measurements }: Release, output: string): Pcrs | undefined =>
  measurements.find((measurement) => measurement.output === output)?.pcrs;

/** The output that a running program says it is, by its SHA-256 in hex. */
export const outputOf = ({ outputs }: Release, sha256: string): Output | undefined =>
  outputs.find((output) => output.sha256 === sha256);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function read(value: unknown): Release | undefined {
  const fields = entries(value);
  if (fields?.get('format') !== releaseFormat) return undefined;
  const version = matching(fields.get('version'), /^[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?$/);
  const commit = matching(fields.get('commit'), /^[0-9a-f]{40}$/);
  const inputs = list(fields.get('inputs'), input);
  const outputs = list(fields.get('outputs'), output);
  const measurements = list(fields.get('measurements'), measurement);
  if (!version || !commit || !inputs || !outputs || !measurements || outputs.length === 0) return undefined;
  const named = [inputs, outputs].every((all) => inOrder(all.map(({ name }) => name)));
  const known = new Set(outputs.map(({ name }) => name));
  if (!named || !measurements.every((of) => known.has(of.output))) return undefined;
  return { format: releaseFormat, version, commit, inputs, outputs, measurements };
}

function input(value: unknown): Input | undefined {
  const fields = entries(value);
  const name = matching(fields?.get('name'), words);
  const sha256 = hexOf(fields?.get('sha256'), 32);
  const given = fields?.get('version');
  if (name === undefined || sha256 === undefined) return undefined;
  if (given === undefined) return { name, sha256 };
  const version = matching(given, words);
  return version === undefined ? undefined : { name, version, sha256 };
}

function output(value: unknown): Output | undefined {
  const fields = entries(value);
  const name = matching(fields?.get('name'), /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/);
  const sha256 = hexOf(fields?.get('sha256'), 32);
  const bytes = fields?.get('bytes');
  if (name === undefined || sha256 === undefined || typeof bytes !== 'number' || !Number.isSafeInteger(bytes)) return;
  return { name, bytes, sha256 };
}

function measurement(value: unknown): Measurement | undefined {
  const fields = entries(value);
  const of = fields?.get('output');
  const banks = entries(fields?.get('pcrs'));
  const sha256 = bank(banks?.get('sha256'), 32);
  const sha384 = bank(banks?.get('sha384'), 48);
  if (typeof of !== 'string' || sha256 === undefined || sha384 === undefined) return undefined;
  return { output: of, pcrs: { sha256, sha384 } };
}

function bank(value: unknown, length: number): Readonly<Record<Register, string>> | undefined {
  const fields = entries(value);
  const [p4, p7, p9, p11, p12] = registers.map((register) => hexOf(fields?.get(register), length));
  if (!p4 || !p7 || !p9 || !p11 || !p12) return undefined;
  return { '4': p4, '7': p7, '9': p9, '11': p11, '12': p12 };
}

/** Of a package or a file: printable, and short enough for a line. */
const words = /^[\x21-\x7e][\x20-\x7e]{0,119}$/;

function list<Item>(value: unknown, item: (value: unknown) => Item | undefined): readonly Item[] | undefined {
  if (!Array.isArray(value) || value.length > 1000) return undefined;
  const items = value.flatMap((one) => item(one) ?? []);
  return items.length === value.length ? items : undefined;
}

/** Each once, in alphabetical order. */
const inOrder = (names: readonly string[]): boolean =>
  names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name);

const matching = (value: unknown, pattern: RegExp): string | undefined =>
  typeof value === 'string' && pattern.test(value) ? value : undefined;

const hexOf = (value: unknown, length: number): string | undefined => {
  const text = matching(value, /^(?:[0-9a-f]{2})+$/);
  return text !== undefined && hexToBytes(text).length === length ? text : undefined;
};

const entries = (value: unknown): ReadonlyMap<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : undefined;
