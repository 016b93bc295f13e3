import { readFileSync } from 'node:fs';
import { hexToBytes } from '@noble/hashes/utils.js';

/* Reads the text of draft-ietf-tls-tls13-vectors (RFC 8448): traces of steps, each with its labelled octet strings. */

export type Role = 'client' | 'server';

export interface Step {
  readonly role: Role;
  /** Without the colon and without what follows in brackets: `derive secret "tls13 c hs traffic"`. */
  readonly title: string;
  readonly values: ReadonlyMap<string, Uint8Array>;
}

export interface Trace {
  readonly section: number;
  readonly title: string;
  readonly steps: readonly Step[];
  /** Octet strings outside any step: the RSA key of §2. */
  readonly values: ReadonlyMap<string, Uint8Array>;
}

const furniture = /^(\s*|\f|Thomson .*\[Page \d+\]|Internet-Draft .* September 2018)$/;
const heading = /^(\d+)\. {2}(\S.*)$/;
const stepStart = /^ {3}\{(client|server)\} {2}(.*)$/;
const stepValue = /^ {6}([A-Za-z][\w ]*?)(?: \((\d+) octets?\))?: {2}(.*)$/;
const sectionValue = /^ {3}(\w[\w ]*?)(?: \(public\))?: {2}((?:[0-9a-f]{2} ?)+)$/;
const continuation = /^ +((?:[0-9a-f]{2} ?)+)$/;

export function readTraces(path: string): readonly Trace[] {
  const lines = readFileSync(path, 'latin1')
    .split('\n')
    .filter((line) => !furniture.test(line));
  const traces: Trace[] = [];
  let at = 0;
  while (at < lines.length) {
    const [, number, title] = heading.exec(lines[at] ?? '') ?? [];
    at++;
    if (number === undefined || title === undefined) continue;
    const end = lines.findIndex((line, index) => index >= at && heading.test(line));
    const { steps, values } = readSection(lines.slice(at, end === -1 ? lines.length : end));
    if (steps.length > 0 || values.size > 0) traces.push({ section: Number(number), title, steps, values });
  }
  return traces;
}

function readSection(lines: readonly string[]): Omit<Trace, 'section' | 'title'> {
  const values = new Map<string, Uint8Array>();
  const steps: (Step & { readonly values: Map<string, Uint8Array> })[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const [, role, start] = stepStart.exec(line) ?? [];
    if (role !== undefined && start !== undefined) {
      let title = start;
      while (count(title, '(') > count(title, ')')) title += ` ${(lines[++at] ?? '').trim()}`;
      steps.push({ role: role === 'client' ? 'client' : 'server', title: bare(title), values: new Map() });
      continue;
    }
    const step = steps.at(-1);
    const [, label, length, first] = (step === undefined ? undefined : stepValue.exec(line)) ?? [];
    const [, sectionLabel, sectionFirst] = (step === undefined ? sectionValue.exec(line) : undefined) ?? [];
    const name = label ?? sectionLabel;
    if (name === undefined) continue;
    let hex = first ?? sectionFirst ?? '';
    while (continuation.test(lines[at + 1] ?? '')) hex += ` ${(lines[++at] ?? '').trim()}`;
    const bytes = octets(hex, length);
    (step?.values ?? values).set(name, bytes);
  }
  return { steps, values };
}

/** `(empty)` has none, and `0 (all zero octets)` stands for as many zeros as are wanted: here none. */
function octets(text: string, length: string | undefined): Uint8Array {
  const bytes = /^\(empty\)$|^0 \(all zero octets\)$/.test(text)
    ? new Uint8Array(0)
    : hexToBytes(text.replaceAll(' ', ''));
  if (length !== undefined && bytes.length !== Number(length)) {
    throw new Error(`${length} octets were announced and ${bytes.length} read: ${text.slice(0, 40)}`);
  }
  return bytes;
}

const count = (text: string, character: string): number => text.split(character).length - 1;

const bare = (title: string): string =>
  title
    .replace(/ \(same as .*\)$/, '')
    .replace(/:$/, '')
    .trim();
