import { statSync } from 'node:fs';
import { type AttemptHead, headLine } from '../trace/index.ts';
import { Misuse } from './command-words.ts';
import { coverageUsage } from './coverage-options.ts';
import { replayUsage } from './replay-options.ts';
import { printable, type Style } from './sequence-diagram.ts';
import { terminalStyle } from './terminal-style.ts';
import { attemptBytes } from './trace-bytes.ts';
import { type Exported, exportLines, exportPackets } from './trace-export.ts';
import { FileSource } from './trace-file.ts';
import { verifyFolder } from './trace-folder.ts';
import { parseTraceOptions, type TraceOptions, traceUsage } from './trace-options.ts';
import { Output, OutputClosed } from './trace-output.ts';
import { attemptPicture } from './trace-picture.ts';
import { SiteSource } from './trace-site.ts';
import { SourceFailure, type TraceSource } from './trace-source.ts';
import { type Counts, statisticsRows, statisticsTable } from './trace-statistics.ts';
import { type Verdict, verifyFile, verifySite } from './trace-verify.ts';
import { ending, instant } from './trace-words.ts';

const [FAILED, MISUSED] = [1, 2];

/** `btc-pinata trace`: the exit status is that of its usage text. */
export async function traceCommand(argv: readonly string[]): Promise<number> {
  const [verb, ...rest] = argv;
  const asksForHelp = argv.some((word) => word === '--help' || word === '-h');
  if (asksForHelp) console.log(verb === 'replay' ? replayUsage : verb === 'coverage' ? coverageUsage : traceUsage);
  if (asksForHelp) return 0;
  if (verb === 'replay') return (await import('./replay-command.ts')).replayCommand(rest);
  if (verb === 'coverage') return (await import('./coverage-command.ts')).coverageCommand(rest);
  const options = parseTraceOptions(argv);
  if ('misuse' in options) {
    console.error(`btc-pinata trace: ${options.misuse}\n\n${traceUsage}`);
    return MISUSED;
  }
  try {
    return await perform(options, new Output(process.stdout), terminalStyle(process.stdout, process.env));
  } catch (error) {
    if (error instanceof OutputClosed) return 0;
    if (!(error instanceof Misuse || error instanceof SourceFailure)) throw error;
    console.error(`btc-pinata trace: ${printable(error.message)}`);
    return error instanceof Misuse ? MISUSED : FAILED;
  }
}

async function perform(options: TraceOptions, output: Output, style: Style): Promise<number> {
  switch (options.verb) {
    case 'list':
      await list(await open(options.source), options, output);
      return 0;
    case 'show': {
      const source = await open(options.source);
      await output.lines(attemptPicture(await source.attempt(options.number), style));
      return 0;
    }
    case 'explain': {
      const source = await open(options.source);
      await output.lines(attemptBytes(await source.attempt(options.number), style));
      return 0;
    }
    case 'stats':
      await statistics(await open(options.source), options, output, style);
      return 0;
    case 'export':
      await exported(await open(options.source), options, output);
      return 0;
    case 'verify': {
      const { ok, lines } = await verified(options);
      await output.lines(lines.map(printable));
      return ok ? 0 : FAILED;
    }
  }
}

const isSite = (source: string): boolean => /^https?:\/\//i.test(source);

async function open(source: string): Promise<TraceSource> {
  if (isSite(source)) return SiteSource.open(source);
  return source === '-' ? new FileSource('the input', () => process.stdin) : await FileSource.open(source);
}

type Of<Verb extends TraceOptions['verb']> = Extract<TraceOptions, { verb: Verb }>;

/** Of a piñata, which may have a million. */
const usualList = 50;

async function list(source: TraceSource, { filter, limit, json }: Of<'list'>, output: Output): Promise<void> {
  const site = source instanceof SiteSource;
  const newest = limit ?? (site ? usualList : undefined);
  let shown = 0;
  for await (const head of source.heads(filter, newest)) {
    shown += 1;
    if (shown === 1 && !json) await output.write(`${heading}\n`);
    await output.write(`${json ? headLine(head) : headRow(head)}\n`);
  }
  if (shown === 0) console.error(`${source.name} has no such attempt`);
  if (!json && site && limit === undefined && shown === usualList)
    console.error(`These are the newest ${usualList}; --limit N shows more.`);
}

const headRow = (head: AttemptHead): string =>
  row(
    String(head.number),
    instant(head.at),
    head.port,
    head.version ?? '–',
    head.visitor,
    String(head.bytesReceived),
    String(head.bytesSent),
    ending(head),
  );

const row = (
  number: string,
  at: string,
  port: string,
  version: string,
  visitor: string,
  received: string,
  sent: string,
  end: string,
): string =>
  [
    number.padStart(8),
    at.padEnd(19),
    port.padEnd(8),
    version.padEnd(3),
    visitor.padEnd(16),
    received.padStart(7),
    sent.padStart(7),
    end,
  ].join('  ');

const heading = row('attempt', 'when (UTC)', 'port', 'TLS', 'visitor', 'in', 'out', 'ended as');

async function statistics(
  source: TraceSource,
  { filter, json }: Of<'stats'>,
  output: Output,
  style: Style,
): Promise<void> {
  const unfiltered = Object.values(filter).every((value) => value === undefined);
  const published = source instanceof SiteSource && unfiltered;
  const counts = published ? await source.statistics() : await counted(source, filter);
  if (json) {
    const connections = Object.values(counts).reduce((sum, count) => sum + count, 0);
    await output.write(`${JSON.stringify({ connections, categories: statisticsRows(counts) })}\n`);
    return;
  }
  await output.lines(statisticsTable(counts, published ? 'connections' : 'attempts', style));
}

async function counted(source: TraceSource, filter: Of<'stats'>['filter']): Promise<Counts> {
  const counts: Partial<Record<AttemptHead['category'], number>> = {};
  for await (const { category } of source.heads(filter, undefined)) counts[category] = (counts[category] ?? 0) + 1;
  return counts;
}

async function exported(source: TraceSource, options: Of<'export'>, output: Output): Promise<void> {
  const { filter, file, capture } = options;
  if (capture === undefined && file === undefined) return told(await exportLines(source, filter, output), true);
  const target = capture === undefined ? await Output.file('--out', file ?? '') : await Output.file('--pcap', capture);
  const done = await (capture === undefined ? exportLines : exportPackets)(source, filter, target);
  await target.end();
  told(done, capture === undefined);
}

/** Beside the output, which may be the lines themselves. */
function told({ attempts, withoutBody, generations }: Exported, lines: boolean): void {
  const missing = withoutBody === 0 ? '' : `, ${withoutBody} of them without a body: it was dropped, or is withheld`;
  const beside = lines ? `, ${generations} generations` : '';
  console.error(`${attempts} attempts${missing}${beside}`);
  if (lines && generations === 0 && attempts > 0)
    console.error('There are no generations in it: it can be read, but not replayed.');
}

async function verified({ source, against, bodies }: Of<'verify'>): Promise<Verdict> {
  if (isSite(source)) {
    if (against !== undefined) throw new Misuse('--against is for a file or a folder: a piñata is held against itself');
    return verifySite(SiteSource.open(source), bodies);
  }
  const days = against === undefined ? undefined : await SiteSource.open(against).days();
  if (source === '-') return verifyFile(new FileSource('the input', () => process.stdin), days);
  if (statSync(source, { throwIfNoEntry: false })?.isDirectory() === true) return verifyFolder(source, days);
  return verifyFile(await FileSource.open(source), days);
}
