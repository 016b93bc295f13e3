import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';

/** A program of someone else's that a test talks to: what it prints is collected, and it ends with the test that started it. */
export class PeerProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #command: string;
  readonly #exited: Promise<number | string>;
  #output = '';
  #mark = 0;
  #over = false;
  #look: () => void = () => {};

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#command = [command, ...args].join(' ');
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        this.#look();
      });
    }
    this.#child.stdin.on('error', () => {}); // it may go before we have said everything
    this.#exited = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        this.#over = true;
        resolve(code ?? signal ?? 'unknown');
        this.#look();
      });
    });
  }

  /** Everything it said since the last `forget`, on both of its outputs. */
  get output(): string {
    return this.#output.slice(this.#mark);
  }

  get commandLine(): string {
    return this.#command;
  }

  /** What was said so far is of no interest to the next `until`: a server that outlives a connection. */
  forget(): void {
    this.#mark = this.#output.length;
  }

  write(text: string): void {
    this.#child.stdin.write(text);
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  /** Waits until the output matches. */
  until(pattern: RegExp, milliseconds = 60_000): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) =>
        settle(() => reject(new Error(`${this.#command}\n${why} ${pattern}:\n${this.output}`)));
      const timer = setTimeout(() => fail(`said in ${milliseconds} ms nothing like`), milliseconds);
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.#look = () => {};
        act();
      };
      this.#look = () => {
        const match = this.output.match(pattern);
        if (match !== null) settle(() => resolve(match));
        else if (this.#over) fail('ended without saying');
      };
      this.#look();
    });
  }

  /** Its exit status, or the signal that ended it. One that does not end by itself is stopped, and that is an error. */
  async exited(milliseconds = 60_000): Promise<number | string> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), milliseconds);
    const status = await this.#exited;
    clearTimeout(timer);
    if (status === 'SIGKILL') throw new Error(`${this.#command}\ndid not end in ${milliseconds} ms:\n${this.output}`);
    return status;
  }

  /** Asks it to end, as a terminal or a service manager would. */
  terminate(by: 'SIGTERM' | 'SIGHUP' = 'SIGTERM'): void {
    this.#child.kill(by);
  }

  async stop(): Promise<void> {
    if (!this.#over) this.#child.kill('SIGKILL');
    await this.#exited;
  }
}

/** Starts a program for the duration of the running test. */
export function startForTest(...start: ConstructorParameters<typeof PeerProcess>): PeerProcess {
  const peer = new PeerProcess(...start);
  onTestFinished(() => peer.stop());
  return peer;
}

/** Runs a program to its end; throws with all it said unless it ended well. */
export async function run(
  command: string,
  args: readonly string[],
  input = '',
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const peer = new PeerProcess(command, args, env);
  peer.write(input);
  peer.endInput();
  const status = await peer.exited();
  if (status !== 0) throw new Error(`${peer.commandLine}\nended with ${status}:\n${peer.output}`);
  return peer.output;
}
