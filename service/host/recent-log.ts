import type { LogLineView } from '../site/index.ts';
import type { Log } from './log.ts';

/** As many lines are remembered. */
const remembered = 500;

/** The newest lines of a log, for who asks. They are of the same three plain types, so no secret slips in here either. */
export class RecentLog {
  readonly #lines: LogLineView[] = [];
  #forgotten = 0;
  /** Writes to the log, and remembers. */
  readonly log: Log;

  constructor(log: Log, now: () => Date = () => new Date()) {
    this.log = (event, values = {}) => {
      log(event, values);
      this.#lines.push({ at: now().toISOString(), event, values: { ...values } });
      if (this.#lines.length <= remembered) return;
      this.#lines.shift();
      this.#forgotten += 1;
    };
  }

  /** The newest first. */
  get lines(): readonly LogLineView[] {
    return this.#lines.toReversed();
  }

  get forgotten(): number {
    return this.#forgotten;
  }
}
