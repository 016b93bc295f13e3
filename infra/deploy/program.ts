import { spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

/* One of the tools that do the work (cdk, pulumi), run so that a person can follow, and whole in a file for who wants more. */

export interface ProgramRun {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  /** All that it writes goes there. */
  readonly log: string;
  readonly line: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface Ended {
  /** Null where a signal ended it. */
  readonly status: number | null;
  /** Its last lines, of both outputs. */
  readonly tail: readonly string[];
}

const remembered = 60;

/** Its standard input is empty: it can ask nobody. An abort is passed on as SIGINT, and its end awaited. */
export function programEnds({ argv, cwd, environment, log, line, signal }: ProgramRun): Promise<Ended> {
  const [program = '', ...words] = argv;
  const file = openSync(log, 'a', 0o600);
  const tail: string[] = [];
  return new Promise<Ended>((resolve, reject) => {
    const child = spawn(program, words, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const interrupt = (): void => void child.kill('SIGINT');
    signal.addEventListener('abort', interrupt, { once: true });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (text) => {
        writeSync(file, `${text}\n`);
        tail.push(text);
        if (tail.length > remembered) tail.shift();
        line(text);
      });
    }
    child.once('error', reject);
    child.once('close', (status) => {
      signal.removeEventListener('abort', interrupt);
      resolve({ status, tail });
    });
  }).finally(() => closeSync(file));
}
