import type { WriteStream } from 'node:tty';

const WIDTH = 30;
const MILLISECONDS = 100;

/** A bar that a terminal redraws; nothing where nobody looks. */
export class ProgressBar {
  readonly #stream: Pick<WriteStream, 'isTTY' | 'write'>;
  readonly #started = performance.now();
  #drawn = Number.NEGATIVE_INFINITY;

  constructor(stream: Pick<WriteStream, 'isTTY' | 'write'>) {
    this.#stream = stream;
  }

  /** `done` of 1, and how many that were. */
  show(done: number, count: number): void {
    const now = performance.now();
    if (this.#stream.isTTY !== true || now - this.#drawn < MILLISECONDS) return;
    this.#drawn = now;
    const filled = Math.round(Math.min(1, done) * WIDTH);
    const rate = Math.round((count * 1000) / Math.max(1, now - this.#started));
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    this.#stream.write(`\r${bar} ${Math.floor(Math.min(1, done) * 100)} %, ${count} attempts, ${rate} a second `);
  }

  clear(): void {
    if (this.#stream.isTTY === true) this.#stream.write('\r\u001b[K');
  }
}
