import { readFileSync, writeSync } from 'node:fs';
import { configure } from './configuration.ts';
import { usage } from './configuration-document.ts';
import { assertEntropy } from './entropy.ts';
import { closeSurfaces, revealingSurfaces } from './hardening.ts';
import type { resumedStatus } from './instance.ts';
import { createLog, type Log, originOf } from './log.ts';
import { awaitEntropy } from './machine.ts';
import { calmConsole } from './machine-console.ts';
import { version } from './manifest.ts';
import type { Configuration } from './settings.ts';
import { Unstartable } from './unstartable.ts';

/* This process: how it starts, what it does when told to stop, and that it dies of what it did not foresee. */

/** sysexits has no better number than the shell's own for a command line that was not understood. */
const misused = 2;

/** Written at once, whatever happens next: an exit loses what Node still holds for a pipe. */
const say = (descriptor: 1 | 2, text: string): void => {
  try {
    writeSync(descriptor, text);
  } catch (error) {
    // Nobody reads it any more, or not fast enough. What is said is never worth the bounty itself.
    if (!(error instanceof Error)) throw error;
  }
};

export const log: Log = createLog((line) => say(2, line));
export const print = (text: string): void => say(1, text);

/** The configuration, if there is anything to run; otherwise all is said, and the exit status set. */
export function begin(): Configuration | undefined {
  const revealing = revealingSurfaces();
  if (revealing.length > 0) {
    return refuse([
      `Node was started with ${revealing.join(', ')}, which shows its memory, and a key is in it; leave it out`,
    ]);
  }
  closeSurfaces();
  const result = configure({
    argv: process.argv.slice(2),
    environment: process.env,
    readFile: (path) => readFileSync(path, 'utf8'),
  });
  switch (result.type) {
    case 'help':
      print(usage('btc-pinata run'));
      return undefined;
    case 'version':
      print(`${version}\n`);
      return undefined;
    case 'problems':
      return refuse(result.problems);
    case 'run':
      assertEntropy();
      dieOfTheUnforeseen();
      return result.configuration;
  }
}

/** As the first process of a machine: nobody reads a command line to it, and its log is a serial line. */
export function beginMachine(): Log {
  closeSurfaces();
  if (process.pid !== 1) throw new Unstartable('this profile is for the first process of a machine (docs/image.md)');
  awaitEntropy();
  assertEntropy();
  dieOfTheUnforeseen();
  return createLog(
    calmConsole(
      (line) => say(2, line),
      () => performance.now(),
    ),
  );
}

/** Says why, and leaves time to read it on the console; then the machine restarts, for its only process has ended. */
export async function restartMachine(problem: string, milliseconds = 60_000): Promise<never> {
  say(2, `btc-pinata: ${problem}\nbtc-pinata: the machine restarts in ${milliseconds / 1000} seconds\n`);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return process.exit(1);
}

/** Says what is wrong. Status 2 is for what was asked for, 1 for what was found. */
export function refuse(problems: readonly string[], status: 1 | 2 = misused): undefined {
  say(2, problems.map((problem) => `btc-pinata run: ${problem}\n`).join(''));
  process.exitCode = status;
  return undefined;
}

/** Resolves at the first SIGTERM or SIGINT; the second ends the process where it stands. */
export function toldToStop(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve(signal);
      });
    }
  });
}

export function exit(status: 0 | 1 | typeof resumedStatus): never {
  process.exit(status);
}

/** Fail-hard: after an exception that nobody caught, nothing that this process says of itself can be relied on. */
function dieOfTheUnforeseen(): void {
  const die = (error: unknown): never => {
    log('fatal', originOf(error));
    return process.exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  // A reader of our output that went away is no reason to stop.
  process.on('SIGPIPE', () => undefined);
}
