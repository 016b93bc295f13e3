import { utf8ToBytes } from '@noble/hashes/utils.js';
import { Refusal } from './refusal.ts';

/* The lines of what a piñata releases, as bytes: `name: value`, or `#` and advice for people. */

export const title = 'btc-pinata/payload/v1';
const common = ['wallet', 'network', 'address', 'watch-only', 'wif', 'descriptor'] as const;
const own = {
  classic: ['electrum'],
  vault: ['internal-key', 'leaf', 'control-block', 'refund-height'],
} as const;
export type FieldName = (typeof common)[number] | (typeof own)[keyof typeof own][number];

const known = [...common, ...own.classic, ...own.vault];

/** The lines behind the title. Throws a Refusal for one that is not known, or that is there twice. */
export function fieldsOf(lines: readonly Uint8Array[]): ReadonlyMap<FieldName, Uint8Array> {
  const fields = new Map<FieldName, Uint8Array>();
  for (const [index, line] of lines.entries()) {
    if (line[0] === 0x23) continue; // #, advice for people
    const colon = line.indexOf(0x3a);
    const name = known.find((candidate) => equal(line.subarray(0, Math.max(colon, 0)), utf8ToBytes(candidate)));
    if (name === undefined || line[colon + 1] !== 0x20)
      throw new Refusal(
        `line ${index + 2} of what was released is none that is known here (its text is not shown: it could be a key)`,
      );
    if (fields.has(name)) throw new Refusal(`the line "${name}:" is there twice`);
    fields.set(name, line.subarray(colon + 2));
  }
  return fields;
}

/** Without their ends, of either sort, and blanks around them. */
export function linesOf(text: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf(0x0a, start);
    const end = newline === -1 ? text.length : newline;
    lines.push(trimmed(text.subarray(start, end)));
    start = end + 1;
  }
  return lines;
}

const blank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0d;

function trimmed(line: Uint8Array): Uint8Array {
  let [start, end] = [0, line.length];
  while (start < end && blank(line[start])) start += 1;
  while (end > start && blank(line[end - 1])) end -= 1;
  return line.subarray(start, end);
}

export const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);
