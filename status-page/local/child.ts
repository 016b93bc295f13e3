import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** What a program said last, for whoever has to be told why it ended. */
const remembered = 2000;
/** Milliseconds to end by itself. */
const patience = 20_000;

/** A program of somebody else that runs beside us, and is ended with us. */
export class Child {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #closed: Promise<unknown>;
  #said = '';
  #over = false;

  /** Rejects where there is no such program. */
  static async start(program: string, args: readonly string[]): Promise<Child> {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    await once(child, 'spawn');
    return new Child(child);
  }

  private constructor(child: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.#process = child;
    this.#closed = once(child, 'close').then(() => {
      this.#over = true;
    });
    child.stdin.on('error', () => undefined); // it may end before us
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#said = (this.#said + text).slice(-remembered);
      });
    }
  }

  get over(): boolean {
    return this.#over;
  }

  get said(): string {
    return this.#said;
  }

  /** Resolves when it is gone, however. */
  async stop(): Promise<void> {
    if (this.#over) return;
    this.#process.stdin.end();
    this.#process.kill('SIGTERM');
    const late = setTimeout(() => this.#process.kill('SIGKILL'), patience);
    await this.#closed;
    clearTimeout(late);
  }
}
