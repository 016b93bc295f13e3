import { readFileSync, writeFileSync } from 'node:fs';
import { type Expectations, type ProofCheck, verifyProof } from '../attest/index.ts';
import { decodeStatement } from '../bitcoin/index.ts';
import { ascii } from './ascii-json.ts';
import { challenge, Unanswered } from './challenge.ts';
import { type ChallengeOptions, parseChallengeOptions } from './challenge-options.ts';
import { challengePicture } from './challenge-picture.ts';
import { type ChallengeRecord, readSaved, type Saved, savedOf } from './challenge-record.ts';
import { Misuse } from './command-words.ts';
import type { Style } from './sequence-diagram.ts';
import { terminalStyle } from './terminal-style.ts';

const PASSED = 0;
const FAILED = 1;
const MISUSED = 2;
const UNREACHABLE = 3;

/** Where it says what it found, line by line. */
export interface ChallengeTerminal {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly style: Style;
}

const standard = (): ChallengeTerminal => ({
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  style: terminalStyle(process.stdout, process.env),
});

/** `btc-pinata challenge`: the exit status is that of its usage text. */
export async function challengeCommand(argv: readonly string[], terminal = standard()): Promise<number> {
  const options = parseChallengeOptions(argv);
  if ('misuse' in options) {
    terminal.err(`btc-pinata challenge: ${options.misuse}\n\`btc-pinata challenge --help\` says more.`);
    return MISUSED;
  }
  try {
    return await check(options, terminal);
  } catch (error) {
    terminal.err(`btc-pinata challenge: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof Misuse) return MISUSED;
    return error instanceof Unanswered ? UNREACHABLE : FAILED;
  }
}

async function check(
  { act, build, earlierFile, json }: ChallengeOptions,
  terminal: ChallengeTerminal,
): Promise<number> {
  const earlier = earlierFile === undefined ? undefined : earlierOf(earlierFile);
  const { document, expected, record } = act.kind === 'verify' ? read(act.file) : await asked(act);
  const checks = verifyProof(document, { ...expected, build, earlier });
  if (act.kind === 'ask' && act.outFile !== undefined) write(act.outFile, `${JSON.stringify(record, undefined, 2)}\n`);
  if (json) terminal.out(ascii(JSON.stringify({ passed: passed(checks), checks, record: record ?? null })));
  else print(checks, document.statement, terminal);
  if (act.kind === 'verify' && !json && expected.asked !== undefined) {
    terminal.out(`What the ports showed, and when, is the word of whoever made ${JSON.stringify(act.file)}.`);
  }
  return passed(checks) ? PASSED : FAILED;
}

const passed = (checks: readonly ProofCheck[]): boolean => checks.every(({ outcome }) => outcome !== 'fail');

interface Checked extends Saved {
  readonly record: ChallengeRecord | undefined;
}

async function asked(act: Extract<ChallengeOptions['act'], { kind: 'ask' }>): Promise<Checked> {
  const { record, challenge: bytes } = await challenge(act);
  const { document, expected } = savedOf(record);
  return { document, expected: { ...expected, challenge: bytes }, record };
}

function print(checks: readonly ProofCheck[], statement: string, { out, style }: ChallengeTerminal): void {
  for (const line of challengePicture(checks, decodeStatement(statement)?.fields, style)) out(line);
}

function earlierOf(file: string): Expectations['earlier'] {
  const fields = decodeStatement(read(file).document.statement)?.fields;
  if (fields === undefined) throw new Misuse(`${file}: what it says was signed is no statement`);
  return fields;
}

function read(file: string): Checked {
  const saved = readSaved(textOf(file));
  if ('fault' in saved) throw new Misuse(`${file} is no proof: ${saved.fault}`);
  return { ...saved, record: undefined };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Misuse(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new Misuse(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
