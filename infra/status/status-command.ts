import { setTimeout as wait } from 'node:timers/promises';
import { Misuse } from '../../service/tools/command-words.ts';
import { printable } from '../../service/tools/sequence-diagram.ts';
import { askWith, SourceFailure } from '../../status-page/chain/index.ts';
import { displayOn, type Output } from './display.ts';
import { misused, unknown } from './exit-status.ts';
import { comparer } from './live-page.ts';
import { parseStatusOptions } from './options.ts';
import { StatusWatch } from './status-watch.ts';
import { NothingKnown, type Surroundings, subjectOf } from './subject.ts';
import { statusLines } from './text.ts';
import { keepWatching, type Time } from './watch.ts';

export interface StatusWorld {
  readonly stdout: Output;
  readonly stderr: Pick<Output, 'write'>;
  readonly folder: string;
  readonly local: Surroundings['local'];
  readonly time: Time;
  /** Aborts when somebody wants `--watch` to end. */
  readonly interrupted: AbortSignal;
}

/** `btc-pinata status`: the exit status is that of its usage text. */
export async function statusVerb(argv: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  const abort = (): void => interrupt.abort();
  const watches = argv.includes('--watch');
  if (watches) process.once('SIGINT', abort).once('SIGTERM', abort);
  try {
    return await statusCommand(argv, { ...thisProcess(), interrupted: interrupt.signal });
  } finally {
    process.off('SIGINT', abort).off('SIGTERM', abort);
  }
}

const thisProcess = (): Omit<StatusWorld, 'interrupted'> => ({
  stdout: process.stdout,
  stderr: process.stderr,
  folder: process.cwd(),
  local: { host: '127.0.0.1', port: 8080 },
  time: {
    now: () => Math.floor(Date.now() / 1000),
    // It rejects when it is interrupted, which is no failure here.
    pause: (seconds, signal) => wait(Math.max(0, seconds) * 1000, undefined, { signal }).catch(() => undefined),
  },
});

export async function statusCommand(argv: readonly string[], world: StatusWorld): Promise<number> {
  const { stdout, stderr, time, interrupted } = world;
  const ask = askWith({
    fetch,
    timeout: (milliseconds) => AbortSignal.any([AbortSignal.timeout(milliseconds), interrupted]),
  });
  try {
    const options = parseStatusOptions(argv);
    const compare = comparer(options.releaseFile, interrupted);
    const subject = await subjectOf(options, { ask, folder: world.folder, local: world.local, compare, now: time.now });
    const watch = new StatusWatch(subject, ask, time.now());
    if (options.watch) return await keepWatching(watch, displayOn(stdout, options.json), time, interrupted);
    await looked(watch, world);
    const report = watch.report(time.now());
    stdout.write(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : `${statusLines(report).join('\n')}\n`);
    return report.exitStatus;
  } catch (error) {
    if (error instanceof Misuse) {
      stderr.write(`btc-pinata status: ${error.message}\n\`btc-pinata status --help\` says more.\n`);
      return misused;
    }
    if (interrupted.aborted) return unknown;
    if (!(error instanceof SourceFailure || error instanceof NothingKnown)) throw error;
    // What was asked may have a part in the message.
    stderr.write(`btc-pinata status: ${printable(error.message)}\n`);
    return unknown;
  }
}

/** Once, and twice more where a block came in between. */
async function looked(watch: StatusWatch, { time, interrupted }: StatusWorld): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await watch.look(time.now());
    if (!watch.isTorn || attempt === 3) return;
    await time.pause(watch.next - time.now(), interrupted);
  }
}
