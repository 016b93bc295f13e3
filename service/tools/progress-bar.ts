import type { WriteStream } from 'node:tty';
import { terminalStyle } from './terminal-style.ts';

/** One line of a terminal, `width` columns wide: how much is done, in eighths of a column where the terminal can. */
export function progressBar(options: {
  /** Of 1. */
  readonly share: number;
  /** How much that is, in words. */
  readonly said: string;
  readonly seconds: number;
  readonly width: number;
  readonly unicode: boolean;
}): string {
  const { said, seconds, width, unicode } = options;
  const share = Math.min(1, options.share);
  const rest = share > 0 && share < 1 && seconds >= 1 ? `, ${clock((seconds / share) * (1 - share))} left` : '';
  const text = ` ${Math.floor(share * 100)} %  ${said}, ${clock(seconds)}${rest}`;
  const columns = Math.max(0, Math.min(40, width - text.length - 4));
  const filled = share * columns;
  const whole = Math.floor(filled);
  const eighth = Math.floor((filled - whole) * 8);
  const bar = unicode
    ? `${'█'.repeat(whole)}${eighth > 0 ? ' ▏▎▍▌▋▊▉'[eighth] : ''}`.padEnd(columns)
    : '#'.repeat(whole).padEnd(columns, '.');
  return `  ${bar}${text}`;
}

/** `2:07`. */
const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

/** The bar of something that goes on, drawn anew ten times a second; nothing where nobody looks. */
export class ProgressLine {
  readonly #stream: Pick<WriteStream, 'isTTY' | 'columns' | 'write'>;
  readonly #start = performance.now();
  #shown = Number.NEGATIVE_INFINITY;

  constructor(stream: Pick<WriteStream, 'isTTY' | 'columns' | 'write'>) {
    this.#stream = stream;
  }

  /** `share` of 1, which is `said`. */
  show(share: number, said: string): void {
    const now = performance.now();
    if (this.#stream.isTTY !== true || now - this.#shown < 100) return;
    this.#shown = now;
    const { width, unicode } = terminalStyle(this.#stream, process.env);
    const seconds = (now - this.#start) / 1000;
    this.#stream.write(`\r\x1b[K${progressBar({ share, said, seconds, width, unicode })}`);
  }

  end(): void {
    if (this.#stream.isTTY === true) this.#stream.write('\r\x1b[K');
  }
}
