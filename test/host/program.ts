import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/* service/main.ts as a process, with whatever flags, environment and descriptors a test wants. */

const main = resolve(import.meta.dirname, '../../service/main.ts');
export const anyPorts = ['http', 'https', 'server', 'dialback', 'reverse'].flatMap((name) => [`--${name}-port`, '0']);

export interface ProgramOptions {
  /** Another form of the same program, as an argument vector: a bundle, an executable. */
  readonly program?: readonly string[];
  readonly node?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Become descriptors 3, 4, ... */
  readonly descriptors?: readonly number[];
}

export class Program {
  readonly child: ChildProcess;
  readonly #exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  stdout = '';
  stderr = '';

  constructor(flags: readonly string[], options: ProgramOptions = {}) {
    const { node = [], environment = {}, descriptors = [], program = [process.execPath, ...node, main] } = options;
    const [file = '', ...words] = program;
    const child = spawn(file, [...words, ...flags], {
      stdio: ['ignore', 'pipe', 'pipe', ...descriptors],
      env: { PATH: process.env['PATH'] ?? '', ...environment },
    });
    this.child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#exit = new Promise((done) => child.once('close', (code, signal) => done({ code, signal })));
  }

  /** Its one line, once everything listens; its errors, if it never comes to that. */
  async ready(): Promise<Readonly<Record<string, unknown>> & { readonly ports: Readonly<Record<string, number>> }> {
    while (!this.stdout.includes('\n')) {
      const ended = await Promise.race([
        this.#exit,
        once(this.child.stdout ?? this.child, 'data').then(() => undefined),
      ]);
      if (ended !== undefined) throw new Error(`it ended with ${ended.code}: ${this.stderr}`);
    }
    return JSON.parse(this.stdout.slice(0, this.stdout.indexOf('\n')));
  }

  /** How it ended; it is given 60 s for that. */
  async ended(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 60_000);
    const end = await this.#exit;
    clearTimeout(timer);
    return end;
  }

  async stop(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
    this.child.kill('SIGTERM');
    return this.ended();
  }
}
