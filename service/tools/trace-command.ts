import { statSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { AttemptHead } from '../trace/index.ts';
import { Misuse } from './command-words.ts';
import { coverageUsage } from './coverage-options.ts';
import { replayUsage } from './replay-options.ts';
import { printable, type Style } from './sequence-diagram.ts';
import { terminalStyle } from './terminal-style.ts';
import { attemptBytes } from './trace-bytes.ts';
import { type Exported, exportLines, exportPackets } from './trace-export.ts';
import { FileSource } from './trace-file.ts';
import { verifyFolder } from './trace-folder.ts';
import { FolderSource } from './trace-folder-source.ts';
import { listAttempts } from './trace-list.ts';
import { type AttemptFilter, parseTraceOptions, type TraceOptions, traceUsage } from './trace-options.ts';
import { Output } from './trace-output.ts';
import { attemptPicture } from './trace-picture.ts';
import { SiteSource } from './trace-site.ts';
import { TraceFailure, type TraceSource } from './trace-source.ts';
import { type Counts, statisticsRows, statisticsTable } from './trace-statistics.ts';
import { type Verdict, verifyFile, verifySite } from './trace-verify.ts';
import { howMany } from './trace-words.ts';

const [FAILED, MISUSED] = [1, 2];

/** Where it is read from and written to. */
export interface Terminal {
  readonly stdin: AsyncIterable<string | Uint8Array>;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly style: Style;
}

const ours = (): Terminal => ({
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  style: terminalStyle(process.stdout, process.env),
});

/** `btc-pinata trace`: the exit status is that of its usage text. */
export async function traceCommand(argv: readonly string[], terminal: Terminal = ours()): Promise<number> {
  const [verb, ...rest] = argv;
  if (argv.some((word) => word === '--help' || word === '-h')) {
    const usage = verb === 'replay' ? replayUsage : verb === 'coverage' ? coverageUsage : traceUsage;
    terminal.stdout.write(`${usage}\n`);
    return 0;
  }
  if (verb === 'replay') return (await import('./replay-command.ts')).replayCommand(rest);
  if (verb === 'coverage') return (await import('./coverage-command.ts')).coverageCommand(rest);
  const options = parseTraceOptions(argv);
  if ('misuse' in options) {
    terminal.stderr.write(`btc-pinata trace: ${options.misuse}\n\`btc-pinata trace --help\` says more.\n`);
    return MISUSED;
  }
  try {
    return await perform(options, terminal, new Output(terminal.stdout));
  } catch (error) {
    if (!(error instanceof Misuse || error instanceof TraceFailure)) throw error;
    terminal.stderr.write(`btc-pinata trace: ${printable(error.message)}\n`);
    return error instanceof Misuse ? MISUSED : FAILED;
  }
}

type Of<Verb extends TraceOptions['verb']> = Extract<TraceOptions, { verb: Verb }>;

async function perform(options: TraceOptions, terminal: Terminal, output: Output): Promise<number> {
  const note = (text: string): void => void terminal.stderr.write(`${text}\n`);
  const opened = (): Promise<TraceSource> => open(options.source, terminal);
  switch (options.verb) {
    case 'list':
      await list(await opened(), options, output, note);
      return 0;
    case 'show': {
      const source = await opened();
      await output.lines(attemptPicture(await source.attempt(options.number), terminal.style));
      return 0;
    }
    case 'explain': {
      const source = await opened();
      await output.lines(attemptBytes(await source.attempt(options.number), terminal.style));
      return 0;
    }
    case 'stats':
      await statistics(await opened(), options, output, terminal.style);
      return 0;
    case 'export':
      await exported(await opened(), options, output, note);
      return 0;
    case 'verify': {
      const { ok, lines } = await verified(options, terminal);
      await output.lines(lines.map(printable));
      return ok ? 0 : FAILED;
    }
  }
}

const isSite = (source: string): boolean => /^https?:\/\//i.test(source);

async function open(source: string, { stdin }: Terminal): Promise<TraceSource> {
  if (isSite(source)) return SiteSource.open(source);
  if (source === '-') return new FileSource('the input', () => stdin);
  const isFolder = statSync(source, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? new FolderSource(source) : FileSource.open(source);
}

type Note = (text: string) => void;

/** Of a piñata, which may have a million. */
const usualList = 50;

async function list(
  source: TraceSource,
  { filter, limit, json }: Of<'list'>,
  output: Output,
  note: Note,
): Promise<void> {
  const newest = limit ?? (source instanceof SiteSource ? usualList : undefined);
  const shown = await listAttempts(source, { filter, newest, json }, output);
  if (shown === 0) note(`${source.name} has no such attempt`);
  if (limit === undefined && shown === newest && !json) note(`These are the newest ${shown}; --limit N shows more.`);
}

async function statistics(
  source: TraceSource,
  { filter, json }: Of<'stats'>,
  output: Output,
  style: Style,
): Promise<void> {
  const everything = Object.values(filter).every((value) => value === undefined);
  const published = source instanceof SiteSource && everything;
  const counts = published ? await source.statistics() : await countsOf(source, filter);
  if (!json) return output.lines(statisticsTable(counts, published ? 'connections' : 'attempts', style));
  const connections = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return output.write(`${JSON.stringify({ connections, categories: statisticsRows(counts) })}\n`);
}

async function countsOf(source: TraceSource, filter: AttemptFilter): Promise<Counts> {
  const counts: Partial<Record<AttemptHead['category'], number>> = {};
  for await (const { category } of source.heads(filter, undefined)) counts[category] = (counts[category] ?? 0) + 1;
  return counts;
}

async function exported(
  source: TraceSource,
  { filter, file, capture }: Of<'export'>,
  output: Output,
  note: Note,
): Promise<void> {
  if (capture !== undefined) {
    const target = await Output.file('--pcap', capture);
    const done = await exportPackets(source, filter, target);
    await target.end();
    return note(attemptsOf(done));
  }
  const target = file === undefined ? output : await Output.file('--out', file);
  const done = await exportLines(source, filter, target);
  if (file !== undefined) await target.end();
  note(`${attemptsOf(done)}, ${howMany(done.generations, 'generation')}`);
  if (done.generations === 0 && done.attempts > 0)
    note('There are no generations in it: it can be read, but not replayed.');
}

const attemptsOf = ({ attempts, withoutBody }: Exported): string =>
  `${howMany(attempts, 'attempt')}${withoutBody === 0 ? '' : `, ${withoutBody} of them without a body: it was dropped, or is withheld`}`;

async function verified({ source, against, bodies }: Of<'verify'>, terminal: Terminal): Promise<Verdict> {
  if (isSite(source)) {
    if (against !== undefined) throw new Misuse('--against is for a file or a folder: a piñata is held against itself');
    return verifySite(SiteSource.open(source), bodies);
  }
  const days = against === undefined ? undefined : await SiteSource.open(against).days();
  if (source === '-') return verifyFile(new FileSource('the input', () => terminal.stdin), days);
  if (statSync(source, { throwIfNoEntry: false })?.isDirectory() === true) return verifyFolder(source, days);
  return verifyFile(await FileSource.open(source), days);
}
