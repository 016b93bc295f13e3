import { levelNames } from '../attest/ladder.ts';
import { type Level, reaches } from '../attest/levels.ts';
import { decodeRelease } from '../attest/release.ts';
import { decodeVerification, encodeVerification, type Verification } from '../attest/verification.ts';
import { pinnedRoots, type Trust, type Verdict, verify } from '../attest/verify.ts';
import { noRelease } from '../attest/verify-release.ts';
import { ascii } from './ascii-json.ts';
import { Unanswered } from './challenge.ts';
import { Misuse } from './command-words.ts';
import { ProgressLine } from './progress-bar.ts';
import type { Style } from './sequence-diagram.ts';
import { terminalStyle } from './terminal-style.ts';
import { verdictDocument } from './verify-document.ts';
import { keyOf, releaseAt, rootsOf, textOf, writeText } from './verify-files.ts';
import { look } from './verify-look.ts';
import { parseVerifyOptions, type RunOptions, type VerifyOptions } from './verify-options.ts';
import { everyCheck, verifyPicture } from './verify-picture.ts';

const PASSED = 0;
const REFUSED = 1;
const MISUSED = 2;
const UNREACHABLE = 3;
/** Nothing failed, and less was reached than was required: which level. */
const reachedOnly: Readonly<Record<Level, number>> = { none: 10, L1: 11, L2: 12, L3: 13, L4: PASSED };

/** Where it says what it found, line by line. */
export interface VerifyTerminal {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly style: Style;
}

const standard = (): VerifyTerminal => ({
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  style: terminalStyle(process.stdout, process.env),
});

/**
 * `btc-pinata verify`: the exit status is that of its usage text. `newest` is the path of the newest release that came with
 * this program, or undefined where none did: then it is shown who holds the key, and no more.
 */
export async function verifyCommand(
  argv: readonly string[],
  newest: () => Promise<string | undefined>,
  terminal = standard(),
): Promise<number> {
  const options = parseVerifyOptions(argv);
  if ('misuse' in options) {
    terminal.err(`btc-pinata verify: ${options.misuse}\n\`btc-pinata verify --help\` says more.`);
    return MISUSED;
  }
  try {
    return await run(options, newest, terminal);
  } catch (error) {
    terminal.err(`btc-pinata verify: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof Unanswered) return UNREACHABLE;
    return error instanceof Misuse ? MISUSED : REFUSED;
  }
}

async function run(
  options: VerifyOptions,
  newest: () => Promise<string | undefined>,
  terminal: VerifyTerminal,
): Promise<number> {
  const { act, releaseFile, keyFile, required } = options;
  const file = releaseFile ?? (await newest());
  const trust: Trust = {
    key: keyFile === undefined ? undefined : keyOf(keyFile),
    // Also of what somebody saved: a release that came with it is nothing to hold it against.
    release: releaseIn(file),
    pinned: pinnedRoots,
  };
  const verification = act.kind === 'run' ? await seen(act, file) : saved(act.file);
  const verdict = verify(verification, trust);
  if (act.kind === 'run' && act.outFile !== undefined) writeText(act.outFile, encodeVerification(verification));
  show(options, verification, verdict, terminal);
  if (verdict.refused) return REFUSED;
  return reaches(verdict.level, required) ? PASSED : reachedOnly[verdict.level];
}

/** Read before anybody is asked: what is wrong with a file of ours is no fault of a machine. */
function releaseIn(file: string | undefined): string {
  if (file === undefined) return noRelease.text;
  const text = textOf(file);
  const decoded = decodeRelease(text);
  if ('fault' in decoded) throw new Misuse(`${file} is no release: ${decoded.fault}`);
  return text;
}

/** Above a verdict on what somebody saved: what was signed proves itself, and the rest does not. */
export const ofSomebody: readonly string[] = [
  ' From a file: the times, the ports, their pair, the credential and explorers are',
  ' the word of whoever made it, and "we" is that somebody.',
  '',
];

function show(
  { act, output, required }: VerifyOptions,
  verification: Verification,
  verdict: Verdict,
  { out, style }: VerifyTerminal,
): void {
  if (act.kind === 'evidence' && output !== 'json') for (const line of ofSomebody) out(line);
  switch (output) {
    case 'json':
      return out(ascii(JSON.stringify(verdictDocument(verification, verdict, required))));
    case 'every check':
      for (const line of everyCheck(verdict, style)) out(line);
      break;
    case 'screen':
      break;
    default:
      output satisfies never;
  }
  for (const line of verifyPicture(verification, verdict, style)) out(line);
  if (!verdict.refused && !reaches(verdict.level, required))
    out(` ${required} was required, ${levelNames[required]}: it was not reached.`);
}

async function seen(act: RunOptions, releaseFile: string | undefined): Promise<Verification> {
  const given = {
    release: releaseFile === undefined ? noRelease : releaseAt(releaseFile, act.timestampFile),
    rebuilt: act.rebuiltFile === undefined ? undefined : textOf(act.rebuiltFile),
    roots: rootsOf(act.rootFiles),
  };
  const progress = new ProgressLine(process.stderr);
  try {
    return await look(act, given, (share, what) => progress.show(share, what));
  } finally {
    progress.end();
  }
}

function saved(file: string): Verification {
  const decoded = decodeVerification(textOf(file));
  if (decoded.ok) return decoded.value;
  throw new Misuse(`${file} is no saved verification: ${decoded.fault}`);
}
