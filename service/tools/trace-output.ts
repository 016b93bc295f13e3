import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Misuse } from './command-words.ts';
import { codeOf } from './trace-file.ts';
import { TraceFailure } from './trace-source.ts';

/** An output that is waited for: of a long list no more is in memory than the other end has not read yet. */
export class Output {
  readonly #stream: Writable;
  #failure: unknown;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error) => {
      this.#failure = error;
    });
  }

  /** Throws a Misuse where the file cannot be written. `option` is what it was called. */
  static async file(option: string, path: string): Promise<Output> {
    const stream = createWriteStream(path);
    try {
      await once(stream, 'open');
    } catch (error) {
      throw new Misuse(
        `${option} is ${JSON.stringify(path)}, which cannot be written (${codeOf(error)}); allowed is a file in a folder that exists and that you may write to`,
      );
    }
    return new Output(stream);
  }

  async write(data: string | Uint8Array): Promise<void> {
    this.#check();
    if (!this.#stream.write(data)) await Promise.race([once(this.#stream, 'drain'), once(this.#stream, 'close')]);
    this.#check();
  }

  async lines(lines: Iterable<string>): Promise<void> {
    for (const line of lines) await this.write(`${line}\n`);
  }

  /** Of a file: all of it is there once this resolves. */
  async end(): Promise<void> {
    this.#stream.end();
    await finished(this.#stream);
  }

  #check(): void {
    if (this.#failure === undefined) return;
    throw new TraceFailure(`the output cannot be written (${codeOf(this.#failure)})`);
  }
}
