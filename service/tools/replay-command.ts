import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { failureTable } from '../trace/index.ts';
import { replayCapture } from './capture-command.ts';
import { Misuse } from './command-words.ts';
import { isCapture } from './pcap-read.ts';
import { ProgressLine } from './progress-bar.ts';
import type { Replay } from './replay.ts';
import { type FileLine, replayFile } from './replay-file.ts';
import { parseReplayOptions, type ReplayOptions } from './replay-options.ts';
import { marks, stepWords } from './replay-words.ts';
import { printable } from './sequence-diagram.ts';

const MISUSED = 2;

/** `btc-pinata trace replay`: the exit status is that of its usage text. */
export async function replayCommand(argv: readonly string[]): Promise<number> {
  const options = parseReplayOptions(argv);
  if ('misuse' in options) {
    console.error(`btc-pinata trace replay: ${options.misuse}\n\`btc-pinata trace replay --help\` says more.`);
    return MISUSED;
  }
  try {
    if (beginsAsCapture(options.file)) return replayCapture(readFileSync(options.file), options);
    return await replayTraces(options);
  } catch (error) {
    if (error instanceof Misuse) {
      console.error(`btc-pinata trace replay: ${error.message}`);
      return MISUSED;
    }
    if (!(error instanceof Error && 'code' in error)) throw error;
    console.error(`btc-pinata trace replay: ${options.file} cannot be read: ${error.message}`);
    return MISUSED;
  }
}

function beginsAsCapture(file: string): boolean {
  const descriptor = openSync(file, 'r');
  try {
    const first = new Uint8Array(4);
    return readSync(descriptor, first) === first.length && isCapture(first);
  } finally {
    closeSync(descriptor);
  }
}

/** Every attempt is one of these. */
type Count = Replay['verdict'] | 'unreadable';

async function replayTraces({ file, number, json }: ReplayOptions): Promise<number> {
  const bar = new ProgressLine(process.stderr);
  const counts: Record<Count, number> = { reproduced: 0, differs: 0, incomplete: 0, unplayable: 0, unreadable: 0 };
  const started = performance.now();
  let total = 0;
  let done = 0;
  const onProgress = (progress: { bytesRead: number; bytes: number }): void => {
    done = progress.bytesRead / Math.max(1, progress.bytes);
  };
  for await (const line of replayFile(file, { number, onProgress })) {
    const count: Count = line.type === 'attempt' ? line.replay.verdict : 'unreadable';
    counts[count] += 1;
    total += 1;
    bar.show(done, `${total} attempts`);
    const said = json ? jsonOf(line, number !== undefined) : wordsOf(line, number !== undefined);
    if (said.length === 0) continue;
    bar.end();
    // Details quote what a peer sent.
    for (const text of said) process.stdout.write(`${json ? text : printable(text)}\n`);
  }
  bar.end();
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`${json ? JSON.stringify({ attempts: total, ...counts }) : sums(total, counts, seconds)}\n`);
  return total > 0 && counts.reproduced === total ? 0 : 1;
}

function jsonOf(line: FileLine, all: boolean): readonly string[] {
  if (line.type === 'unreadable') return [JSON.stringify(line)];
  const { number, verdict, differences, steps } = line.replay;
  if (all) return [JSON.stringify({ number, verdict, differences, steps })];
  return verdict === 'reproduced' ? [] : [JSON.stringify({ number, verdict, differences })];
}

function wordsOf(line: FileLine, all: boolean): readonly string[] {
  if (line.type === 'unreadable') return [`line ${line.line} is no trace: ${line.problem}`];
  const { replay, attempt } = line;
  if (replay.verdict === 'reproduced' && !all) return [];
  const { number, port, category } = attempt.head;
  return [
    `attempt ${number} on ${port}, ${category} (${failureTable[category].title}): ${verdictWords[replay.verdict]}`,
    ...(all ? stepsOf(replay) : []),
    ...replay.differences.flatMap(({ where, recorded, replayed }) => [
      `  ${where}`,
      `    recorded  ${recorded}`,
      `    replayed  ${replayed}`,
    ]),
  ];
}

const verdictWords: Readonly<Record<Replay['verdict'], string>> = {
  reproduced: 'reproduced',
  differs: 'it differs',
  incomplete: 'as far as it goes; steps were left out when it was written down',
  unplayable: 'it cannot be replayed',
};

const stepsOf = ({ steps }: Replay): readonly string[] =>
  steps.map(({ step, origin }, index) => `  ${`${index + 1}`.padStart(4)} ${marks[origin]} ${stepWords(step)}`);

function sums(total: number, counts: Readonly<Record<Count, number>>, seconds: number): string {
  const rate = Math.round(total / Math.max(0.001, seconds));
  const parts = Object.entries(counts).filter(([name, count]) => name === 'reproduced' || count > 0);
  const listed = parts.map(([name, count]) => `${count} ${name}`).join(', ');
  return `${total} ${total === 1 ? 'attempt' : 'attempts'} in ${seconds.toFixed(1)} s, ${rate} a second: ${listed}`;
}
