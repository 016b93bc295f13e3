import type { WriteStream } from 'node:tty';
import { printable } from '../../service/tools/sequence-diagram.ts';
import type { JournalEntry } from './deployment.ts';
import type { Step } from './runner.ts';
import type { Tell } from './world.ts';

/* What a person follows: a line for each step, and on a terminal one below it that changes. */

type Stream = Pick<WriteStream, 'isTTY' | 'columns' | 'write'>;

/** Into a file or a pipe, something that goes on is said this often. Milliseconds. */
const patience = 20_000;

export class Progress {
  readonly #stream: Stream;
  readonly #now: () => number;
  #began = 0;
  #said = 0;

  constructor(stream: Stream, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#now = now;
  }

  begin({ name, words }: Step, index: number, steps: number): void {
    this.#began = this.#now();
    this.#said = this.#began;
    this.#stream.write(`[${index + 1}/${steps}] ${name}: ${printable(words)}\n`);
  }

  readonly tell: Tell = (words, share) => {
    const percent = share === undefined ? '' : `  ${Math.floor(share * 100)} %`;
    const text = `      ${clock(this.#now() - this.#began)}  ${printable(words)}${percent}`;
    if (this.#stream.isTTY === true) {
      this.#stream.write(`\r\x1b[K${text.slice(0, Math.max(20, this.#stream.columns - 1))}`);
    } else if (this.#now() - this.#said >= patience) {
      this.#said = this.#now();
      this.#stream.write(`${text}\n`);
    }
  };

  end(_step: Step, outcome: JournalEntry['outcome']): void {
    if (this.#stream.isTTY === true) this.#stream.write('\r\x1b[K');
    this.#stream.write(`      ${outcome}, ${clock(this.#now() - this.#began)}\n`);
  }
}

/** `2:07`. */
const clock = (milliseconds: number): string => {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};
